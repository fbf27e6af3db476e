"""An organisme's own letters: the latest is in force, every one is kept, the original returns."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from notifications.letter_source import digest_of_source, join_source
from notifications.letters import Letter
from notifications.template_versions import (
    TemplateChanged,
    original,
    save_version,
    template_in_force,
    template_of_version,
    versions_of,
)
from workflow.database import Database

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SOURCE = join_source("Accord", "Bravo.")
ACCORD = Letter(
    key="accord",
    title="Accord",
    to="porteur",
    release="a_valider",
    source=SOURCE,
    digest=digest_of_source(SOURCE),
)
ANA = (7, "Ana Directrice")


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def connection(database: Database) -> Generator[Connection]:
    with database.unit_of_work() as session:
        yield session.connection()


def save(connection: Connection, source: str | None, seen: int, tenant: int = 1) -> int:
    return save_version(connection, tenant, "accord", source, seen=seen, author=ANA, now=NOW)


def test_without_a_version_the_original_is_in_force(connection: Connection) -> None:
    assert template_in_force(connection, 1, ACCORD) == original(ACCORD)
    assert versions_of(connection, 1, "accord") == []


def test_the_latest_version_is_in_force_and_only_where_it_was_written(
    connection: Connection,
) -> None:
    save(connection, join_source("Un", "Un."), 0)
    save(connection, join_source("Deux", "Deux."), 1)
    found = template_in_force(connection, 1, ACCORD)
    assert found.source == join_source("Deux", "Deux.")
    assert found.id is not None
    assert found.digest == digest_of_source(found.source)
    assert template_in_force(connection, 2, ACCORD) == original(ACCORD)
    assert template_in_force(connection, 1, ACCORD.model_copy(update={"key": "refus"})).id is None


def test_every_version_is_kept_with_who_and_when(connection: Connection) -> None:
    save(connection, SOURCE, 0)
    save(connection, None, 1)
    kept = versions_of(connection, 1, "accord")
    assert [(each.version, each.source) for each in kept] == [(2, None), (1, SOURCE)]
    assert {(each.author, each.at) for each in kept} == {("Ana Directrice", NOW)}


def test_the_original_returns_and_what_was_written_before_is_still_known(
    connection: Connection,
) -> None:
    save(connection, join_source("Un", "Un."), 0)
    used = template_in_force(connection, 1, ACCORD)
    save(connection, None, 1)
    assert template_in_force(connection, 1, ACCORD) == original(ACCORD)
    assert used.id is not None
    assert template_of_version(connection, ACCORD, used.id) == used
    assert template_of_version(connection, ACCORD, used.id + 1) is None
    assert template_of_version(connection, ACCORD.model_copy(update={"key": "x"}), used.id) is None


def test_who_has_not_seen_the_latest_version_does_not_replace_it(connection: Connection) -> None:
    save(connection, SOURCE, 0)
    with pytest.raises(TemplateChanged):
        save(connection, SOURCE, 0)
    assert len(versions_of(connection, 1, "accord")) == 1
