"""The application under test, over a fresh database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.house import House
from api.main import create_app
from api.rendering import Pages
from api.settings import Settings
from tests.builders.databases import SchemaBuilder
from tests.builders.dossiers import Counter
from tests.builders.offices import QUICK_PASSWORDS, SECRET, Holdings, Office
from tests.builders.visitors import Clock, Visitor
from tests.builders.worlds import World, world_of
from workflow.database import Database


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings that owe nothing to the environment."""
    return Settings(data_folder=tmp_path, database_url=database_url, secret=SECRET)


@pytest.fixture
def database(settings: Settings) -> Generator[Database]:
    """The database of the application, with its tables."""
    found = Database(settings.database)
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def pages() -> Pages:
    """The templates, compiled once for all tests."""
    return Pages()


@pytest.fixture
def clock() -> Clock:
    """The clock of the application."""
    return Clock()


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock, pages: Pages) -> FastAPI:
    """The application, on each kind of database in turn."""
    return create_app(
        settings, clock=clock, database=database, passwords=QUICK_PASSWORDS, pages=pages
    )


@pytest.fixture
def visitor(app: FastAPI) -> Visitor:
    """A browser at the machine itself, not signed in."""
    return Visitor(app)


@pytest.fixture
def new_visitor(app: FastAPI) -> Callable[..., Visitor]:
    """As many browsers as a test wants."""
    return lambda **options: Visitor(app, **options)


@pytest.fixture
def schema_builder(request: pytest.FixtureRequest) -> SchemaBuilder:
    """What the databases of a test hold from the start: what its other fixtures tell of."""
    return world_of(request.fixturenames)


@pytest.fixture
def office(database: Database, schema_builder: World) -> Office:
    """An organisme with one person of every role."""
    return schema_builder.offices[0]


@pytest.fixture
def other_office(database: Database, office: Office, schema_builder: World) -> Office:
    """Another organisme, that the first must never see."""
    return schema_builder.offices[1]


@pytest.fixture
def holds(office: Office, schema_builder: World) -> Holdings:
    """One thing of each kind that the organisme holds."""
    return schema_builder.holdings[0]


@pytest.fixture
def other_holds(holds: Holdings, other_office: Office, schema_builder: World) -> Holdings:
    """What the other one holds."""
    return schema_builder.holdings[1]


@pytest.fixture
def counter(app: FastAPI, office: Office) -> Counter:
    """The office's counter, which works behind the pages and never by its own clock."""
    house: House = app.state.house
    return Counter(house.database, house.engine, office)


@pytest.fixture
def charge(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    """The chargé de mission, signed in."""
    return new_visitor().enter(office.people["charge_de_mission"], office.id)


@pytest.fixture
def lecteur(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    """Who reads everything and changes nothing, signed in."""
    return new_visitor().enter(office.people["lecteur"], office.id)
