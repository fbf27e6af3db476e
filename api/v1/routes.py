"""The addresses of the API put on the application, with its own errors and its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.v1 import OPERATIONS
from api.v1.limits import Limits
from api.v1.problems import HANDLERS
from api.v1.serving import PREFIX, Endpoint

Handler = Callable[[Request, Exception], Response]


def install(app: FastAPI, per_minute: int) -> None:
    """Put every operation of the API on the application."""
    app.state.limits = Limits(per_minute)
    by_path: dict[str, list[Any]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, []).append(operation)
    app.router.routes.extend(_described())
    for path, operations in by_path.items():
        app.router.routes.append(Endpoint(path, operations).route())


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
    return {kind: _either(handler, HANDLERS.get(kind)) for kind, handler in pages.items()}


def _either(page: Handler, problem: Handler | None) -> Handler:
    def handle(request: Request, error: Exception) -> Response:
        path = request.scope["path"]
        ours = path == PREFIX or path.startswith(f"{PREFIX}/")
        return problem(request, error) if ours and problem else page(request, error)

    return handle
