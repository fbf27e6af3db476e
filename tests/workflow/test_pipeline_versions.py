from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, insert

from workflow.database import table_of
from workflow.loader import Catalogue
from workflow.pipeline_table import PipelineVersion
from workflow.pipeline_versions import changed, in_use, orphaned, remember

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
TOYS = Table(
    "jouet",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("pipeline", String),
    Column("pipeline_version", Integer),
)


@pytest.fixture
def connection() -> Generator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        TOYS.create(connection)
        table_of(PipelineVersion).create(connection)
        yield connection
    engine.dispose()


def follow(connection: Connection, key: str, version: int, *, toys: int = 1) -> None:
    rows = [{"pipeline": key, "pipeline_version": version}] * toys
    connection.execute(insert(TOYS), rows)


def files(**digests: str) -> Catalogue:
    """A catalogue of version 1 files, by the digest of each."""
    loaded: list[Any] = [
        SimpleNamespace(pipeline=SimpleNamespace(key=key, version=1), digest=digest * 64)
        for key, digest in digests.items()
    ]
    return Catalogue(loaded)


def test_a_version_without_a_file_orphans_those_who_follow_it(connection: Connection) -> None:
    follow(connection, "velos", 1, toys=2)
    follow(connection, "velos", 2)
    follow(connection, "trains", 1)

    found = orphaned(in_use(connection, [TOYS]), files(velos="a"))

    assert [str(each) for each in found] == [
        "trains version 1 (1 dossier)",
        "velos version 2 (1 dossier)",
    ]


def test_a_file_that_changed_is_told_with_the_number_of_its_followers(
    connection: Connection,
) -> None:
    follow(connection, "velos", 1, toys=3)
    remember(connection, files(velos="a", trains="a"), NOW)

    found = changed(connection, in_use(connection, [TOYS]), files(velos="b", trains="b"))

    assert [str(each) for each in found] == ["velos version 1 (3 dossiers)"]


def test_a_change_is_told_once(connection: Connection) -> None:
    follow(connection, "velos", 1)
    remember(connection, files(velos="a"), NOW)
    remember(connection, files(velos="b"), NOW)

    assert changed(connection, in_use(connection, [TOYS]), files(velos="b")) == ()


def test_a_version_never_met_before_has_not_changed(connection: Connection) -> None:
    follow(connection, "velos", 1)

    assert changed(connection, in_use(connection, [TOYS]), files(velos="b")) == ()


def test_a_file_that_went_away_and_came_back_different_has_changed(connection: Connection) -> None:
    follow(connection, "velos", 1)
    remember(connection, files(velos="a"), NOW)
    remember(connection, files(trains="a"), NOW)

    found = changed(connection, in_use(connection, [TOYS]), files(velos="b"))

    assert [each.key for each in found] == ["velos"]
