"""The two pages on a dossier: the project and its money, then what the chargé makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.comites.papiers.words import counted, hour_of, money
from grants.dossiers.pieces.queries import pieces_of
from grants.dossiers.pieces.states import standings
from grants.dossiers.reading import read_subject
from grants.finances.plan import ASKED, COST, STATES, Plan, plan_sheet
from grants.finances.queries import plan_of
from grants.structures.service import COLUMN_OF, STRUCTURE_FIELDS
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES
from workflow.money import format_amount
from workflow.pipeline import Pipeline, Sheet
from workflow.statements import Statement
from workflow.subject import Subject

_S = table_of(Structure)
_STRUCTURE = Statement(select(*_S.c).where(_S.c.id == bindparam("structure")))
#: Shown already, larger.
_ABOVE = ("titre", COST, ASKED)
_LONG = "texte_long"
_OF_A_STRUCTURE = ("siret", "rna", "forme_juridique", "secteur", "effectif", "commune", "site")
#: The effect of the moves by which a dossier comes before a comité.
_COMES = "inscrire_a_l_ordre_du_jour"
_STATES = {each.key: each.label for each in STATES}
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passing:
    """A dossier's passage at a séance: its row, when it is heard, for how many minutes."""

    row: Mapping[str, Any]
    at: datetime
    minutes: int

    @property
    def label(self) -> str:
        """What links lead to."""
        return f"dossier-{self.row['dossier_id']}"


def note_of(
    connection: Connection, engine: Engine, organisme_id: int, passing: Passing, now: datetime
) -> Told:
    """What the two pages say. Raises NotFound."""
    subject = read_subject(connection, engine, organisme_id, passing.row["dossier_id"], lock=False)
    pipeline = engine.machine(subject).pipeline
    structure = _structure(connection, subject)
    row = subject.row
    return {
        "label": passing.label,
        "over": " · ".join(
            (row["reference"], hour_of(passing.at), counted(passing.minutes, "minute", "minutes"))
        ),
        "title": row["titre"] or row["reference"],
        "structure": _by(row, structure),
        "figures": _figures(subject),
        "parts": [
            part
            for part in (*_sheets(engine, pipeline, subject), _known(structure))
            if part["texts"] or part["facts"]
        ],
        "plan": _plan(plan_of(connection, subject), pipeline.label),
        "study": [
            ["Analyse", passing.row["note"]],
            ["Recommandation", passing.row["avis_charge"]],
            ["Points d’attention", passing.row["vigilance"]],
        ],
        "missing": _missing(connection, pipeline, subject, min(now, passing.at)),
        "rest": f"Des textes sont coupés pour tenir ici : ils sont entiers dans le dossier "
        f"{row['reference']}.",
    }


def _structure(connection: Connection, subject: Subject) -> Mapping[str, Any] | None:
    id = subject.row["structure_id"]
    return None if id is None else _STRUCTURE.first(connection, {"structure": id})


def _by(row: Mapping[str, Any], structure: Mapping[str, Any] | None) -> str:
    """« Les Jardins partagés, Nice », or whoever carries the project."""
    if structure is None:
        return f"Porté par {row['porteur_nom']}" if row["porteur_nom"] else ""
    return ", ".join(filter(None, (structure["nom"], structure["commune"])))


def _figures(subject: Subject) -> list[list[str]]:
    row = subject.row
    told = [
        ("Aide demandée", money(row["montant_demande"])),
        ("Coût total", money(row["cout_total"])),
        ("Plafond de l’aide", money(row["plafond"])),
        (
            "Emplois créés ou consolidés",
            "" if row["emplois_crees"] is None else str(row["emplois_crees"]),
        ),
    ]
    return [[name, value] for name, value in told if value not in ("", "–")] or [
        ["Aide demandée", "–"]
    ]


def _sheets(engine: Engine, pipeline: Pipeline, subject: Subject) -> Iterator[Told]:
    """The project first; of the other sheets, their short answers where it tells the long ones."""
    project = plan_sheet(pipeline)
    others = [sheet for sheet in pipeline.sheets if sheet is not project]
    for sheet in (*filter(None, (project,)), *others):
        yield _sheet(engine, subject, sheet, long_too=project is None or sheet is project)


def _sheet(engine: Engine, subject: Subject, sheet: Sheet, *, long_too: bool) -> Told:
    types = engine.vocabulary.field_types
    texts, facts = [], []
    for field in sheet.fields:
        value = subject.values.get(field.key)
        if value is None or value == () or field.key in (*_ABOVE, "emplois_crees"):
            continue
        told = types[field.type].display(value, field)
        if field.type == _LONG:
            texts.append(["" if field.key == "objet" else field.label, told])
        else:
            facts.append([field.label, told])
    return {"title": sheet.label, "texts": texts if long_too else [], "facts": facts}


def _known(structure: Mapping[str, Any] | None) -> Told:
    """What the organisme knows of the structure, as its own page says it."""
    known = structure or {}
    facts = []
    for field in STRUCTURE_FIELDS:
        value = known.get(COLUMN_OF.get(field.key, field.key))
        if field.key in _OF_A_STRUCTURE and value is not None:
            facts.append([field.label, FIELD_TYPES[field.type].display(value, field)])
    return {"title": "La structure", "texts": [], "facts": facts}


def _plan(plan: Plan, ours: str) -> Told | None:
    """Who pays, and whether it holds together. None where nothing is written."""
    if plan.asked is None and not plan.lines:
        return None
    asked = [[f"{ours} : aide demandée", "", money(plan.asked)]] if plan.asked else []
    return {
        "lines": [
            *asked,
            *(
                [each.financeur, _STATES[each.etat], format_amount(each.montant)]
                for each in plan.lines
            ),
        ],
        "total": format_amount(plan.resources),
        "balanced": plan.side == "equilibre",
        "words": plan.words,
    }


def _missing(
    connection: Connection, pipeline: Pipeline, subject: Subject, at: datetime
) -> list[str]:
    """What was owed to come before a comité and is not, or no longer, validated that day."""
    coming = {
        action.key
        for action in pipeline.actions
        if any(effect.name == _COMES for effect in action.effects)
    }
    found = standings(pipeline, pieces_of(connection, subject.row), to_paris(at).date())
    return [
        each.piece.label
        for each in found
        if not each.will_do and coming.intersection(each.piece.required_for)
    ]
