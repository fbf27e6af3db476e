"""The dispositifs, described so that a client can build its own screens; and who one is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.v1 import shapes
from api.v1.contract import Call, Subject
from grants.dossiers.answers import LONGEST_REASON, REASON
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.fields import fields_schema
from workflow.pipeline import Action, Field, Piece, Pipeline, Sheet

subject = Subject("Dispositifs")
_REASON = Field(key=REASON, label="Motif", type="texte_long", longest=LONGEST_REASON, required=True)


@subject.get("/moi", "Pour qui le jeton agit", shapes.Moi)
def me(call: Call) -> shapes.Moi:
    """Who the token acts for."""
    bearer, identity = call.bearer, call.identity
    return {
        "compte": {"id": identity.compte_id or 0, "nom": identity.nom},
        "organisme": {"id": identity.organisme_id, "nom": bearer.organisme_nom},
        "role": identity.role,
        "jeton": bearer.nom,
        "portee": bearer.portee,
        "expire_le": bearer.expires,
    }


@subject.get("/dispositifs", "Les dispositifs", shapes.Dispositifs)
def dispositifs(call: Call) -> shapes.Dispositifs:
    """Every pipeline, in its present version."""
    return {
        "dispositifs": [
            {"cle": each.key, "libelle": each.label, "version": each.version}
            for each in call.house.engine.catalogue.current()
        ]
    }


@subject.get("/dispositifs/{key}", "Un dispositif : étapes, actions, champs", shapes.Dispositif)
def dispositif(call: Call) -> shapes.Dispositif:
    """One pipeline whole. Raises NotFound."""
    place = place_of(call)
    pipeline = pipeline_of(place.engine, call.path["key"])
    return {
        "cle": pipeline.key,
        "libelle": pipeline.label,
        "description": pipeline.description,
        "dispositif_version": pipeline.version,
        "initiale": pipeline.initial,
        "etapes": [
            {
                "cle": stage.key,
                "libelle": stage.label,
                "libelle_public": stage.public_label or "",
                "phase": stage.phase,
                "finale": stage.final,
                "fiches": sorted(stage.editable),
                "roles_des_fiches": {name: list(at) for name, at in stage.editable.items()},
            }
            for stage in pipeline.stages
        ],
        "fiches": [
            {
                "cle": each.key,
                "libelle": each.label,
                "aide": each.help,
                "schema": sheet_schema(place, each),
            }
            for each in pipeline.sheets
        ],
        "pieces": [_piece(each) for each in pipeline.pieces],
        "actions": [_action(place, pipeline, each) for each in pipeline.actions],
    }


def pipeline_of(engine: Engine, key: str) -> Pipeline:
    """A pipeline in its present version. Raises NotFound."""
    loaded = engine.catalogue.latest(key)
    if loaded is None:
        raise NotFound
    return loaded.pipeline


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is asked: what may be chosen there is of this organisme."""

    connection: Connection
    engine: Engine
    organisme_id: int


def place_of(call: Call) -> Place:
    """Where a request asks."""
    return Place(call.connection, call.house.engine, call.organisme_id)


def action_schema(place: Place, action: Action) -> dict[str, Any]:
    """The JSON Schema of the body that an action takes."""
    return _schema(place, (*action.fields, _REASON) if action.reason else action.fields)


def sheet_schema(place: Place, sheet: Sheet) -> dict[str, Any]:
    """The JSON Schema of what a sheet takes: unfinished sheets are kept."""
    fields = [field.model_copy(update={"required": False}) for field in sheet.fields]
    return _schema(place, fields)


def _schema(place: Place, fields: Iterable[Field]) -> dict[str, Any]:
    """What fields take: each has its type (« x-type »), its bounds, what may be chosen today."""
    vocabulary, asked = place.engine.vocabulary, tuple(fields)
    schema = fields_schema(asked, vocabulary.field_types)
    for field in asked:
        told = schema["properties"][field.key]
        told["x-type"] = field.type
        write = vocabulary.field_types[field.type].form
        bounds = (("x-minimum", field.minimum), ("x-maximum", field.maximum))
        told |= {name: write(bound) for name, bound in bounds if bound is not None}
        reference = vocabulary.references.get(field.type)
        if reference is not None:
            known = reference.choices(place.connection, place.organisme_id)
            told["x-choix"] = [{"const": str(id), "title": label} for id, label in known]
    return schema


def _piece(piece: Piece) -> shapes.PieceDispositif:
    return {
        "cle": piece.key,
        "libelle": piece.label,
        "pourquoi": piece.help,
        "pour": list(piece.required_for),
        "validite": str(piece.validity) if piece.validity else None,
        "gardee_pour": piece.kept,
    }


def _action(place: Place, pipeline: Pipeline, action: Action) -> shapes.ActionDispositif:
    return {
        "cle": action.key,
        "libelle": action.label,
        "aide": action.help,
        "ton": action.tone,
        "de": sorted(pipeline.origins(action)),
        "vers": action.to,
        "roles": list(action.roles),
        "regles": [reference.name for reference in action.guards],
        "motif_demande": action.reason,
        "automatique": action.by_system,
        "lettres": list(action.letters),
        "schema": action_schema(place, action),
    }
