"""Addresses that the organisme writes to no more: read, added, written to again."""

from __future__ import annotations

from api.v1.contract import Answer, Call, Subject
from api.v1.given import only_asked
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.shapes.adresses import AdresseArretee, Arret, PageAdresses
from grants.relances.adresses import ADRESSE, STOP_FIELDS, stop_writing, write_again
from notifications.suspensions import Suspension, suspension_of, suspensions

subject = Subject("Adresses arrêtées")
_ALL = "/adresses-arretees"
_EXAMPLE = {"adresse": "amina@exemple.fr", "quoi": "rappels", "motif": "Par téléphone."}


@subject.get(_ALL, "Les adresses arrêtées", PageAdresses, query=PAGING)
def listed(call: Call) -> Answer:
    """One page of them, in order."""
    size, place = page_size(call), place_asked(call)
    after = "" if place is None else place[0]
    found = suspensions(call.connection, call.organisme_id, after, size + 1)
    following = next_url(call, [found[size - 1].email]) if len(found) > size else None
    data: PageAdresses = {"adresses": [_told(each) for each in found[:size]], "suivant": following}
    return Answer(data, next=following)


@subject.post(_ALL, "Ne plus écrire à une adresse", Arret, asks=STOP_FIELDS, example=_EXAMPLE)
def stop(call: Call) -> Arret:
    """Its owner asked for it; what stops more already stands. Raises Invalid."""
    only_asked(call, *STOP_FIELDS)
    new = stop_writing(call.session, call.house.engine, call.identity, call.body, call.now)
    return _now(call, change=new)


@subject.post(
    f"{_ALL}/retablir",
    "Écrire de nouveau à une adresse",
    Arret,
    asks=(ADRESSE,),
    example={"adresse": _EXAMPLE["adresse"]},
)
def again(call: Call) -> Arret:
    """What could not be sent meanwhile stays to be sent again. Raises Invalid."""
    only_asked(call, ADRESSE)
    new = write_again(call.session, call.house.engine, call.identity, call.body, call.now)
    return _now(call, change=new)


def _now(call: Call, *, change: bool) -> Arret:
    found = suspension_of(call.connection, call.organisme_id, call.text(ADRESSE.key).strip())
    return {"change": change, "adresse": None if found is None else _told(found)}


def _told(each: Suspension) -> AdresseArretee:
    return {
        "email": each.email,
        "quoi": each.reason,
        "motif": each.detail,
        "depuis": each.since,
        "par": each.by,
    }
