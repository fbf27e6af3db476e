"""The addresses of the API, with its own errors: all is loaded when a program first asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

#: What every address of the API begins with.
PREFIX = "/api/v1"
Handler = Callable[[Request, Exception], Response]


def is_of_the_api(path: str) -> bool:
    """Whether an address is one that programs ask for."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def routes() -> list[Route]:
    """Every address of the API."""
    from api.v1 import OPERATIONS
    from api.v1.serving import Endpoint

    by_path: dict[str, list[Any]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, []).append(operation)
    every = [Endpoint(path, operations).route() for path, operations in by_path.items()]
    return [*_described(), *every]


def _described() -> list[Route]:
    """The addresses of the description; what makes it is loaded when it is asked for."""

    def for_people(request: Request) -> Response:
        from api.v1.description import for_people as answer

        return answer(request)

    def for_programs(request: Request) -> Response:
        from api.v1.description import for_programs as answer

        return answer(request)

    people = Route(PREFIX, for_people, methods=["GET"])
    return [people, Route(f"{PREFIX}/openapi.json", for_programs, methods=["GET"])]


def told_by_address(pages: Mapping[Any, Handler]) -> dict[Any, Any]:
    """The handlers of the pages, and those of the API for what is asked under its address."""
    return {kind: _either(kind, handler) for kind, handler in pages.items()}


def _either(kind: Any, page: Handler) -> Handler:
    def handle(request: Request, error: Exception) -> Response:
        if not is_of_the_api(request.scope["path"]):
            return page(request, error)
        from api.v1.problems import HANDLERS

        return HANDLERS.get(kind, page)(request, error)

    return handle
