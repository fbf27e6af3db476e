from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import text

from workflow.database import Database
from workflow.errors import DatabaseGone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "base.sqlite"


@pytest.fixture
def database(path: Path) -> Generator[Database]:
    database = Database(f"sqlite:///{path}")
    with database.unit_of_work() as session:
        session.connection().execute(text("CREATE TABLE ligne (numero INTEGER)"))
    yield database
    database.dispose()


def write(database: Database, number: int) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text(f"INSERT INTO ligne VALUES ({number})"))


def numbers(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.connection().execute(text("SELECT numero FROM ligne")).scalars())


def test_nothing_is_written_to_a_file_that_was_removed(database: Database, path: Path) -> None:
    write(database, 1)
    path.rename(path.with_suffix(".ailleurs"))

    with pytest.raises(DatabaseGone):
        write(database, 2)
    with pytest.raises(DatabaseGone):
        numbers(database)

    assert not path.exists()


def test_the_file_is_used_again_once_it_is_back(database: Database, path: Path) -> None:
    write(database, 1)
    path.rename(path.with_suffix(".ailleurs"))
    with pytest.raises(DatabaseGone):
        write(database, 2)

    path.with_suffix(".ailleurs").rename(path)
    write(database, 3)

    assert numbers(database) == [1, 3]


def test_a_file_put_in_place_of_the_first_is_the_one_in_use(database: Database, path: Path) -> None:
    write(database, 1)
    database.dispose()
    shutil.copy(path, path.with_suffix(".copie"))
    write(database, 2)
    assert numbers(database) == [1, 2]
    database.dispose()

    path.with_suffix(".copie").rename(path)

    write(database, 3)
    assert numbers(database) == [1, 3]
