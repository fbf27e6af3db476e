"""The description of the API: OpenAPI 3.1 made from the operations, the first time it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from api.form_reading import MULTIPART
from api.v1 import OPERATIONS
from api.v1.contract import Fields, Operation
from api.v1.examples import ID as SOME_ID
from api.v1.examples import IN_ADDRESS, IN_QUERY, KEY, example_of
from api.v1.examples import VERSION as SOME_VERSION
from api.v1.openapi_parts import (
    ANY_FIELDS,
    BYTES,
    FILE,
    FILE_NAME,
    ID,
    INTRODUCTION,
    PROBLEM_SHAPE,
    TEXT,
    WEBHOOKS,
)
from api.v1.problems import KNOWN, PROBLEM
from api.v1.reading import KEY_PATTERN
from api.v1.routes import PREFIX
from api.version import VERSION
from grants.dossiers.pieces.deposit import MOST_FILES
from grants.organisation.jetons import PORTEES
from workflow.engine import Engine
from workflow.fields import fields_schema


def document(engine: Engine) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {"Probleme": PROBLEM_SHAPE}
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        here = paths.setdefault(PREFIX + operation.path, {})
        here[operation.method.lower()] = _described(engine, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Microprojets", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"jeton": []}],
        "paths": paths,
        "webhooks": WEBHOOKS,
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
        content = {"image/png": {"schema": BYTES}, "image/jpeg": {"schema": BYTES}}
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
    asks, types = _asked(engine, operation), engine.vocabulary.field_types
    schema = operation.schema
    if schema is None:
        schema = ANY_FIELDS if asks is None else _nullable(fields_schema(asks, types))
    media: dict[str, Any] = {"schema": schema}
    if operation.example is not None:
        media["example"] = operation.example
    return {"required": asks is not None, "content": {"application/json": media}}


def _asked(engine: Engine, operation: Operation) -> Fields | None:
    asks = operation.asks
    return asks if asks is None or isinstance(asks, tuple) else asks(engine)


def _form(engine: Engine, operation: Operation) -> dict[str, Any]:
    """A form with files: one of them, or several under the same name."""
    schema = fields_schema(_asked(engine, operation) or (), engine.vocabulary.field_types)
    several = {"type": "array", "items": FILE, "minItems": 1, "maxItems": MOST_FILES}
    schema["properties"][operation.upload] = several if operation.takes == "files" else FILE
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
            "schema": ID if name.endswith("_id") else FILE_NAME if name == "name" else TEXT,
            "example": IN_ADDRESS.get(name, SOME_ID),
        }
        for name in names
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "description": said,
            "schema": {"type": "string"},
            **({"example": IN_QUERY[name]} if name in IN_QUERY else {}),
        }
        for name, said in operation.query.items()
    ]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.versioned:
        version_of = {"type": "string", "pattern": r'^(\*|"[0-9]{1,18}")$'}
        told = {"required": True, "schema": version_of, "example": SOME_VERSION}
        found.append({"name": "If-Match", "in": "header", **told})
    if operation.keyed:
        key = {"type": "string", "pattern": f"^{KEY_PATTERN}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": key, "example": KEY})
    return found


def _answers(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": FILE} for kind in operation.media}
    if operation.gives is not None:
        shape = _shape(operation.gives, schemas)
        example = example_of(operation.gives.__name__, schemas)
        content["application/json"] = {"schema": shape, "example": example}
    good = {
        "description": HTTPStatus(operation.status).phrase,
        "headers": _headers(operation, schemas),
        "content": content,
    }
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Probleme"}}}
    bad: dict[str, Any] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": problem}
        for status in sorted(_refusals(operation))
    }
    bad["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return {str(operation.status): good, **bad}


def _headers(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """What the headers of an answer repeat: its version, where it stands, what follows it."""
    named = getattr(operation.gives, "__name__", "")
    holds = schemas.get(named, {}).get("properties", {})
    told = {
        "ETag": "version" in holds,
        "Link": "suivant" in holds,
        "Location": operation.status == HTTPStatus.CREATED,
        "Idempotency-Replayed": operation.keyed,
    }
    return {name: {"schema": {"type": "string"}} for name, here in told.items() if here}


def _refusals(operation: Operation) -> set[int]:
    """The statuses that this operation may refuse with."""
    found = {401, 403, 404, 422, 429, 500, 503}
    if operation.media or operation.conflicts:
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
