"""One request of the API, from its token to its answer: the same way for every operation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.house import House, house_of
from api.v1.bodies import Body, received
from api.v1.contract import Answer, Arrival, Call, Operation
from api.v1.errors import NoToken, ScopeMissing
from api.v1.limits import Limits
from api.v1.reading import read_ids, read_key, read_object, read_query, read_version, sound
from api.v1.replay import Kept, claim, keep, print_of
from api.v1.routes import PREFIX
from grants.organisation.jetons import PORTEES, Bearer, find_bearer, mark_used
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseReadOnly
from workflow.field_contract import Raw

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
        async with received(request, operation) as body:
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
    if operation.writes and not operation.personal:
        bearer.identity.require_writer()
    if operation.direction and (operation.writes or operation.confidential):
        bearer.identity.require_direction()
    elif operation.direction:
        bearer.identity.require_overseer()
    scope = operation.scope_of(bearer.identity)
    if not bearer.allows(scope):
        raise ScopeMissing(scope=PORTEES[scope].lower())
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
    request: Request, operation: Operation, bearer: Bearer, body: Body, now: datetime
) -> Response:
    house = house_of(request)
    ids = read_ids(request.path_params)
    raw = _answers(request, operation, body)
    query = read_query(request, operation)
    version, key = read_version(request, operation), None
    if operation.keyed:
        key = read_key(request)

    def call(session: Session, prepared: Any = None) -> Call:
        about = (request.url.path, version, key, body.content, body.table, prepared)
        return Call(house, session, bearer, now, ids, query, raw, *about)

    if not operation.writes:
        with house.database.reading() as session:
            answer = _whole(operation.run(call(session)))
        return answer.file or _sent(_kept(operation, answer))
    making_ready = nullcontext()
    if operation.prepare is not None:
        making_ready = operation.prepare(Arrival(house, bearer.identity, ids, body.files))
    with making_ready as prepared, house.database.unit_of_work() as session:
        if key is not None:
            about = (request.method, request.url.path, body.content)
            asked = print_of(*about, request.headers.get("if-match", ""))
            known = claim(session, bearer.identity, key, asked, now)
            if known is not None:
                return _sent(known, {"Idempotency-Replayed": "true"})
        answer = _whole(operation.run(call(session, prepared)))
        if key is not None and answer.goes_on is None:
            keep(session, bearer.identity, key, _kept(operation, answer))
    if answer.goes_on is not None:
        answer = replace(answer, data=answer.goes_on())
        if key is not None:
            _keep_at_last(house, bearer, key, _kept(operation, answer))
    return _after(operation, answer)


def _keep_at_last(house: House, bearer: Bearer, key: str, answer: Kept) -> None:
    """Write the answer of work that went on in transactions of its own, now that it is known."""
    with house.database.unit_of_work() as session:
        keep(session, bearer.identity, key, answer)


def _answers(request: Request, operation: Operation, body: Body) -> Mapping[str, Raw]:
    """The answers of the body by name. Raises NotJson, OtherMediaType, Invalid."""
    if operation.takes == "json":
        return read_object(body.content, request.headers)
    return sound(body.fields)


def _after(operation: Operation, answer: Answer) -> Response:
    """Once it is committed: what is sent, and the work that begins after it."""
    response = _sent(_kept(operation, answer))
    if answer.later is not None:
        response.background = BackgroundTask(answer.later)
    return response


def _whole(given: Any) -> Answer:
    return given if isinstance(given, Answer) else Answer(given)


def _kept(operation: Operation, answer: Answer) -> Kept:
    """What an operation gave, as it is sent: its version is its ETag."""
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
