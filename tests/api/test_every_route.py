"""Every address, for everybody: who may read it, who may write there, and never elsewhere.

A route that is added without a line in ACCESS (tests/builders/access.py) fails here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from api.pages import ROUTERS
from api.settings import Settings
from grants.dossiers.pieces.storage import Storage
from grants.organisation.roles import (
    CHARGE_DE_MISSION,
    DIRECTION,
    LECTEUR,
    ROLES,
)
from grants.organisation.tables import Connexion, Organisme
from tests.builders.access import ACCESS, ANSWERED, FIELDS, UPLOADS, Who
from tests.builders.addresses import values_of
from tests.builders.documents import pdf
from tests.builders.offices import Holdings, Office
from tests.builders.papers import handed
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database, table_of
from workflow.journal_tables import JournalEntry


class Route(NamedTuple):
    """One way to ask for one address."""

    method: str
    path: str

    @property
    def who(self) -> Who:
        """Who it is open to."""
        return ACCESS[self]

    @property
    def is_post(self) -> bool:
        """Whether it takes a form."""
        return self.method == "POST"

    @property
    def is_at_the_door(self) -> bool:
        """Whether it takes the form of somebody who is not signed in."""
        by_link = self.path in OPENED_BY_A_LINK
        return self.is_post and self.who is Who.ANYBODY and not by_link

    @property
    def names_a_row(self) -> bool:
        """Whether it is about one row of one organisme."""
        return "_id}" in self.path


ROUTES = [Route(*each) for each in ACCESS]
#: Addresses that hold a secret of their own: whoever has it is let in without signing in.
OPENED_BY_A_LINK = frozenset({"/agenda/{lien}.ics", "/rappels/{rappel}"})
#: Those that say whose they are before one comes in.
TELLS_WHOSE = OPENED_BY_A_LINK | {"/acces/{acces}", "/acces/{acces}/nouveau"}


class Place(NamedTuple):
    """An organisme, what it holds, and the values that stand in its addresses."""

    office: Office
    holds: Holdings
    values: Mapping[str, str]

    def url(self, route: Route) -> str:
        """The address of a route, for what this organisme holds."""
        return route.path.format_map(self.values)


def make_place(database: Database, office: Office, holds: Holdings) -> Place:
    with database.unit_of_work() as session:
        values = {**values_of(session, office, holds), "sheet": "accueil"}
    return Place(office, holds, values)


@pytest.fixture(autouse=True)
def on_disk(settings: Settings) -> None:
    """The file that every organisme of these tests has handed in."""
    Storage(settings.files_folder).put(handed("devis").stored, BytesIO(pdf()))


@pytest.fixture
def here(database: Database, office: Office, holds: Holdings) -> Place:
    """The organisme of whoever visits."""
    return make_place(database, office, holds)


@pytest.fixture
def elsewhere(database: Database, other_office: Office, other_holds: Holdings) -> Place:
    """An organisme that the visitor has nothing to do with."""
    return make_place(database, other_office, other_holds)


def ask(visitor: Visitor, route: Route, url: str) -> Answer:
    if not route.is_post:
        return visitor.get(url)
    return send(visitor, route, url, {"csrf_token": visitor.token()})


def send(visitor: Visitor, route: Route, url: str, token: Mapping[str, str]) -> Answer:
    files = UPLOADS.get(route.path)
    return visitor.client.post(url, data={**FIELDS.get(route.path, {}), **token}, files=files)


def as_role(app: FastAPI, place: Place, role: str) -> Visitor:
    """A browser just signed in: the address tried before may have signed the last one out."""
    return Visitor(app).enter(place.office.people[role], place.office.id)


def written(database: Database) -> list[object]:
    """What a write would change: the journal, the organismes, and who is signed in apart."""
    counted = (JournalEntry, Organisme)
    with database.reading() as session:
        connection = session.connection()
        return [
            connection.execute(select(func.count()).select_from(table_of(table))).scalar_one()
            for table in counted
        ]


def routes_of(app: FastAPI) -> Iterator[Route]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from (Route(method, route.path) for method in sorted(route.methods or ()))


def test_every_route_is_declared_with_who_may_take_it(app: FastAPI) -> None:
    assert sorted(routes_of(app)) == sorted(ROUTES)


def test_every_value_in_an_address_is_known(here: Place) -> None:
    for route in ROUTES:
        assert "{" not in here.url(route)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_stranger_is_led_to_the_sign_in_page_and_changes_nothing(
    app: FastAPI, database: Database, here: Place, route: Route
) -> None:
    before = written(database)
    answer = ask(Visitor(app), route, here.url(route))
    if route.who is Who.ANYBODY:
        assert answer.status_code in ANSWERED
        assert here.office.nom not in answer.text or route.path in TELLS_WHOSE
    else:
        door = "/acces" if route.who is Who.INVITED else "/connexion"
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(door)
    assert written(database) == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_is_open_to_it_and_nothing_else(
    app: FastAPI, database: Database, here: Place, role: str
) -> None:
    for route in ROUTES:
        if route.is_at_the_door:
            continue
        before = written(database)
        answer = ask(as_role(app, here, role), route, here.url(route))
        if role in route.who.value:
            assert answer.status_code in ANSWERED, route
        else:
            # A member's page knows no compte: it sends to where links are told of.
            refusal = 303 if route.who is Who.INVITED else 403
            assert answer.status_code == refusal, route
            assert written(database) == before, route


def test_the_lecteur_reads_everything_and_changes_nothing(
    app: FastAPI, database: Database, here: Place
) -> None:
    before = written(database)
    for route in ROUTES:
        ask(as_role(app, here, LECTEUR), route, here.url(route))
    assert written(database) == before
    readable = {route.path for route in ROUTES if LECTEUR in route.who.value and not route.is_post}
    assert {
        "/aujourdhui",
        "/tableau",
        "/liste",
        "/dossiers/{dossier_id}",
        "/structures",
        "/pilotage",
        "/parametres/dispositifs/{key}",
        "/parametres/equipe",
    } <= readable


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_another_organisme_does_not_exist(
    app: FastAPI, database: Database, here: Place, elsewhere: Place, role: str
) -> None:
    for route in ROUTES:
        if not route.names_a_row or route.who is Who.INVITED:
            continue
        before = written(database)
        answer = ask(as_role(app, here, role), route, elsewhere.url(route))
        expected = 404 if role in route.who.value else 403
        assert answer.status_code == expected, route
        assert elsewhere.office.nom not in answer.text, route
        assert written(database) == before, route


@pytest.mark.parametrize("role", [DIRECTION, CHARGE_DE_MISSION])
def test_a_contact_of_another_organisme_does_not_exist_under_ones_own_structure(
    app: FastAPI, here: Place, elsewhere: Place, role: str
) -> None:
    mixed = here._replace(values={**here.values, "contact_id": str(elsewhere.holds.contact)})
    for route in ROUTES:
        if "{contact_id}" in route.path:
            assert ask(as_role(app, here, role), route, mixed.url(route)).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token(
    app: FastAPI, database: Database, here: Place, role: str
) -> None:
    before = written(database)
    for route in ROUTES:
        if not route.is_post or route.path in OPENED_BY_A_LINK or route.who is Who.INVITED:
            continue
        visitor = as_role(app, here, role)
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "faux"}):
            answer = send(visitor, route, here.url(route), token)
            assert answer.status_code == 403, route
    assert written(database) == before


def test_no_form_of_the_door_is_taken_without_its_token(app: FastAPI, here: Place) -> None:
    for route in ROUTES:
        if route.is_at_the_door:
            answer = Visitor(app).client.post(here.url(route), data=FIELDS.get(route.path, {}))
            assert answer.status_code == 403, route


@pytest.mark.parametrize("role", [DIRECTION, LECTEUR])
@pytest.mark.parametrize("id", ["0", "-1", str(2**63), "9" * 40, "abc"])
def test_an_id_out_of_range_does_not_exist(app: FastAPI, here: Place, role: str, id: str) -> None:
    out = {key: id if key.endswith("_id") else value for key, value in here.values.items()}
    visitor = as_role(app, here, role)
    for route in ROUTES:
        if route.names_a_row:
            answer = ask(visitor, route, route.path.format_map(out))
            assert answer.status_code in (403, 404), route
            assert answer.status_code == 404 or role not in route.who.value, route


def test_a_signed_in_page_is_nobody_elses_once_signed_out(
    app: FastAPI, database: Database, here: Place
) -> None:
    visitor = as_role(app, here, DIRECTION)
    visitor.post("/deconnexion/partout")
    with database.reading() as session:
        connexions = select(func.count()).select_from(table_of(Connexion))
        assert session.connection().execute(connexions).scalar_one() == 0
    for route in ROUTES:
        if route.who is not Who.ANYBODY and not route.is_post:
            assert visitor.get(here.url(route)).status_code == 303, route
