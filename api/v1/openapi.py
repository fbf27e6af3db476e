"""The description of the API: OpenAPI 3.1 made from the operations, the first time it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from api.form_reading import MULTIPART
from api.v1 import OPERATIONS
from api.v1.contract import Operation
from api.v1.problems import KNOWN, PROBLEM
from api.v1.reading import KEY_PATTERN
from api.v1.routes import PREFIX
from api.version import VERSION
from grants.dossiers.pieces.deposit import MOST_FILES
from grants.organisation.jetons import PORTEES
from workflow.engine import Engine
from workflow.fields import fields_schema

_ID = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
_TEXT = {"type": "string", "pattern": "^[a-z0-9_]{1,60}$"}
_BYTES = {"type": "string", "contentEncoding": "binary"}
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_ANY_FIELDS = {
    "type": "object",
    "description": "Les champs que dit le « schema » du dispositif, de la fiche ou de l’action.",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "null"},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Une erreur (RFC 9457). « code » est stable ; « detail » est pour les gens.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "raisons": {
            "type": "array",
            "description": "Chaque raison d’un refus.",
            "items": {
                "type": "object",
                "required": ["code", "message", "champ"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "champ": {"type": ["string", "null"]},
                },
            },
        },
        "champs": {
            "type": "object",
            "description": "Par champ, ce qui est à corriger.",
            "additionalProperties": {"type": "string"},
        },
        "structures": {"type": "array", "items": {"type": "object"}},
        "fichiers": {
            "type": "array",
            "description": "Chaque fichier refusé, et pourquoi.",
            "items": {
                "type": "object",
                "required": ["nom", "message"],
                "properties": {"nom": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "reference": {"type": "string"},
    },
    "examples": [
        {
            "type": "/api/v1#refuse",
            "title": "Ce n’est pas possible",
            "status": 409,
            "detail": "« Accueillir » n'est pas possible pour l'instant.",
            "code": "refuse",
            "instance": "/api/v1/dossiers/12/actions/accueillir",
            "raisons": [
                {
                    "code": "injoignable",
                    "message": "Personne n’est joignable.",
                    "champ": "porteur",
                }
            ],
        }
    ],
}
_INTRODUCTION = """Ce que font les écrans, un programme peut le faire : les mêmes services, les
mêmes règles, les mêmes phrases.

- **Jeton** : « Authorization: Bearer mp_… », créé dans le menu du compte, « Jetons d’API ».
- **Version** : ce qui se modifie porte une `version`, répétée dans `ETag`. Renvoyez-la dans
  `If-Match` ; absente, 428 ; dépassée, 412. `*` écrit sans regarder.
- **Clé** : la même `Idempotency-Key` avec la même demande donne la même réponse pendant un jour.
- **Pages** : suivez `suivant` (ou l’en-tête `Link`) tel quel.
- **Réponses** : toujours du texte, comme on le taperait (« 18 500,00 », « 2026-03-12 »).
- **Erreurs** : `application/problem+json`, avec toutes les raisons à la fois.
"""


def document(engine: Engine) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {"Probleme": _PROBLEM}
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        here = paths.setdefault(PREFIX + operation.path, {})
        here[operation.method.lower()] = _described(engine, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Microprojets", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"jeton": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"jeton": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(engine: Engine, operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    readers = "" if operation.writes or operation.confidential else " et au lecteur"
    who = f" Réservé à la direction{readers}." if operation.direction else ""
    found: dict[str, Any] = {
        "operationId": _name(operation),
        "summary": operation.summary,
        "description": f"Portée du jeton : {PORTEES[operation.scope].lower()}.{who}",
        "tags": [operation.subject],
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_headers(operation)],
        "responses": _answers(operation, schemas),
    }
    if operation.takes == "image":
        content = {"image/png": {"schema": _BYTES}, "image/jpeg": {"schema": _BYTES}}
        found["requestBody"] = {"required": True, "content": content}
    elif operation.takes != "json":
        found["requestBody"] = _form(engine, operation)
    elif operation.schema is not None or operation.asks is None or operation.asks:
        found["requestBody"] = _body(engine, operation)
    return found


def _name(operation: Operation) -> str:
    """Stable: where it is said, and what it is called there."""
    module = operation.run.__module__.rsplit(".", 1)[-1]
    return f"{module}_{getattr(operation.run, '__name__', operation.method)}"


def _body(engine: Engine, operation: Operation) -> dict[str, Any]:
    asks, types = operation.asks, engine.vocabulary.field_types
    schema = operation.schema
    if schema is None:
        schema = _ANY_FIELDS if asks is None else _nullable(fields_schema(asks, types))
    media: dict[str, Any] = {"schema": schema}
    if operation.example is not None:
        media["example"] = operation.example
    return {"required": asks is not None, "content": {"application/json": media}}


def _form(engine: Engine, operation: Operation) -> dict[str, Any]:
    """A form with files: one of them, or several under the same name."""
    schema = fields_schema(operation.asks or (), engine.vocabulary.field_types)
    several = {"type": "array", "items": _FILE, "minItems": 1, "maxItems": MOST_FILES}
    schema["properties"][operation.upload] = several if operation.takes == "files" else _FILE
    schema["required"].append(operation.upload)
    return {"required": True, "content": {MULTIPART: {"schema": schema}}}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What is not owed may also be null: the field is then emptied."""
    owed = set(schema["required"])
    properties = {
        name: each if name in owed else {"anyOf": [each, {"type": "null"}, {"const": ""}]}
        for name, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _ID if name.endswith("_id") else _TEXT,
        }
        for name in names
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": said, "schema": {"type": "string"}}
        for name, said in operation.query.items()
    ]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.versioned:
        version_of = {"type": "string", "pattern": r'^(\*|"[0-9]{1,18}")$'}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": version_of})
    if operation.keyed:
        key = {"type": "string", "pattern": f"^{KEY_PATTERN}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key})
    return found


def _answers(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": _FILE} for kind in operation.media}
    if operation.gives is not None:
        content["application/json"] = {"schema": _shape(operation.gives, schemas)}
    good = {"description": HTTPStatus(operation.status).phrase, "content": content}
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Probleme"}}}
    bad = {
        str(status): {"description": HTTPStatus(status).phrase, "content": problem}
        for status in sorted(_refusals(operation))
    }
    return {str(operation.status): good, **bad}


def _refusals(operation: Operation) -> set[int]:
    """The statuses that this operation may refuse with."""
    found = {401, 403, 404, 422, 429, 500, 503}
    if operation.media:
        found |= {409}
    if operation.writes:
        found |= {400, 409, 413, 415}
    if operation.versioned:
        found |= {412, 428}
    return found & KNOWN


def _shape(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas.update(schema.pop("$defs", {}))
    schemas[kind.__name__] = schema
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
