"""The API sent what its own description allows, and what it does not: it keeps its word.

No fault of ours, no answer that is not described, no data of another shape than described.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.composition import default_engine
from api.settings import Settings
from api.v1 import OPERATIONS
from api.v1.limits import Limits
from api.v1.openapi import document
from grants.organisation.roles import ROLES
from tests.builders.bearers import Program, program
from tests.builders.offices import Office
from tests.builders.operations import furnished, put_on_disk
from workflow.database import Database

CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Cases of each operation and mode. In a long run each is sent by every role, on each kind of
#: database; in the others by two of them in turn.
FEW, MANY = 1, 30
AT_LEAST = 5000
#: A long run takes the operations in so many parts: each must be done within the time of a test.
PARTS = 8
_HEADERS = {"authorization", "idempotency-key", "if-match", "content-type"}


class Sender:
    """Sends each case as everybody, most of them about what there is; counts them."""

    def __init__(self, everybody: Sequence[Program], real: Mapping[str, str], at_once: int) -> None:
        self._everybody, self._at_once = everybody, at_once
        self._real = real
        self.cases = 0
        self.sent: Counter[int] = Counter()

    def send(self, case: Case) -> None:
        """Send one case, and hold each answer against the description."""
        self.cases += 1
        turn, roles = self.cases, len(self._everybody)
        if turn % 4:
            for name in case.path_parameters:
                case.path_parameters[name] = self._real[name]
        if turn // 2 % 2 and "If-Match" in case.headers:
            case.headers["If-Match"] = "*"
        for n in range(self._at_once):
            who = self._everybody[(turn + turn // roles + n) % roles]
            case.headers["Authorization"] = f"Bearer {who.token}"
            answer = who.client.request(**_request(case))
            case.validate_response(answer, checks=CHECKS)
            self.sent[answer.status_code] += 1


def _request(case: Case) -> dict[str, Any]:
    """What the test client takes; a form with files is made of bytes first."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    if files := sent.pop("files", None):
        form = requests.Request("POST", sent["url"], data=sent.pop("data", None), files=files)
        made = form.prepare()
        sent["data"] = made.body
        sent["headers"] = {**sent["headers"], "Content-Type": made.headers["Content-Type"]}
    sent["headers"] = dict(_sendable(sent["headers"]))
    body = sent.pop("data", None)
    return {**sent, "content": body}


def _sendable(headers: Any) -> Iterator[tuple[str, bytes]]:
    for name, value in headers.items():
        if name.lower() in _HEADERS:
            yield name, str(value).encode("utf-8", "replace")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parts = range(PARTS) if metafunc.config.getoption("--long") else [None]
    metafunc.parametrize("part", parts)


def test_the_api_does_what_it_says(
    app: FastAPI,
    database: Database,
    database_kind: str,
    settings: Settings,
    office: Office,
    long_run: bool,
    part: int | None,
) -> None:
    put_on_disk(settings)
    with database.unit_of_work() as session:
        real = furnished(session, office)
    app.state.limits = Limits(1_000_000)
    everybody = [program(app, office, role) for role in ROLES]
    sender = Sender(everybody, real, len(everybody) if long_run else 2)
    schema = schemathesis.openapi.from_dict(document(default_engine()))
    every = list(schema.get_all_operations())
    for found in every if part is None else every[part::PARTS]:
        assert isinstance(found, Ok), "the description is sound"
        operation = found.ok()
        for mode in _modes(operation, short=not long_run and database_kind == "postgresql"):
            _run(sender, operation.as_strategy(generation_mode=mode), MANY if long_run else FEW)
    assert sender.cases >= (AT_LEAST // PARTS if long_run else len(OPERATIONS))
    assert {200, 403, 404, 422} <= set(sender.sent)


def _modes(operation: Any, *, short: bool) -> Iterator[GenerationMode]:
    """What is allowed; and what is not, unless nothing is taken, or the other database tries it."""
    yield GenerationMode.POSITIVE
    raw = operation.definition.raw
    if not short and (raw["parameters"] or "requestBody" in raw):
        yield GenerationMode.NEGATIVE


def _run(sender: Sender, cases: st.SearchStrategy[Case], most: int) -> None:
    @trials(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=most == FEW,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def run(case: Case) -> None:
        sender.send(case)

    run()
