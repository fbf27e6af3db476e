"""Transactions, their turn to write, and what the database's own faults are told as."""

from __future__ import annotations

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from tests.builders.toys import NOON
from tests.builders.workshop import LIVRE, Workshop
from workflow import database as module
from workflow.columns import GENESIS
from workflow.database import Cents, Database, UtcDateTime, sqlite_module, sqlite_warning
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseGone, DatabaseReadOnly
from workflow.statements import Statement

ROW: dict[str, Any] = {
    "tenant_id": 1,
    "pipeline": "reliure",
    "pipeline_version": 1,
    "stage": "recu",
    "stage_since": NOON,
    "trail": "1:recu",
    "seq": 1,
    "head": GENESIS,
    "lock_version": 1,
}


def keep(database: Database, **values: Any) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(insert(LIVRE).values({**ROW, **values}))


def kept(database: Database, column: str) -> list[Any]:
    with database.reading() as session:
        return list(session.connection().execute(select(LIVRE.c[column])).scalars())


# --- Transactions -------------------------------------------------------------------------------


def test_a_unit_of_work_is_committed_once_at_its_end(database: Database) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(insert(LIVRE).values(ROW))
        assert kept(database, "id") == []
    assert kept(database, "id") == [1]


def test_any_error_rolls_everything_back(database: Database) -> None:
    def half() -> None:
        with database.unit_of_work() as session:
            session.connection().execute(insert(LIVRE).values(ROW))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert kept(database, "id") == []
    keep(database)
    assert len(kept(database, "id")) == 1


def test_a_unit_of_work_that_fails_at_the_commit_keeps_nothing(database: Database) -> None:
    keep(database, id=1)
    with pytest.raises(IntegrityError):
        keep(database, id=1)
    assert kept(database, "id") == [1]


def test_reading_keeps_nothing_of_what_it_writes(database: Database) -> None:
    def write() -> None:
        with database.reading() as session:
            session.connection().execute(insert(LIVRE).values(ROW))

    if database.is_sqlite:
        write()
    else:
        with pytest.raises(DatabaseReadOnly):
            write()
    assert kept(database, "id") == []
    keep(database)
    assert len(kept(database, "id")) == 1


def test_a_reader_never_waits_for_a_writer(database: Database) -> None:
    keep(database)
    with database.unit_of_work() as session:
        session.connection().execute(LIVRE.update().values(tenant_id=2))
        assert kept(database, "tenant_id") == [1]


def test_no_update_is_lost_among_eight_writers(database: Database) -> None:
    keep(database, seq=0)

    def count_once(_n: int) -> None:
        with database.unit_of_work() as session:
            connection = session.connection()
            seq = connection.execute(select(LIVRE.c.seq).with_for_update()).scalar_one()
            connection.execute(LIVRE.update().values(seq=seq + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_once, range(48)))
    assert kept(database, "seq") == [48]


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.connection().execute(
            text(
                "INSERT INTO numerotation (organisme_id, prefixe, annee, dernier)"
                " VALUES (999, 'MP', 2026, 1)"
            )
        )


# --- Waiting and failing ------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 50)


@pytest.fixture
def other(impatient: None, sqlite_url: str) -> Generator[Database]:
    """A second program on the same file, as impatient."""
    found = Database(sqlite_url)
    yield found
    found.dispose()


def test_a_second_writer_of_the_process_is_told_that_the_database_is_busy(
    impatient: None, sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    caught: list[BaseException] = []

    def write() -> None:
        try:
            keep(database)
        except DatabaseBusy as error:
            caught.append(error)

    with database.unit_of_work() as session:
        session.connection()
        second = threading.Thread(target=write)
        second.start()
        second.join()
    assert [str(error) for error in caught] == [
        "La base de données est occupée. Rien n'a été enregistré : recommencez dans un instant."
    ]
    keep(database)
    assert len(kept(database, "id")) == 1
    database.dispose()


def test_another_program_that_writes_makes_the_database_busy(
    other: Database, sqlite_url: str
) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite_module().connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            keep(other)
        holder.execute("ROLLBACK")
    keep(other)
    assert len(kept(other, "id")) == 1


def test_no_connection_left_in_the_pool_is_busy_too(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgresql_url, pool_size=1)
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)
    with database.unit_of_work() as one, database.unit_of_work() as two:
        one.connection()
        two.connection()
        with pytest.raises(DatabaseBusy), database.reading() as three:
            three.connection()
    database.dispose()


def test_a_lock_that_is_not_given_is_busy(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    keep(database)
    with database.unit_of_work() as holder:
        holder.connection().execute(select(LIVRE.c.id).with_for_update())
        with pytest.raises(DatabaseBusy):
            _lock_impatiently(database)
    database.dispose()


def _lock_impatiently(database: Database) -> None:
    with database.unit_of_work() as session:
        session.connection().execute(text("SET LOCAL lock_timeout = '20ms'"))
        session.connection().execute(select(LIVRE.c.id).with_for_update())


def test_a_database_that_is_nowhere_is_told_so(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path}/absent/base.sqlite",
        f"postgresql+psycopg://personne@/rien?host={tmp_path}",
    ):
        database = Database(url)
        with pytest.raises(DatabaseGone), database.reading() as session:
            session.connection()
        database.dispose()


