"""Members of the association, and their fees."""

from __future__ import annotations

from typing import cast

from api.presentation.adherents import filters_of
from api.v1.contract import Answer, Call, Subject
from api.v1.routes import PREFIX
from api.v1.shapes.adherents import Adherent, Adherents, Cotisations
from api.v1.shapes.plain import Cree
from grants.adherents.fiche import ADHERENT_FIELDS, COTISATION_FIELDS
from grants.adherents.queries import AdherentLine, adherents_of, fees_of, read_adherent
from grants.adherents.service import modify_adherent, note_fee, record_adherent
from workflow.dates import to_paris

subject = Subject("Adhérents")
_ONE = "/adherents/{adherent_id}"
_FILTERS = {
    "le": "Les adhérents de ce jour (AAAA-MM-JJ) ; ceux d’aujourd’hui sans rien dire.",
    "iae": "« oui » : les structures de l’insertion ; « non » : les autres.",
    "impayes": "Une année : ceux dont la cotisation reste à payer.",
}
_EXAMPLE = {"structure_id": "1", "nature_iae": "aci", "debut": "2026-01-01"}
_FEE = {"annee": "2026", "due": "150,00", "payee": "150,00", "payee_le": "2026-03-02"}


@subject.get("/adherents", "Les adhérents", Adherents, query=_FILTERS)
def adherents(call: Call) -> Adherents:
    """The members of a day, by name."""
    today = to_paris(call.now).date()
    place = (call.connection, call.organisme_id)
    lines = adherents_of(*place, filters_of(call.query, today), today.year)
    return {"adherents": [_told(line) for line in lines]}


@subject.post(
    "/adherents",
    "Enregistrer un adhérent",
    Cree,
    status=201,
    asks=ADHERENT_FIELDS,
    example=_EXAMPLE,
)
def add_adherent(call: Call) -> Answer:
    """Record a member. Raises Invalid."""
    asked = (call.session, call.house.engine, call.identity, call.body, call.now, call.key)
    id = record_adherent(*asked)
    return Answer({"id": id}, location=f"{PREFIX}/adherents/{id}")


@subject.get(_ONE, "Un adhérent", Adherent)
def adherent(call: Call) -> Adherent:
    """One of them. Raises NotFound."""
    place, year = (call.connection, call.organisme_id), to_paris(call.now).year
    return _told(read_adherent(*place, call.id("adherent_id"), year))


@subject.put(
    _ONE,
    "Changer une adhésion",
    Adherent,
    asks=ADHERENT_FIELDS,
    versioned=True,
    example=_EXAMPLE,
)
def change_adherent(call: Call) -> Adherent:
    """Keep the whole membership. Raises Invalid, NotFound, Stale."""
    asked = (call.session, call.house.engine, call.identity, call.id("adherent_id"))
    modify_adherent(*asked, call.body, call.now, call.version)
    return adherent(call)


@subject.get(f"{_ONE}/cotisations", "Les cotisations d’un adhérent", Cotisations)
def cotisations(call: Call) -> Cotisations:
    """The fees of a member, latest year first. Raises NotFound."""
    adherent(call)
    found = fees_of(call.connection, call.organisme_id, call.id("adherent_id"))
    return {
        "cotisations": [
            {"annee": f.annee, "due": f.due, "payee": f.payee, "payee_le": f.payee_le}
            for f in found
        ]
    }


@subject.put(
    f"{_ONE}/cotisations",
    "Noter la cotisation d’une année",
    Cotisations,
    asks=COTISATION_FIELDS,
    example=_FEE,
)
def note_cotisation(call: Call) -> Cotisations:
    """Say what is owed and paid for a year. Raises Invalid, NotFound."""
    asked = (call.session, call.house.engine, call.identity, call.id("adherent_id"))
    note_fee(*asked, call.body, call.now, call.key)
    return cotisations(call)


_KEYS = (
    *("id", "nom", "structure_id", "personne_id", "nature_iae", "college", "debut", "fin"),
    *("due", "payee", "payee_le", "version"),
)


def _told(line: AdherentLine) -> Adherent:
    return cast(Adherent, {key: getattr(line, key) for key in _KEYS})
