"""The plain data of a letter: text, numbers, ISO dates, amounts in cents, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from grants.dossiers.facts import half_way
from grants.dossiers.lettres.reading import RENDEZ_VOUS, Around
from grants.dossiers.pieces.states import A_CORRIGER, MOTIFS, PERIMEE, RECUE, Standing, standings
from grants.structures.departements import DEPARTEMENTS
from workflow.dates import format_date, plain, to_paris
from workflow.engine import Engine
from workflow.fields import FieldType
from workflow.machine import PipelineMachine
from workflow.money import format_number
from workflow.pipeline import Field, Pipeline
from workflow.subject import Subject

#: Kept as they are, for the filters of a letter; every other answer is told as people read it.
_AS_KEPT = frozenset({"texte", "texte_long", "montant", "date", "date_heure", "entier", "oui_non"})
_PLAIN = frozenset({"texte", "texte_long", "montant", "entier", "oui_non"})
#: Of few values, each said the same way again and again.
_AMONG_FEW = frozenset({"choix", "departement"})
#: A bank account is for the payment alone: no letter repeats it.
_PRIVATE = frozenset({"iban"})


def context_of(
    engine: Engine, subject: Subject, stage: str, around: Around, at: datetime
) -> dict[str, Any]:
    """What any letter of a dossier may say. `stage`: where it stands, or where it arrives."""
    row = subject.row
    pipeline = engine.machine(subject).pipeline
    context = {
        "organisme": _organisme(around.row),
        "dossier": _dossier(engine, subject, pipeline, stage),
        "structure": {
            "nom": row["structure_nom"],
            "siret": row["structure_siret"],
            **{key: around.row[f"structure_{key}"] for key in _ADDRESS},
        },
        "porteur": {
            "nom": row["porteur_nom"],
            "email": row["porteur_email"],
            "civilite": row["porteur_civilite"],
        },
        "referent": _referent(around.row),
        **around.referred,
    }
    if around.appointment is not None:
        le, lieu = around.appointment["le"], around.appointment["lieu"]
        context[RENDEZ_VOUS] = {"le": plain(le), "lieu": lieu or None}
    if around.pieces is not None:
        found = standings(pipeline, around.pieces, to_paris(at).date())
        context["pieces_manquantes"] = owed_pieces(pipeline, stage, found)
        context["pieces_attendues"] = expected_pieces(found)
    return context


_ADDRESS = ("adresse", "code_postal", "commune")


def _organisme(row: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("nom", "sigle", "adresse", "ville", "email", "telephone", "site")
    codes = [code for code in row["departements"].split(",") if code]
    return {key: row[key] for key in keys} | {
        "departements": [DEPARTEMENTS.get(code, code) for code in codes]
    }


def _dossier(engine: Engine, subject: Subject, pipeline: Pipeline, stage: str) -> dict[str, Any]:
    row, told = subject.row, _told(engine, engine.machine(subject))
    answers: dict[str, Any] = {}
    for key, value in subject.values.items():
        if value is not None and key in told:
            say = told[key]
            answers[key] = say(value) if say else value
    titre = row["titre"] or None
    return {
        **answers,
        "reference": row["reference"],
        "titre": titre,
        "projet": f"votre projet « {titre} »" if titre else "votre projet",
        "plafond": row["plafond"],
        "etape": pipeline.stage(stage).public_label,
        "dispositif": pipeline.label,
        "depuis": plain(to_paris(subject.stage_since).date()),
        "mi_parcours": plain(half_way(row)),
    }


@lru_cache(maxsize=64)
def _told(engine: Engine, machine: PipelineMachine) -> Mapping[str, Callable[[Any], Any] | None]:
    """How a letter says each answer of a pipeline that it may repeat; None for as it is."""
    types = engine.vocabulary.field_types
    told: dict[str, Callable[[Any], Any] | None] = {}
    for key, field in machine.fields.items():
        if not is_told(engine, field):
            continue
        say = partial(told_answer, types[field.type], field)
        if field.type in _PLAIN and not field.multiple:
            told[key] = None
        elif field.type in _AMONG_FEW and not field.multiple:
            told[key] = lru_cache(maxsize=256)(say)
        else:
            told[key] = say
    return told


def is_told(engine: Engine, field: Field) -> bool:
    """Whether a letter may repeat the answer to a question."""
    return field.type not in _PRIVATE and field.type not in engine.vocabulary.references


def told_answer(kind: FieldType, field: Field, value: Any) -> Any:
    """An answer as a letter says it: amounts and dates for the filters, choices by their labels."""
    if field.type in _AS_KEPT:
        return kind.dump(value)
    if isinstance(value, tuple):
        return [kind.show(each, field) for each in value]
    if field.type == "nombre":
        return format_number(value)
    return kind.display(value, field)


def _referent(row: Mapping[str, Any]) -> dict[str, Any]:
    """Who to ask: the referent of the dossier, who signs where nobody is, or the organisme."""
    if row["referent_nom"]:
        return {
            "nom": row["referent_nom"],
            "fonction": row["referent_fonction"],
            "email": row["referent_email"],
            "telephone": row["referent_telephone"] or row["telephone"],
        }
    return {
        "nom": row["signataire"] or row["nom"],
        "fonction": row["signataire_qualite"] if row["signataire"] else None,
        "email": row["email"],
        "telephone": row["telephone"],
    }


def owed_pieces(
    pipeline: Pipeline, stage: str, found: tuple[Standing, ...]
) -> list[dict[str, Any]]:
    """The pièces that a move from a stage waits for, and that are to be handed in."""
    moves = {action.key for action in pipeline.actions if stage in pipeline.origins(action)}
    return [
        _told_piece(each) for each in found if each.is_owed and moves & {*each.piece.required_for}
    ]


def expected_pieces(found: tuple[Standing, ...]) -> list[dict[str, Any]]:
    """Every pièce to hand in, whether a move waits for it (`obligatoire`) or it only helps."""
    return [
        {**_told_piece(each), "obligatoire": bool(each.piece.required_for)}
        for each in found
        if not each.will_do and each.state != RECUE
    ]


def _told_piece(each: Standing) -> dict[str, Any]:
    kept = each.row or {}
    return {
        "label": each.piece.label,
        "pourquoi": each.piece.help or None,
        "etat": _state(each),
        "commentaire": kept.get("commentaire") or None,
    }


def _state(each: Standing) -> str | None:
    """Why what was handed in will not do; None where nothing was."""
    if each.state == A_CORRIGER and each.row is not None:
        return MOTIFS[each.row["motif"]]
    if each.state == PERIMEE and each.last_day is not None:
        return f"plus à jour depuis le {format_date(each.last_day)}"
    return None