def test_a_connection_that_was_cut_is_told_so_and_the_next_one_works(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    killer = Database(postgresql_url)
    with pytest.raises(DatabaseGone):
        _be_cut(database, killer)
    keep(database)
    database.dispose()
    killer.dispose()


def _be_cut(database: Database, killer: Database) -> None:
    with database.unit_of_work() as session:
        pid = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
        with killer.unit_of_work() as other:
            other.connection().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.connection().execute(text("SELECT 1"))


def test_a_full_disk_is_told_so(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(DatabaseFull, match="Le disque est plein"):
        _fill(database)
    assert kept(database, "id") == []
    database.dispose()


def _fill(database: Database) -> None:
    with database.unit_of_work() as session:
        connection = session.connection()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        for _ in range(100):
            connection.execute(insert(LIVRE).values({**ROW, "trail": "x" * 100_000}))


def test_what_is_wrong_with_the_data_is_not_taken_for_the_databases_fault(
    database: Database,
) -> None:
    """« locked » among the values is no lock."""
    keep(database, id=1, pipeline="locked")
    with pytest.raises(IntegrityError):
        keep(database, id=1, pipeline="locked")


# --- Types --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 3, 2, 11, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, 0, 999_999, UTC),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2200, 12, 31, 23, 59, 59, 999_999, UTC),
    ],
    ids=str,
)
def test_an_instant_comes_back_as_the_same_one_in_utc(database: Database, moment: datetime) -> None:
    keep(database, stage_since=moment)
    (found,) = kept(database, "stage_since")
    assert found == moment
    assert found.tzinfo is UTC


def test_instants_are_compared_and_sorted_as_instants(database: Database) -> None:
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    moments = [
        datetime(2026, 3, 2, 20, 0, tzinfo=east),
        datetime(2026, 3, 2, 3, 0, tzinfo=west),
        datetime(2026, 3, 2, 11, 30, tzinfo=UTC),
    ]
    for moment in moments:
        keep(database, stage_since=moment)
    with database.reading() as session:
        query = select(LIVRE.c.id).where(LIVRE.c.stage_since <= moments[2])
        found = session.connection().execute(query.order_by(LIVRE.c.stage_since, LIVRE.c.id))
        assert list(found.scalars()) == [1, 3]


def test_an_instant_without_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without time zone"):
        keep(database, stage_since=datetime(2026, 3, 2, 11, 0))  # noqa: DTZ001
    assert UtcDateTime().process_bind_param(None, database.engine.dialect) is None
    assert UtcDateTime().process_result_value(None, database.engine.dialect) is None


@pytest.mark.parametrize("cents", [None, 0, 1, -1, 2_300_000, 999_999_999_999, 2**63 - 1])
def test_an_amount_comes_back_to_the_cent(database: Database, cents: int | None) -> None:
    keep(database, prix=cents)
    assert kept(database, "prix") == [cents]


@pytest.mark.parametrize(
    "amount", [0.5, 23000.0, Decimal(23000), True, "23000", float("nan"), 2**63], ids=repr
)
def test_what_is_not_a_whole_number_of_cents_is_never_stored(
    database: Database, amount: Any
) -> None:
    with pytest.raises(StatementError, match="is not an amount in cents"):
        keep(database, prix=amount)
    assert kept(database, "prix") == []
    with pytest.raises(ValueError, match="is not an amount"):
        Cents().process_bind_param(amount, database.engine.dialect)


def test_an_id_beyond_the_databases_range_is_never_stored(database: Database) -> None:
    with pytest.raises((DataError, OverflowError)):
        keep(database, id=2**63)
    keep(database, id=2**63 - 1)
    assert kept(database, "id") == [2**63 - 1]


# --- SQLite -------------------------------------------------------------------------------------


def test_every_sqlite_connection_is_set_the_same(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "recursive_triggers": 1,
        "cache_size": -8_000,
    }
    with database.unit_of_work() as session, database.reading() as other:
        for connection in (session.connection(), other.connection()):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected
            }
            assert found == expected
    database.dispose()


def test_an_old_sqlite_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        sqlite_version_info = (3, 40, 1)

    class Safe:
        sqlite_version_info = (3, 51, 3)

    monkeypatch.setattr(module, "sqlite_module", lambda: Old)
    assert "SQLite 3.40.1 peut abîmer une base" in (sqlite_warning() or "")
    monkeypatch.setattr(module, "sqlite_module", lambda: Safe)
    assert sqlite_warning() is None


def test_the_workshop_keeps_its_books(workshop: Workshop) -> None:
    assert workshop.read(workshop.receive().id).stage == "recu"


def test_what_postgresql_prepared_outlives_the_transactions_that_read(
    postgresql_url: str,
) -> None:
    """psycopg prepares what is asked often, and forgets all of it at each ROLLBACK."""
    database = Database(postgresql_url)
    statement = Statement(select(bindparam("number", type_=Integer)))
    for number in range(12):
        with database.reading() as session:
            connection = session.connection()
            assert statement.rows(connection, {"number": number})
    with database.glance() as glancing:
        asked = text("SELECT count(*) FROM pg_prepared_statements")
        assert glancing.execute(asked).scalar_one() >= 1
    database.dispose()
