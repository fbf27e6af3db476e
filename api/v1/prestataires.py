"""Prestataires: the directory, and those who fit a dossier."""

from __future__ import annotations

from typing import cast

from api.presentation.prestataire_filters import filters_of
from api.v1.contract import Answer, Call, Subject
from api.v1.routes import PREFIX
from api.v1.shapes.plain import Cree
from api.v1.shapes.prestataires import Prestataire, Prestataires, Suggestions
from grants.dla.annuaire import (
    PrestataireFilters,
    PrestataireLine,
    prestataires_of,
    read_prestataire,
)
from grants.dla.fiche import PRESTATAIRE_FIELDS
from grants.dla.prestataires import modify_prestataire, record_prestataire
from grants.dla.suggestions import needs_of, suggest
from grants.dossiers.reading import read_subject
from workflow.dates import to_paris

subject = Subject("Prestataires")
_ONE = "/prestataires/{prestataire_id}"
_FILTERS = {
    "q": "Des mots du nom ou de l’interlocuteur, ou le début d’un SIRET.",
    "competence": "La clé d’une compétence.",
    "secteur": "La clé d’un secteur.",
    "departement": "Un code de département.",
    "actif": "« oui » : à consulter ; « non » : mis de côté.",
}
_EXAMPLE = {
    "nom": "Atelier des possibles",
    "siret": "73282932000074",
    "contact": "Camille Aubrac",
    "email": "contact@possibles.example",
    "competences": ["gestion", "gouvernance"],
    "departements": "34, 30",
    "tarif_journalier": "800,00",
    "actif": "oui",
}


@subject.get("/prestataires", "L’annuaire des prestataires", Prestataires, query=_FILTERS)
def prestataires(call: Call) -> Prestataires:
    """Those that the filters keep, by name."""
    filters = filters_of(call.query)
    place = (call.connection, call.organisme_id)
    lines = prestataires_of(*place, filters, to_paris(call.now).date())
    return {"prestataires": [_told(line) for line in lines]}


@subject.post(
    "/prestataires",
    "Enregistrer un prestataire",
    Cree,
    status=201,
    asks=PRESTATAIRE_FIELDS,
    example=_EXAMPLE,
)
def add_prestataire(call: Call) -> Answer:
    """Record a prestataire. Raises Invalid."""
    id = record_prestataire(call.session, call.identity, call.body, call.now, call.key)
    return Answer({"id": id}, location=f"{PREFIX}/prestataires/{id}")


@subject.get(_ONE, "Un prestataire", Prestataire)
def prestataire(call: Call) -> Prestataire:
    """One of them. Raises NotFound."""
    place = (call.connection, call.organisme_id)
    id, today = call.id("prestataire_id"), to_paris(call.now).date()
    return _told(read_prestataire(*place, id, today))


@subject.put(
    _ONE,
    "Changer la fiche d’un prestataire",
    Prestataire,
    asks=PRESTATAIRE_FIELDS,
    versioned=True,
    example=_EXAMPLE,
)
def change_prestataire(call: Call) -> Prestataire:
    """Keep the whole fiche. Raises Invalid, NotFound, Stale."""
    asked = (call.session, call.identity, call.id("prestataire_id"))
    modify_prestataire(*asked, call.body, call.now, call.version)
    return prestataire(call)


@subject.get("/dossiers/{dossier_id}/prestataires", "Les prestataires qui conviennent", Suggestions)
def suggestions(call: Call) -> Suggestions:
    """Those who fit a dossier, and why. Raises NotFound."""
    place = (call.connection, call.organisme_id)
    id = call.id("dossier_id")
    dossier = read_subject(call.connection, call.house.engine, place[1], id, lock=False)
    today = to_paris(call.now).date()
    lines = prestataires_of(*place, PrestataireFilters(actif=True), today)
    found = suggest(lines, needs_of(dossier.values))
    return {
        "suggestions": [
            {
                "prestataire": _told(each.line),
                "raisons": list(each.reasons),
                "reserves": list(each.doubts),
            }
            for each in found
        ]
    }


_OF_THE_LINE = (
    "id", "nom", "siret", "contact", "email", "telephone", "tarif_journalier", "realisations",
    "actif", "version",
)  # fmt: skip
_SEVERAL = ("competences", "secteurs", "departements", "comites")


def _told(line: PrestataireLine) -> Prestataire:
    plain = {key: getattr(line, key) for key in _OF_THE_LINE}
    several = {key: list(getattr(line, key)) for key in _SEVERAL}
    return cast(Prestataire, {**plain, **several})
