"""Every operation, for every role, here and elsewhere: what is open, and what is not there."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fastapi import FastAPI

from api.settings import Settings
from api.v1 import OPERATIONS
from api.v1.contract import Operation
from grants.organisation.roles import DIRECTION, LECTEUR, ROLES, WRITERS
from tests.builders.bearers import Program, program
from tests.builders.documents import pdf
from tests.builders.offices import Office
from tests.builders.operations import furnished, put_on_disk
from tests.builders.visitors import Visitor
from workflow.database import Database


def url_of(operation: Operation, holds: Mapping[str, str]) -> str:
    return operation.path.format_map(holds)


def allowed(operation: Operation, role: str) -> bool:
    if operation.direction:
        read = not operation.writes and not operation.confidential
        return role == DIRECTION or (role == LECTEUR and read)
    return role in WRITERS if operation.writes and not operation.personal else True


def ask(who: Program, operation: Operation, url: str, version: str = "*") -> int:
    headers = {"if_match": version} if operation.versioned else {}
    if operation.upload:
        files = {operation.upload: ("rib.pdf", pdf())}
        return who.send(operation.method, url, files, None, **headers).status_code
    body = operation.example if operation.writes else None
    return who.ask(operation.method, url, body, **headers).status_code


@pytest.fixture
def here(database: Database, office: Office, settings: Settings) -> Mapping[str, str]:
    put_on_disk(settings)
    with database.unit_of_work() as session:
        return furnished(session, office)


@pytest.fixture
def elsewhere(database: Database, other_office: Office) -> Mapping[str, str]:
    with database.unit_of_work() as session:
        return furnished(session, other_office)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_is_open_to_it_and_nothing_else(
    app: FastAPI, office: Office, here: Mapping[str, str], role: str
) -> None:
    who = program(app, office, role)
    for operation in OPERATIONS:
        status = ask(who, operation, url_of(operation, here))
        if allowed(operation, role):
            assert status in {200, 201, 409, 422}, (operation.method, operation.path, status)
        else:
            assert status == 403, (operation.method, operation.path, status)


@pytest.mark.parametrize("role", [DIRECTION, LECTEUR])
def test_what_is_elsewhere_does_not_exist(
    app: FastAPI, office: Office, elsewhere: Mapping[str, str], role: str
) -> None:
    who = program(app, office, role)
    for operation in OPERATIONS:
        if "_id}" not in operation.path:
            continue
        status = ask(who, operation, url_of(operation, elsewhere))
        expected = 404 if allowed(operation, role) else 403
        assert status == expected, (operation.method, operation.path, status)


def test_nobody_comes_in_without_a_token_even_signed_in(
    app: FastAPI, office: Office, here: Mapping[str, str]
) -> None:
    browser = Visitor(app).enter(office.people[DIRECTION], office.id)
    for operation in OPERATIONS:
        url = f"/api/v1{url_of(operation, here)}"
        for client in (Program(app).client, browser.client):
            answer = client.request(operation.method, url)
            assert answer.status_code == 401, url
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "jeton_manquant"
