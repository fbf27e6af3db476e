"""What is asked of an intervention, and how what was typed is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.answers import read_fields
from grants.dossiers.queries import dossier_by_reference
from grants.dossiers.reading import read_subject
from grants.interventions.structures import structure_typed
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.field_contract import Raw
from workflow.pipeline import Choice, Field
from workflow.subject import Subject

#: The kinds proposed, most frequent first.
NATURES = {
    "entretien": "Entretien",
    "visite": "Visite sur place",
    "telephone": "Téléphone",
    "reunion": "Réunion",
    "groupe_de_travail": "Groupe de travail",
    "travail_sur_dossier": "Travail sur le dossier",
    "formation": "Formation",
    "autre": "Autre",
}
MOST_KM = 2000
STRUCTURE = Field(
    key="structure",
    label="Structure",
    type="structure",
    help="Son nom ou son SIRET.",
)
DOSSIER = Field(
    key="dossier",
    label="Dossier",
    type="texte",
    longest=20,
    help="Sa référence, si l’intervention en concerne un.",
)
WHO = Field(key="qui", label="Qui", type="collegue", help="Vous, si rien n’est choisi.")
_WHAT = (
    Field(
        key="nature",
        label="Nature",
        type="choix",
        required=True,
        choices=tuple(Choice(key=key, label=label) for key, label in NATURES.items()),
    ),
    Field(key="le", label="Date", type="date", required=True),
    Field(key="duree", label="Durée", type="duree", required=True, help="1h30, 1,5 ou 90 min."),
    Field(key="km", label="Kilomètres", type="entier", maximum=MOST_KM, help="Aller et retour."),
)
_NOTE = Field(key="note", label="Note", type="texte", longest=500)
DOSSIER_FIELDS = (*_WHAT, _NOTE, WHO)
_NOBODY = "Indiquez la structure, ou la référence du dossier."
_NO_PROGRAMME = "Choisissez le dispositif auquel ce temps se rattache."
_FUTURE = "Cette date est à venir. Une intervention se note une fois faite."
_UNKNOWN = "Aucun dossier ne porte cette référence. Vérifiez-la."


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood: the row's values, the dossier where there is one, who if it was said."""

    values: Mapping[str, Any]
    subject: Subject | None
    who: int | None


def dispositifs_of(engine: Engine) -> dict[str, str]:
    """The dispositifs of the pipelines, each by its own name or by that of its first pipeline."""
    found: dict[str, str] = {}
    current = engine.catalogue.current()
    for pipeline in current:
        found.setdefault(pipeline.dispositif, pipeline.label)
    return found | {p.dispositif: p.dispositif_label for p in current if p.dispositif_label}


def intervention_fields(engine: Engine, *, changing: bool = False) -> tuple[Field, ...]:
    """The form of an intervention; who spent the time does not change afterwards."""
    choices = tuple(Choice(key=key, label=label) for key, label in dispositifs_of(engine).items())
    dispositif = Field(
        key="dispositif",
        label="Dispositif",
        type="choix",
        choices=choices,
        help="Celui du dossier, s’il y en a un.",
    )
    first, last = (STRUCTURE, *_WHAT, dispositif, DOSSIER, _NOTE), () if changing else (WHO,)
    return (*first, *last)


def read_intervention(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    fields: tuple[Field, ...],
    raw: Mapping[str, Raw],
    now: datetime,
    dossier_id: int | None = None,
) -> Typed:
    """What was typed, checked whole; `dossier_id` where it was typed on a dossier's page.

    Raises Invalid with every fault; NotFound for a dossier that is not there.
    """
    given, faults = structure_typed(connection, organisme_id, raw)
    values, _labels, more = read_fields(connection, engine, organisme_id, fields, given)
    faults = {**more, **faults}
    if (fault := _date_fault(values.get("le"), now)) is not None:
        faults["le"] = fault
    if dossier_id is None and values.get("dossier"):
        dossier_id = dossier_by_reference(connection, organisme_id, values["dossier"].upper())
        if dossier_id is None:
            faults["dossier"] = _UNKNOWN
    subject = None
    if dossier_id is not None:
        subject = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
    faults |= _subject_faults(values, faults, subject)
    if faults:
        raise Invalid(faults)
    return Typed(_row(values, engine, subject), subject, values.get("qui"))


def _date_fault(day: date | None, now: datetime) -> str | None:
    return _FUTURE if day is not None and day > to_paris(now).date() else None


def _subject_faults(
    values: Mapping[str, Any], faults: Mapping[str, str], subject: Subject | None
) -> dict[str, str]:
    """What the time was spent on must be known, and be one thing."""
    structure = values.get("structure")
    if subject is None:
        found = {}
        if structure is None and not faults.keys() & {"structure", "dossier"}:
            found["structure"] = _NOBODY
        if not values.get("dispositif") and not faults.keys() & {"dispositif", "dossier"}:
            found["dispositif"] = _NO_PROGRAMME
        return found
    if structure is not None and structure != subject.row["structure_id"]:
        reference = subject.row["reference"]
        sentence = (
            f"Le dossier {reference} n’est pas celui de cette structure. Corrigez l’un ou l’autre."
        )
        return {"dossier": sentence}
    return {}


def _row(values: Mapping[str, Any], engine: Engine, subject: Subject | None) -> dict[str, Any]:
    dispositif, structure = values.get("dispositif"), values.get("structure")
    if subject is not None:
        dispositif = engine.machine(subject).pipeline.dispositif
        structure = subject.row["structure_id"]
    return {
        "structure_id": structure,
        "dossier_id": None if subject is None else subject.id,
        "dispositif": dispositif,
        "nature": values["nature"],
        "le": values["le"],
        "minutes": values["duree"],
        "km": values.get("km") or 0,
        "note": values.get("note"),
    }
