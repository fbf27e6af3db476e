"""Who is at a séance."""

from __future__ import annotations

from api.v1.contract import Call, Subject
from api.v1.shapes.seances_tenues import Presences
from api.v1.told_seance import seen, told_presences
from grants.comites.liens import send_link
from grants.comites.movements import MOVEMENT_FIELDS, choose_chair, come_or_go
from grants.comites.roll import call_the_roll
from workflow.pipeline import Field

subject = Subject("Présences aux séances")
_ONE = "/seances/{seance_id}"


_PRESIDE = Field(
    key="preside",
    label="Qui préside",
    type="texte",
    longest=19,
    required=True,
    help="L’id d’un membre qui a un rang de présidence.",
)


@subject.get(f"{_ONE}/presences", "Qui est là", Presences)
def presences(call: Call) -> Presences:
    """Everybody of the comité. Raises NotFound."""
    return told_presences(seen(call))


@subject.put(
    f"{_ONE}/presences",
    "Faire l’appel",
    Presences,
    asks=None,
    example={"etat_31": "present", "etat_32": "represente", "pouvoir_32": "31"},
)
def roll(call: Call) -> Presences:
    """Note everybody's presence at once; whoever is not named stays as he is. Raises Invalid…"""
    call_the_roll(call.session, call.identity, call.id("seance_id"), call.body, call.now)
    return presences(call)


@subject.post(
    f"{_ONE}/presences/{{membre_id}}",
    "Noter une arrivée ou un départ",
    Presences,
    asks=MOVEMENT_FIELDS,
    example={"mouvement": "part", "heure": "15:40"},
)
def move(call: Call) -> Presences:
    """Somebody comes in, or leaves. Raises NotFound, Invalid, SeanceNotOpen, SeanceOver."""
    place = (call.id("seance_id"), call.id("membre_id"))
    come_or_go(call.session, call.identity, *place, call.body, call.now)
    return presences(call)


@subject.post(f"{_ONE}/presences/{{membre_id}}/lien", "Envoyer son lien à un membre", Presences)
def link(call: Call) -> Presences:
    """Send a member another link to his page. Raises NotFound, NoAddress, AccessOver."""
    place = (call.id("seance_id"), call.id("membre_id"))
    send_link(call.session, call.house.engine, call.identity, *place, call.now)
    return presences(call)


@subject.put(
    f"{_ONE}/presidence", "Dire qui préside", Presences, asks=(_PRESIDE,), example={"preside": "31"}
)
def chair(call: Call) -> Presences:
    """Say who presides. Raises NotFound, Invalid, SeanceOver."""
    choose_chair(call.session, call.identity, call.id("seance_id"), call.body, call.now)
    return presences(call)
