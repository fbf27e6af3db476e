"""A database locked, full, gone, newer or older: a French sentence, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import TextClause, event, text
from sqlmodel import Session

from api.cli import main
from api.composition import default_engine
from api.main import create_app
from api.migrate import upgrade
from api.rendering import Pages
from api.schema import JOURNAL_OWNERS
from api.settings import Settings
from grants.dossiers.opening import Opening, open_dossier
from grants.organisation.identity import Identity
from tests.builders.filled_rows import count_rows
from tests.builders.offices import NOW, QUICK_PASSWORDS, Office, make_office
from tests.builders.postgres import PostgresServer
from tests.builders.visitors import Clock, Visitor
from workflow import database as database_module
from workflow.database import Database, sqlite_module
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseGone
from workflow.journal_check import verify

PATIENCE_MS = 300


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is given up at once, so that the tests do not wait half a minute."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", PATIENCE_MS)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """A command against a database: its exit code, and what it said."""

    def command(url: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path / "donnees"))
        monkeypatch.setenv("DATABASE_URL", url)
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    return command


@contextmanager
def held(url: str) -> Generator[None]:
    """Another program holds the whole database."""
    # The program's own SQLite: two libraries in one process do not see each other's locks.
    other = sqlite_module().connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def open_one(session: Session, identity: Identity, title: str = "Jardin") -> int:
    opening = Opening(pipeline="microprojets", opened_on=NOW.date(), values={"titre": title})
    return open_dossier(session, default_engine(), identity, opening, NOW).id


def sound(database: Database) -> bool:
    with database.reading() as session:
        return verify(session.connection(), JOURNAL_OWNERS).sound


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return count_rows(session.connection())


# --- Locked -----------------------------------------------------------------------------------


def test_a_command_on_a_locked_database_says_so_on_one_line(
    run: Callable[..., tuple[int, str]], sqlite_url: str, impatient: None
) -> None:
    with held(sqlite_url):
        code, said = run(sqlite_url, "demo", "--2009")

    assert code == 1
    assert said.startswith("La base de données est occupée. Rien n'a été enregistré")
    assert said.count("\n") == 1


def test_a_migration_of_a_locked_database_changes_nothing(
    run: Callable[..., tuple[int, str]], tmp_path: Path, impatient: None
) -> None:
    url = f"sqlite:///{tmp_path / 'base.sqlite'}"
    upgrade(url, "0001")
    with held(url):
        code, said = run(url, "migrations", "upgrade")

    assert (code, said[:31]) == (1, "La base de données est occupée.")
    assert run(url, "migrations", "state")[1].startswith("Base à migrer (0001)")


def test_a_form_sent_while_the_database_is_locked_is_answered_in_french(
    sqlite_url: str, tmp_path: Path, impatient: None, pages: Pages, clock: Clock
) -> None:
    with served(sqlite_url, tmp_path, pages, clock) as (app, office):
        visitor = Visitor(app).enter(office.people["direction"], office.id)
        token = visitor.token()
        with held(sqlite_url):
            answer = visitor.post("/deconnexion/partout", {"csrf_token": token})

        assert answer.status_code == 503
        assert "La base de données est occupée" in answer.text
        assert visitor.is_signed_in()


def test_a_row_held_by_another_transaction_is_told_as_busy(postgresql_url: str) -> None:
    mine, other = Database(postgresql_url), Database(postgresql_url)
    with other.unit_of_work() as session:
        office = make_office(session)
    lock = text("SELECT id FROM organisme WHERE id = :id FOR UPDATE")
    with other.unit_of_work() as holding:
        holding.connection().execute(lock, {"id": office.id})
        with pytest.raises(DatabaseBusy):
            lock_impatiently(mine, lock, office.id)
    for each in (mine, other):
        each.dispose()


def lock_impatiently(database: Database, lock: TextClause, id: int) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text("SET LOCAL lock_timeout = '200ms'"))
        session.connection().execute(lock, {"id": id})


# --- Full -------------------------------------------------------------------------------------


def test_a_full_disk_stops_a_dossier_whole(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.unit_of_work() as session:
        office = make_office(session)
    opened: list[int] = []
    _no_room(database)
    with pytest.raises(DatabaseFull, match="Le disque est plein"):
        _open_until_full(database, office.identity(), opened)

    assert counts(database)["dossier"] == len(opened) > 0
    assert sound(database)
    database.dispose()


def _open_until_full(database: Database, identity: Identity, opened: list[int]) -> None:
    for number in range(2000):
        with database.unit_of_work() as session:
            id = open_one(session, identity, f"Jardin {number}")
        opened.append(id)


def _no_room(database: Database) -> None:
    """From its next connection on, the database may grow by a few pages only."""
    database.dispose()

    @event.listens_for(database.engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 12}")


# --- Gone -------------------------------------------------------------------------------------


def test_a_page_of_a_database_that_went_away_says_so(
    sqlite_url: str, tmp_path: Path, pages: Pages, clock: Clock
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with served(sqlite_url, tmp_path, pages, clock) as (app, office):
        visitor = Visitor(app).enter(office.people["direction"], office.id)
        path.rename(path.with_suffix(".ailleurs"))

        answer = visitor.get("/tableau")

        assert answer.status_code == 503
        assert "La base de données ne répond pas" in answer.text
        path.with_suffix(".ailleurs").rename(path)
        assert visitor.get("/tableau").status_code == 200


def test_work_goes_on_when_postgresql_is_back(durable_postgresql: PostgresServer) -> None:
    url = durable_postgresql.url()
    upgrade(url)
    database = Database(url)
    with database.unit_of_work() as session:
        identity = make_office(session).identity()

    def try_to_work(then: Callable[[], None] = lambda: None) -> None:
        with database.unit_of_work() as session:
            open_one(session, identity)
            then()

    with pytest.raises(DatabaseGone):
        try_to_work(durable_postgresql.kill)
    with pytest.raises(DatabaseGone):
        try_to_work()
    durable_postgresql.start()
    try_to_work()

    assert counts(database)["dossier"] == 1
    assert sound(database)
    database.dispose()


def test_a_command_without_its_server_says_why_on_one_line(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    code, said = run(f"postgresql://suivi@/suivi?host={tmp_path}", "journal", "verify")

    assert code == 1
    assert said.startswith("La base de données ne répond pas.")
    assert str(tmp_path) in said
    assert said.count("\n") == 1


def test_a_command_on_a_folder_that_is_not_there_says_so(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    code, said = run(f"sqlite:///{tmp_path}/absent/base.sqlite", "backup")

    assert code == 1
    assert said.startswith("La base de données ne répond pas.")


# --- Newer, older, or not ours ----------------------------------------------------------------

COMMANDS = {
    "demo": ("demo",),
    "journal verify": ("journal", "verify"),
    "compte lien": ("compte", "lien", "direction@aide34.example"),
    "backup": ("backup",),
    "migrations upgrade": ("migrations", "upgrade"),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_database_newer_than_the_program_is_left_alone_by_every_command(
    run: Callable[..., tuple[int, str]], database_url: str, arguments: tuple[str, ...]
) -> None:
    database = Database(database_url)
    with database.unit_of_work() as session:
        make_office(session)
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = counts(database)

    code, said = run(database_url, *arguments)

    assert code == 1
    assert said.startswith("La base (9999) est plus récente que le programme")
    assert said.count("\n") == 1
    assert counts(database) == before
    database.dispose()


def test_an_older_database_names_the_command_that_upgrades_it(
    run: Callable[..., tuple[int, str]], empty_database_url: str
) -> None:
    upgrade(empty_database_url, "0002")

    code, said = run(empty_database_url, "journal", "verify")

    assert code == 1
    assert "python3 manage.py migrations upgrade" in said
    assert said.count("\n") == 1


def test_a_file_that_is_no_database_is_told_so(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    letter = tmp_path / "lettre.txt"
    letter.write_text("Madame, Monsieur,\n" * 100)

    code, said = run(f"sqlite:///{letter}", "journal", "verify")

    assert code == 1
    assert said.startswith("Ce fichier n'est pas une base de données en bon état")
    assert said.count("\n") == 1
    assert letter.read_text() == "Madame, Monsieur,\n" * 100


@contextmanager
def served(url: str, folder: Path, pages: Pages, clock: Clock) -> Generator[tuple[FastAPI, Office]]:
    """The application over a database with one organisme."""
    database = Database(url)
    with database.unit_of_work() as session:
        office = make_office(session)
    settings = Settings(data_folder=folder, database_url=url, secret="s" * 40)
    yield (
        create_app(
            settings, clock=clock, database=database, passwords=QUICK_PASSWORDS, pages=pages
        ),
        office,
    )
    database.dispose()
