"""A page answered in one turn of a thread: who asks is found there too, just before.

FastAPI takes a thread for each dependency that waits for the database, and another for the page:
handing over twice cost as much as reading who is there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, get_args

from fastapi import Request
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import BaseRoute

from api.visit import Visit, direction, signed_in, writer

_READS = {"GET"}
_RIGHTS: dict[object, Callable[[Visit], object]] = {
    signed_in: lambda visit: visit,
    writer: lambda visit: visit.identity.require_writer(),
    direction: lambda visit: visit.identity.require_direction(),
}


def in_one_turn(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """These addresses, each page that only depends on who asks being answered in one turn."""
    for route in routes:
        yield _joined(route) if isinstance(route, APIRoute) else route


def _joined(route: APIRoute) -> APIRoute:
    signature = inspect.signature(route.endpoint, eval_str=True)
    asked = {name: _dependency(each.annotation) for name, each in signature.parameters.items()}
    depends = {name: each for name, each in asked.items() if each is not None}
    if route.methods != _READS or len(depends) != 1 or inspect.iscoroutinefunction(route.endpoint):
        return route
    (name, depended), *_ = depends.items()
    if depended not in _RIGHTS:
        return route
    endpoint: Any = _entered(route.endpoint, name, _RIGHTS[depended])
    others = [each for each in signature.parameters.values() if each.name not in (name, "request")]
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [request.replace(annotation=Request), *others]
    endpoint.__signature__ = signature.replace(parameters=parameters)
    return APIRoute(route.path, endpoint, methods=list(_READS), name=route.name)


def _entered(
    endpoint: Callable[..., Response], name: str, require: Callable[[Visit], object]
) -> Callable[..., Response]:
    """The page of somebody with that right. Raises NotSignedIn, ReadOnly, DirectionOnly."""
    has_request = "request" in inspect.signature(endpoint).parameters

    @wraps(endpoint)
    def answer(request: Request, **given: Any) -> Response:
        visit = signed_in(request)
        require(visit)
        if has_request:
            given["request"] = request
        return endpoint(**given, **{name: visit})

    return answer


def _dependency(annotation: object) -> object:
    """What a parameter depends on; None where it is no dependency."""
    depends = (each for each in get_args(annotation)[1:] if isinstance(each, Depends))
    return next((each.dependency for each in depends), None)
