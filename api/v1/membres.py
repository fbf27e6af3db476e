"""The members of a comité."""

from __future__ import annotations

from api.v1.comites import comite
from api.v1.contract import Answer, Call, Subject
from api.v1.routes import PREFIX
from api.v1.shapes.comites import Comite
from api.v1.shapes.plain import Cree
from grants.comites.membres import (
    MEMBRE_FIELDS,
    modify_membre_of,
    name_membre,
)
from grants.organisation.people import PERSONNE_FIELDS

subject = Subject("Membres des comités")
_ONE = "/comites/{comite_id}"


_MANDATE = {"college": "Associations", "voix": "deliberative", "debut": "2026-01-01"}


@subject.post(
    f"{_ONE}/membres",
    "Nommer un membre",
    Cree,
    status=201,
    asks=(*PERSONNE_FIELDS, *MEMBRE_FIELDS),
    example={"nom": "Camille Aubrac", "email": "camille@region.example", **_MANDATE},
)
def add_membre(call: Call) -> Answer:
    """Name a personne to a comité. Raises Invalid, NotFound."""
    comite_id = call.id("comite_id")
    id = name_membre(call.session, call.identity, comite_id, call.body, call.now, call.key)
    return Answer({"id": id}, location=f"{PREFIX}/comites/{comite_id}")


@subject.put(
    f"{_ONE}/membres/{{membre_id}}",
    "Changer un mandat",
    Comite,
    asks=MEMBRE_FIELDS,
    versioned=True,
    example={**_MANDATE, "fin": "2026-12-31"},
)
def change_membre(call: Call) -> Comite:
    """Keep the changes of a mandate. Raises Invalid, NotFound, Stale."""
    place = (call.id("comite_id"), call.id("membre_id"))
    modify_membre_of(call.session, call.identity, place, call.body, call.now, call.version)
    return comite(call)
