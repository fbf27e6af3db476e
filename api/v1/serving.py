"""One request of the API, from its token to its answer: the same way for every operation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.house import House, house_of
from api.v1.contract import Answer, Call, Operation
from api.v1.errors import NoToken, ScopeMissing
from api.v1.limits import Limits
from api.v1.reading import (
    read_body,
    read_ids,
    read_key,
    read_object,
    read_query,
    read_version,
)
from api.v1.replay import Kept, claim, keep, print_of
from grants.organisation.jetons import PORTEES, Bearer, find_bearer, mark_used
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseReadOnly

PREFIX = "/api/v1"
_SCHEME = "bearer "
_JSON = "application/json"


class Endpoint:
    """The operations of one address, by method. `path` is what the log calls it."""

    def __init__(self, path: str, operations: Iterable[Operation]) -> None:
        self.path = PREFIX + path
        self._operations = {each.method: each for each in operations}

    def route(self) -> Route:
        """The route of this address."""
        return Route(self.path, self.answer, methods=sorted(self._operations))

    async def answer(self, request: Request) -> Response:
        """Answer one request. Raises DomainError."""
        request.scope["route"] = self
        operation = self._operations.get(request.method)
        if operation is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(self._operations))})
        bearer, now = await run_in_threadpool(_enter, request, operation)
        body = await read_body(request, operation) if operation.writes else b""
        return await run_in_threadpool(_answer, request, operation, bearer, body, now)


def encode(data: Any) -> str:
    """Plain data as JSON text."""
    return json.dumps(data, ensure_ascii=False, default=_plain)


def _enter(request: Request, operation: Operation) -> tuple[Bearer, datetime]:
    """Who asks, if he may. Raises NoToken, TokenRefused, TooManyRequests, ReadOnly…"""
    house = house_of(request)
    now = house.clock()
    bearer = _bearer(house, request, now)
    limits: Limits = request.app.state.limits
    limits.take(bearer.id, now)
    if operation.writes:
        bearer.identity.require_writer()
    if operation.direction:
        bearer.identity.require_direction()
    if not bearer.allows(operation.scope):
        raise ScopeMissing(scope=PORTEES[operation.scope].lower())
    return bearer, now


def _bearer(house: House, request: Request, now: datetime) -> Bearer:
    """Who comes with the token of the header; a cookie is never looked at."""
    given = request.headers.get("authorization", "")
    if not given.lower().startswith(_SCHEME):
        raise NoToken
    with house.database.glance() as connection:
        bearer = find_bearer(connection, given[len(_SCHEME) :].strip(), now)
    if bearer.is_to_be_seen:
        try:
            with house.database.unit_of_work() as session:
                mark_used(session, bearer.id, now)
        except (DatabaseBusy, DatabaseFull, DatabaseReadOnly):
            pass  # reading goes on where nothing can be written: the next request tries again
    return bearer


def _answer(
    request: Request, operation: Operation, bearer: Bearer, body: bytes, now: datetime
) -> Response:
    house = house_of(request)
    ids = read_ids(request.path_params)
    raw = {} if operation.binary else read_object(body, request.headers)
    query = read_query(request, operation)
    version, key = read_version(request, operation), None
    if operation.keyed:
        key = read_key(request)

    def call(session: Session) -> Call:
        about = (request.url.path, version, key, body)
        return Call(house, session, bearer, now, ids, query, raw, *about)

    if not operation.writes:
        with house.database.reading() as session:
            return _sent(_kept(operation, operation.run(call(session))))
    with house.database.unit_of_work() as session:
        if key is None:
            return _sent(_kept(operation, operation.run(call(session))))
        asked = print_of(
            request.method, request.url.path, body, request.headers.get("if-match", "")
        )
        known = claim(session, bearer.identity, key, asked, now)
        if known is not None:
            return _sent(known, {"Idempotency-Replayed": "true"})
        answer = _kept(operation, operation.run(call(session)))
        keep(session, bearer.identity, key, answer)
    return _sent(answer)


def _kept(operation: Operation, given: Any) -> Kept:
    """What an operation gave, as it is sent: its version is its ETag."""
    answer = given if isinstance(given, Answer) else Answer(given)
    headers: dict[str, str] = {}
    data = answer.data
    if isinstance(data, Mapping) and isinstance(data.get("version"), int):
        headers["ETag"] = f'"{data["version"]}"'
    if answer.location:
        headers["Location"] = answer.location
    if answer.next:
        headers["Link"] = f'<{answer.next}>; rel="next"'
    body = "" if data is None else encode(data)
    return Kept(answer.status or operation.status, body, headers)


def _sent(answer: Kept, more: Mapping[str, str] | None = None) -> Response:
    return Response(
        answer.body.encode(),
        status_code=answer.status,
        media_type=_JSON if answer.body else None,
        headers={"Cache-Control": "private, no-store", **answer.headers, **(more or {})},
    )


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not plain data")
