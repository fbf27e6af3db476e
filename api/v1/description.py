"""The description served: for programs at /api/v1/openapi.json, for people at /api/v1."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.v1.openapi import document
from api.v1.routes import PREFIX
from api.v1.serving import encode
from api.visit import find_visit
from workflow.engine import Engine

JSON_URL = f"{PREFIX}/openapi.json"


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    asks: tuple[tuple[str, str, bool], ...]
    example: str
    answer: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class SubjectView:
    """The operations of one subject."""

    name: str
    anchor: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The whole page."""

    subjects: tuple[SubjectView, ...]
    json_url: str


def for_programs(request: Request) -> Response:
    """OpenAPI 3.1."""
    request.scope["route"] = _Named(JSON_URL)
    return Response(_text(house_of(request).engine), media_type="application/json")


def for_people(request: Request) -> Response:
    """The same, to read."""
    request.scope["route"] = _Named(PREFIX)
    view = _page(house_of(request).engine)
    return page(request, find_visit(request), "pages/programmes/api.html", view, present="")


@dataclass(frozen=True, slots=True)
class _Named:
    """What the log calls an address."""

    path: str


@lru_cache(maxsize=4)
def _text(engine: Engine) -> str:
    return encode(document(engine))


@lru_cache(maxsize=4)
def _page(engine: Engine) -> ApiPage:
    subjects: dict[str, list[OperationView]] = {}
    for path, methods in document(engine)["paths"].items():
        for method, said in methods.items():
            view = _operation(method.upper(), path, said)
            subjects.setdefault(said["tags"][0], []).append(view)
    return ApiPage(
        tuple(
            SubjectView(name, f"sujet-{rank}", tuple(views))
            for rank, (name, views) in enumerate(subjects.items(), start=1)
        ),
        JSON_URL,
    )


def _operation(method: str, path: str, said: dict[str, Any]) -> OperationView:
    content = said.get("requestBody", {}).get("content", {})
    media = next(iter(content.values()), {})
    schema = media.get("schema", {})
    owed = set(schema.get("required", ()))
    asks = tuple(
        (name, _label(each), name in owed) for name, each in schema.get("properties", {}).items()
    )
    given = next(each for status, each in said["responses"].items() if status.startswith("2"))
    told = given["content"].get("application/json", {})
    return OperationView(
        method,
        path,
        said["summary"],
        said["description"],
        asks,
        example=_shown(media["example"]) if "example" in media else "",
        answer=_shown(told["example"]) if told else ", ".join(given["content"]),
        is_file=not told,
    )


def _shown(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _label(schema: dict[str, Any]) -> str:
    inner = schema.get("anyOf", [{}])[0]
    return schema.get("title") or schema.get("description") or inner.get("title", "")
