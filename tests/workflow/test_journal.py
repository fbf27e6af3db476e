"""The journal: what is written, in what order, and that nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

from tests.builders.toys import BINDER, CHIEF, KIND, NOON, TENANT
from tests.builders.workshop import Workshop
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import Database
from workflow.errors import KeyReused, Stale
from workflow.journal_reading import ERASED_NAME, instant_of, last_change, line_of, lines_of
from workflow.subject import Subject

LEATHER = {"cuir": "veau"}


def write(workshop: Workshop, subject: Subject, **changes: Any) -> None:
    given: dict[str, Any] = {"kind": "fait", "event": "pluie", "actor": BINDER, "at": NOON}
    entry = journal.Entry(**{**given, **changes})
    journal.append(
        workshop.connection, subject, tenant_id=TENANT, kind=KIND, id=subject.id, entry=entry
    )


def count(connection: Connection, table: str) -> int:
    return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


# --- Writing and reading ------------------------------------------------------------------------


def test_a_move_is_one_line_that_says_who_did_what_when_and_why(workshop: Workshop) -> None:
    subject = workshop.receive()
    later = NOON + timedelta(hours=3)
    workshop.move(subject, "relier", at=later, values=LEATHER)
    line = last_change(workshop.connection, KIND, subject.id)
    assert line is not None
    assert (line.seq, line.at, line.kind, line.event) == (2, later, "mouvement", "relier")
    assert (line.actor_id, line.actor_name, line.role) == (BINDER.id, BINDER.name, "relieur")
    assert (line.from_stage, line.to_stage, line.corrects) == ("recu", "reliure", None)
    assert line.content == LEATHER
    assert line.erased_at is None


def test_the_first_entry_into_a_stage_is_marked_once_unless_it_is_corrected(
    workshop: Workshop,
) -> None:
    subject = workshop.receive()
    workshop.move(subject, "secher")
    workshop.move(subject, "perdre")
    workshop.move(subject, "retrouver")
    workshop.move(subject, "corriger", CHIEF)
    workshop.move(subject, "corriger", CHIEF)
    workshop.move(subject, "perdre")
    rows = workshop.connection.execute(
        text("SELECT seq, event, first_entry, corrects FROM journal ORDER BY seq")
    )
    assert [(row.seq, row.event, bool(row.first_entry), row.corrects) for row in rows] == [
        (1, "ouverture", True, None),
        (2, "secher", True, None),
        (3, "perdre", True, None),
        (4, "retrouver", False, None),
        (5, "corriger", False, 4),
        (6, "corriger", False, 3),
        (7, "perdre", True, None),
    ]


def test_the_lines_of_a_subject_are_read_newest_first_and_its_own_only(workshop: Workshop) -> None:
    subject, other = workshop.receive(), workshop.receive()
    workshop.note(subject, "colle_posee")
    workshop.note(other, "pluie")
    lines = lines_of(workshop.connection, KIND, subject.id)
    assert [line.event for line in lines] == ["colle_posee", "ouverture"]
    assert lines_of(workshop.connection, "autre", subject.id) == []


def test_the_latest_change_may_leave_some_events_aside(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.note(subject, "pluie")
    last = last_change(workshop.connection, KIND, subject.id, but_not={"pluie"})
    assert last is not None
    assert last.event == "ouverture"
    assert (
        last_change(workshop.connection, KIND, subject.id, but_not={"pluie", "ouverture"}) is None
    )
    assert last_change(workshop.connection, KIND, 999) is None


def test_one_line_and_its_instant_are_found_by_their_seq(workshop: Workshop) -> None:
    subject = workshop.receive()
    workshop.move(subject, "secher", at=NOON + timedelta(days=1))
    line = line_of(workshop.connection, KIND, subject.id, 2)
    assert line is not None
    assert line.event == "secher"
    assert instant_of(workshop.connection, KIND, subject.id, 2) == NOON + timedelta(days=1)
    assert line_of(workshop.connection, KIND, subject.id, 9) is None
    assert instant_of(workshop.connection, KIND, subject.id, 9) is None


def test_an_instant_is_kept_to_the_microsecond_and_read_in_utc(workshop: Workshop) -> None:
    subject = workshop.receive()
    paris = timezone(timedelta(hours=2))
    write(workshop, subject, at=datetime(2026, 7, 1, 14, 30, 0, 123456, paris))
    line = last_change(workshop.connection, KIND, subject.id)
    assert line is not None
    assert line.at == datetime(2026, 7, 1, 12, 30, 0, 123456, UTC)
    assert line.at.tzinfo is UTC


def test_nobody_writes_under_another_name_through_the_content(workshop: Workshop) -> None:
    subject = workshop.receive()
    write(workshop, subject, content={"acteur": "Quelqu'un d'autre", "texte": "bonjour"})
    line = last_change(workshop.connection, KIND, subject.id)
    assert line is not None
    assert line.actor_name == BINDER.name


def test_two_equal_contents_have_different_digests(workshop: Workshop) -> None:
    subject = workshop.receive()
    write(workshop, subject, content={"texte": "le même"})
    write(workshop, subject, content={"texte": "le même"})
    query = text("SELECT count(DISTINCT payload_digest) FROM journal WHERE event = 'pluie'")
    assert workshop.connection.execute(query).scalar_one() == 2


def test_canonical_json_is_one_text_for_one_content() -> None:
    assert journal.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
    assert journal.canonical({"a": "é", "b": 1}) == journal.canonical({"b": 1, "a": "é"})


# --- The chain ----------------------------------------------------------------------------------

ROW = {
    "at": NOON,
    **dict.fromkeys(journal.HASHED, None),
    "tenant_id": 1,
    "seq": 1,
    "first_entry": False,
}


@pytest.mark.parametrize("column", [*journal.HASHED, "at"])
def test_the_hash_covers_every_column(column: str) -> None:
    other = {"at": NOON + timedelta(microseconds=1), "seq": 2, "tenant_id": 2, "first_entry": True}
    changed = {**ROW, column: other.get(column, "autre")}
    assert journal.chain_hash(GENESIS, changed) != journal.chain_hash(GENESIS, ROW)


def test_the_hash_covers_the_one_before() -> None:
    assert journal.chain_hash("1" * 64, ROW) != journal.chain_hash(GENESIS, ROW)


def test_the_hash_is_of_the_instant_and_not_of_its_time_zone() -> None:
    paris = {**ROW, "at": NOON.astimezone(timezone(timedelta(hours=1)))}
    assert journal.chain_hash(GENESIS, paris) == journal.chain_hash(GENESIS, ROW)


def test_every_column_of_the_table_is_hashed_but_its_id_and_its_hash() -> None:
    columns = set(SQLModel.metadata.tables["journal"].columns.keys())
    assert columns == {*journal.HASHED, "at", "id", "hash"}


def test_an_owner_read_before_somebody_elses_entry_is_stopped(workshop: Workshop) -> None:
    subject = workshop.receive()
    late = workshop.read(subject.id)
    write(workshop, subject)
    with pytest.raises(Stale, match="Modifié entre-temps par quelqu'un d'autre"):
        write(workshop, late)


# --- Idempotency keys ---------------------------------------------------------------------------


def test_a_key_finds_the_entry_that_it_produced(workshop: Workshop) -> None:
    subject = workshop.receive()
    write(workshop, subject, idempotency_key="clic-1")
    found = journal.find_by_key(workshop.connection, TENANT, "clic-1")
    assert found == {"subject_kind": KIND, "subject_id": subject.id, "seq": 2, "event": "pluie"}
    assert journal.find_by_key(workshop.connection, TENANT, "clic-2") is None
    assert journal.find_by_key(workshop.connection, TENANT + 1, "clic-1") is None


def test_a_key_serves_once_in_each_tenant(workshop: Workshop) -> None:
    subject, other = workshop.receive(), workshop.receive()
    write(workshop, subject, idempotency_key="clic-1")
    entry = journal.Entry("fait", "pluie", BINDER, NOON, idempotency_key="clic-1")
    journal.append(
        workshop.connection, other, tenant_id=TENANT + 1, kind=KIND, id=other.id, entry=entry
    )
    with pytest.raises(KeyReused):
        write(workshop, other, idempotency_key="clic-1")


@pytest.mark.parametrize("key", ["", "a" * 65, "deux mots", "clé", "a\n", "\x00"])
def test_a_key_that_no_form_of_ours_carries_is_refused(workshop: Workshop, key: str) -> None:
    subject = workshop.receive()
    with pytest.raises(KeyReused):
        journal.find_by_key(workshop.connection, TENANT, key)
    with pytest.raises(KeyReused):
        write(workshop, subject, idempotency_key=key)
    assert count(workshop.connection, "journal") == 1


# --- Append-only --------------------------------------------------------------------------------

TAMPERING = {
    "update an entry": "UPDATE journal SET event = 'autre'",
    "update nothing of it": "UPDATE journal SET event = event",
    "delete an entry": "DELETE FROM journal",
    "delete one entry": "DELETE FROM journal WHERE seq = 1",
    "rewrite a content": "UPDATE journal_payload SET content = '{}'",
    "erase without saying when": "UPDATE journal_payload SET content = NULL, salt = NULL",
    "erase the words and keep the salt": (
        "UPDATE journal_payload SET content = NULL, erased_at = '2026-01-01'"
    ),
    "erase and move elsewhere": (
        "UPDATE journal_payload SET content = NULL, salt = NULL, erased_at = '2026-01-01', seq = 9"
    ),
    "delete a content": "DELETE FROM journal_payload",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_the_database_refuses_to_change_the_journal(workshop: Workshop, statement: str) -> None:
    workshop.receive()
    savepoint = workshop.connection.begin_nested()
    with pytest.raises(DatabaseError):
        workshop.connection.execute(text(statement))
    savepoint.rollback()


@pytest.mark.parametrize("table", ["journal", "journal_payload"])
def test_postgresql_refuses_to_truncate_the_journal(postgresql_url: str, table: str) -> None:
    database = Database(postgresql_url)
    with (
        pytest.raises(DatabaseError, match="ne se supprime pas"),
        database.unit_of_work() as session,
    ):
        session.connection().execute(text(f"TRUNCATE {table}"))
    database.dispose()


@pytest.mark.parametrize("table", ["journal", "journal_payload"])
def test_sqlite_refuses_to_replace_an_entry(sqlite_url: str, table: str) -> None:
    database = Database(sqlite_url)

    def replace(session: Session) -> None:
        session.connection().execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))

    with database.unit_of_work() as session:
        connection = session.connection()
        owner = _Owner()
        entry = journal.Entry("fait", "pluie", BINDER, NOON)
        journal.append(connection, owner, tenant_id=TENANT, kind="livre", id=1, entry=entry)
    with (
        pytest.raises(DatabaseError, match="journal"),
        database.unit_of_work() as session,
    ):
        replace(session)
    database.dispose()


class _Owner:
    seq, head = 0, GENESIS


# --- Erasing ------------------------------------------------------------------------------------


def test_erased_contents_are_forgotten_with_their_salt_and_names(workshop: Workshop) -> None:
    subject, other = workshop.receive(), workshop.receive()
    workshop.move(subject, "relier", values=LEATHER)
    journal.erase_content(workshop.connection, KIND, subject.id, NOON)
    lines = lines_of(workshop.connection, KIND, subject.id)
    assert [(line.actor_name, line.content, line.erased_at) for line in lines] == [
        (ERASED_NAME, {}, NOON)
    ] * 2
    assert [line.event for line in lines] == ["relier", "ouverture"]
    salts = text("SELECT count(salt) FROM journal_payload WHERE subject_id = :id")
    assert workshop.connection.execute(salts, {"id": subject.id}).scalar_one() == 0
    assert lines_of(workshop.connection, KIND, other.id)[0].actor_name == BINDER.name


def test_erasing_twice_keeps_the_first_date(workshop: Workshop) -> None:
    subject = workshop.receive()
    for at in (NOON, NOON + timedelta(days=9)):
        journal.erase_content(workshop.connection, KIND, subject.id, at)
    assert lines_of(workshop.connection, KIND, subject.id)[0].erased_at == NOON


# --- With the move ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["journal", "journal_payload", "echeance", "livre"])
def test_everything_that_a_move_writes_dies_with_its_rollback(
    database: Database, workshop_in: Callable[[Session], Workshop], table: str
) -> None:
    with database.unit_of_work() as session:
        id = workshop_in(session).receive().id
    before = _rows(database, table)
    with pytest.raises(ZeroDivisionError):
        _move_and_fail(database, workshop_in, id)
    assert _rows(database, table) == before


def _move_and_fail(database: Database, workshop_in: Callable[[Session], Workshop], id: int) -> None:
    with database.unit_of_work() as session:
        workshop = workshop_in(session)
        workshop.move(workshop.read(id), "secher")
        raise ZeroDivisionError


def _rows(database: Database, table: str) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        query = text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        return [tuple(row) for row in session.connection().execute(query)]
