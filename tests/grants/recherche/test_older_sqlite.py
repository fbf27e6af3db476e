"""The search is kept and read by Python's own SQLite too, which is often an older one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from api.migrate import upgrade
from api.migrations import compteurs_1, mots_proches_1, pilotage_1, recherche_1
from grants.recherche.queries import search
from grants.structures.service import create_structure
from tests.builders.databases import Databases
from tests.builders.offices import NOW, Office, make_office
from workflow import database as database_module
from workflow.database import Database

#: SQLite 3.40 stops at a stack of 100, of which each call inside another takes three.
DEEPEST = 25


@pytest.fixture
def migrated(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite", upgrade) as url:
        yield url


def _found(database: Database, office: Office, text: str) -> list[str]:
    with database.reading() as session:
        return [row.nom for row in search(session.connection(), office.id, text, 5).structures]


def test_no_statement_of_a_trigger_is_too_deep_for_an_older_parser() -> None:
    for version in (recherche_1, compteurs_1, mots_proches_1, pilotage_1):
        for statement in (*version.statements("sqlite"), *version.filling("sqlite")):
            assert _depth(statement) <= DEEPEST, statement


def _depth(statement: str) -> int:
    """How many parentheses are open at once, those of quoted texts left aside."""
    deepest = depth = 0
    for part in statement.split("'")[::2]:
        for char in part:
            depth += (char == "(") - (char == ")")
            deepest = max(deepest, depth)
    assert depth == 0
    return deepest


def test_pythons_own_sqlite_writes_a_structure_through_the_triggers(migrated: str) -> None:
    """As any other program may, that opens the file."""
    with closing(sqlite3.connect(migrated.removeprefix("sqlite:///"))) as other:
        columns = other.execute("PRAGMA table_info(structure)").fetchall()
        # Text and numbers both hold 1: only the triggers are looked at here.
        needed = [name for _, name, _, needed, default, _ in columns if needed and default is None]
        told = {"id": 7, "organisme_id": 42, "nom": "Les Jardins de l’Œuvre, Évian"}
        row: dict[str, int | str] = dict.fromkeys(needed, 1) | told
        names, signs = ", ".join(row), ", ".join("?" * len(row))
        other.execute(f"INSERT INTO structure ({names}) VALUES ({signs})", list(row.values()))
        assert _words(other) == ["de", "evian", "jardins", "l", "les", "oeuvre"]
        other.execute("UPDATE structure SET nom = 'Le Verger' WHERE id = 7")
        assert _words(other) == ["le", "verger"]
        other.execute("DELETE FROM structure WHERE id = 7")
        assert _words(other) == []
        other.execute("INSERT INTO recherche (recherche) VALUES ('integrity-check')")


def _words(connection: sqlite3.Connection) -> list[str]:
    prefix = "00002as"
    terms = connection.execute("SELECT term FROM recherche_mot ORDER BY term").fetchall()
    assert all(term.startswith(prefix) for (term,) in terms)
    return [term.removeprefix(prefix) for (term,) in terms if term != prefix]


def test_the_program_migrates_writes_and_finds_where_only_that_sqlite_is(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "sqlite_module", lambda: sqlite3)
    with databases.fresh("sqlite", None) as url:
        upgrade(url)
        database = Database(url)
        try:
            with database.unit_of_work() as session:
                office = make_office(session)
                fields = {"nom": "Les Jardins de l’Œuvre", "commune": "Évian"}
                create_structure(session, office.identity(), fields, NOW)
            for text in ("oeuvre", "evian jard", "jadrins"):
                assert _found(database, office, text) == ["Les Jardins de l’Œuvre"], text
        finally:
            database.dispose()
