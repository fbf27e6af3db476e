"""The SQLite file is locked, taken away, full or closed under requests: a page in French says so,
nothing is half written, and work goes on by itself when the fault is over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from api.rendering import Pages
from tests.builders.addresses import READ, WRITTEN, Address
from tests.builders.contents import contents
from tests.faults.serving import ELSEWHERE, Served, serving, told
from workflow import database as database_module

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


#: A page, another one, none of ours, a paper whose time has not come.
READABLE = (200, 303, 404, 409)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is given up at once, so that the tests do not wait half a minute."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 60)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path, pages: Pages, impatient: None) -> Generator[Served]:
    with serving(sqlite_url, tmp_path, pages) as found:
        yield found


# --- Locked -----------------------------------------------------------------------------------


@contextmanager
def held(url: str) -> Generator[None]:
    """Another program holds the whole database."""
    path = url.removeprefix("sqlite:///")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        other.communicate()


def untold(served: Served, sentence: str) -> list[Address]:
    """The addresses that should have written, and did not say why they could not."""
    answers = ((each, served.ask(each)) for each in WRITTEN if each.path not in ELSEWHERE)
    return [each for each, answer in answers if not told(answer, sentence)]


def test_a_locked_database_is_read_but_not_written(on_sqlite: Served) -> None:
    before = contents(on_sqlite.database)
    with held(on_sqlite.url):
        for address in READ:
            assert on_sqlite.ask(address).status_code in READABLE, address
        assert untold(on_sqlite, "est occupée") == []
        assert contents(on_sqlite.database) == before
    assert on_sqlite.move().status_code == 303
    assert on_sqlite.is_sound()


# --- Gone, or not a database any more ----------------------------------------------------------


def nothing(path: Path) -> None:
    """Nothing stands in its place."""


def folder(path: Path) -> None:
    path.mkdir()


def letter(path: Path) -> None:
    path.write_text("Madame, Monsieur,\n" * 500)


def emptied(path: Path) -> None:
    path.touch()


STRANGERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "removed": (nothing, "ne répond pas"),
    "a folder": (folder, "ne répond pas"),
    "another file": (letter, "n'est pas une base de données"),
    "an empty file": (emptied, "ne répond pas"),
}


@pytest.mark.parametrize(("put", "sentence"), STRANGERS.values(), ids=STRANGERS)
def test_a_file_taken_away_is_missed_at_once_and_found_again(
    on_sqlite: Served, put: Callable[[Path], None], sentence: str
) -> None:
    before = contents(on_sqlite.database)
    path = Path(on_sqlite.url.removeprefix("sqlite:///"))
    aside = path.with_name("ailleurs.sqlite")
    path.rename(aside)
    put(path)

    for address in (*READ, *WRITTEN):
        answer = on_sqlite.ask(address)
        assert told(answer, sentence) or address.path in (*ELSEWHERE, "/healthz"), address
    assert on_sqlite.visitor.get("/healthz").status_code == 503

    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    aside.rename(path)
    assert contents(on_sqlite.database) == before
    assert on_sqlite.move().status_code == 303
    assert on_sqlite.is_sound()


# --- Full, or closed to writing ---------------------------------------------------------------


@contextmanager
def pragma(served: Served, sql: Callable[[Any], str]) -> Generator[None]:
    """Every connection opened meanwhile is given a pragma."""

    def give(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA {sql(connection)}")

    served.database.dispose()
    event.listen(served.database.engine, "connect", give)
    yield
    event.remove(served.database.engine, "connect", give)
    served.database.dispose()


@pytest.mark.parametrize("room", range(8))
def test_a_disk_that_fills_up_in_the_middle_of_a_move_stops_it_whole(
    on_sqlite: Served, room: int
) -> None:
    """At whichever page of the move it does."""

    def limit(connection: Any) -> str:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        return f"max_page_count = {pages + room}"

    with pragma(on_sqlite, limit):
        before, answer, written = contents(on_sqlite.database), on_sqlite.move(), 0
        while answer.status_code == 303:
            before, written = contents(on_sqlite.database), written + 1
            answer = on_sqlite.note("Une note qui prend de la place. " * 100)
        assert told(answer, "Le disque est plein")
        assert contents(on_sqlite.database) == before
        assert on_sqlite.visitor.get("/tableau").status_code == 200
    assert on_sqlite.note().status_code == 303
    assert on_sqlite.is_sound()


def test_a_database_closed_to_writing_is_still_read(on_sqlite: Served) -> None:
    before = contents(on_sqlite.database)
    with pragma(on_sqlite, lambda _connection: "query_only = ON"):
        for address in READ:
            assert on_sqlite.ask(address).status_code in READABLE, address
        assert untold(on_sqlite, "en lecture seule") == []
        assert contents(on_sqlite.database) == before
    assert on_sqlite.move().status_code == 303
