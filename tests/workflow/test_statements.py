"""Statements compiled once: the same answers as SQLAlchemy's own, and nothing forgotten."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Text, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import String

from tests.builders.toys import NOON
from tests.builders.workshop import LIVRE
from workflow.columns import GENESIS
from workflow.database import Database, column_names
from workflow.errors import DatabaseBusy
from workflow.statements import Statement, ahead, together

COLUMNS = column_names(LIVRE, without="id")
INSERT = Statement(insert(LIVRE).values({name: bindparam(name) for name in COLUMNS}))
ALL = Statement(select(*LIVRE.c).order_by(LIVRE.c.id))
BY_STAGE = Statement(
    select(LIVRE.c.id, LIVRE.c.stage_since.label("depuis"))
    .where(LIVRE.c.stage == bindparam("stage_"), LIVRE.c.tenant_id == 1)
    .order_by(LIVRE.c.id)
    .limit(2)
)
RENAME = Statement(
    update(LIVRE).where(LIVRE.c.id == bindparam("id_")).values(stage=bindparam("stage_"))
)
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
    "promis_pour": date(2026, 3, 20),
    "prix": 4500,
}


@pytest.fixture
def connection(database: Database) -> Generator[Connection]:
    with database.unit_of_work() as session:
        yield session.connection()


def test_what_is_written_is_read_back_as_sqlalchemy_reads_it(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    INSERT.run(connection, {**ROW, "promis_pour": None, "prix": None})
    by_hand = [dict(row) for row in connection.execute(select(*LIVRE.c)).mappings()]
    assert ALL.rows(connection, {}) == by_hand
    assert by_hand[0] == {**ROW, "id": 1}


def test_rows_come_under_their_labels_with_the_constants_of_the_statement(
    connection: Connection,
) -> None:
    for day in range(3):
        INSERT.run(connection, {**ROW, "stage_since": NOON + timedelta(days=day)})
    INSERT.run(connection, {**ROW, "tenant_id": 2})
    assert BY_STAGE.rows(connection, {"stage_": "recu"}) == [
        {"id": 1, "depuis": NOON},
        {"id": 2, "depuis": NOON + timedelta(days=1)},
    ]
    assert BY_STAGE.first(connection, {"stage_": "recu"}) == {"id": 1, "depuis": NOON}
    assert BY_STAGE.first(connection, {"stage_": "perdu"}) is None


def test_the_number_of_rows_touched_is_known(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    assert RENAME.run(connection, {"id_": 1, "stage_": "perdu"}) == 1
    assert RENAME.run(connection, {"id_": 9, "stage_": "perdu"}) == 0


def test_exactly_one_row_is_changed_or_the_database_is_busy(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    RENAME.run_on_one(connection, {"id_": 1, "stage_": "perdu"})
    with pytest.raises(DatabaseBusy):
        RENAME.run_on_one(connection, {"id_": 9, "stage_": "perdu"})


def test_a_value_that_is_forgotten_is_an_error_and_never_a_null(connection: Connection) -> None:
    with pytest.raises(KeyError, match="promis_pour"):
        INSERT.run(connection, {key: ROW[key] for key in ROW if key != "promis_pour"})
    with pytest.raises(KeyError, match="stage_"):
        BY_STAGE.rows(connection, {})
    assert ALL.rows(connection, {}) == []


@pytest.mark.parametrize("many", [0, 1, 5])
def test_many_rows_are_written_by_one_call(connection: Connection, many: int) -> None:
    INSERT.run_many(connection, [{**ROW, "seq": n} for n in range(many)])
    assert [row["seq"] for row in ALL.rows(connection, {})] == list(range(many))


def test_many_rows_are_each_owed_every_value(connection: Connection) -> None:
    with pytest.raises(KeyError):
        INSERT.run_many(connection, [ROW, {"seq": 2}])


def test_text_of_any_kind_survives(connection: Connection) -> None:
    for sample in ("100 % « œuvre »", "%s %(a)s :b ?", "l'été\\", "😀", "a\nb"):
        INSERT.run(connection, {**ROW, "trail": sample})
        assert ALL.rows(connection, {})[-1]["trail"] == sample


def test_percent_signs_of_the_statement_itself_survive(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    like = Statement(select(LIVRE.c.id).where(LIVRE.c.stage.like("re%")))
    assert like.rows(connection, {}) == [{"id": 1}]


def test_an_error_of_the_driver_is_sqlalchemys(connection: Connection) -> None:
    savepoint = connection.begin_nested()
    with pytest.raises(IntegrityError):
        INSERT.run(connection, {**ROW, "stage": None})
    savepoint.rollback()


def test_writes_sent_together_are_all_there_at_the_end(connection: Connection) -> None:
    with together(connection):
        INSERT.run(connection, ROW)
        INSERT.run_many(connection, [ROW, ROW])
        RENAME.run_on_one(connection, {"id_": 1, "stage_": "perdu"})
    assert [row["stage"] for row in ALL.rows(connection, {})] == ["perdu", "recu", "recu"]


def test_a_fault_among_writes_sent_together_is_told_at_the_latest_at_the_end(
    database: Database,
) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        write_together(session.connection(), {**ROW, "stage": None}, 1)
    with pytest.raises(DatabaseBusy), database.unit_of_work() as session:
        write_together(session.connection(), ROW, 9)
    with database.reading() as session:
        assert ALL.rows(session.connection(), {}) == []


def write_together(connection: Connection, row: dict[str, Any], id: int) -> None:
    with together(connection):
        INSERT.run(connection, row)
        RENAME.run_on_one(connection, {"id_": id, "stage_": "perdu"})


def test_a_statement_begins_the_transaction_that_it_needs(database: Database) -> None:
    with database.unit_of_work() as session:
        INSERT.run(session.connection(), ROW)
    with database.reading() as session:
        assert len(ALL.rows(session.connection(), {})) == 1


def test_results_are_converted_whatever_the_columns(connection: Connection) -> None:
    INSERT.run(connection, ROW)
    counted = Statement(
        select(func.count().label("many"), func.max(LIVRE.c.stage_since).label("latest"))
    )
    assert counted.first(connection, {}) == {"many": 1, "latest": NOON}
    named = Statement(select(func.upper(LIVRE.c.stage, type_=String).label("stage")))
    assert named.rows(connection, {}) == [{"stage": "RECU"}]
    assert connection.execute(text("SELECT 1")).scalar_one() == 1
    assert isinstance(LIVRE.c.trail.type, Text)


def test_what_is_sent_ahead_is_found_once_where_it_is_asked_for(connection: Connection) -> None:
    for number in range(3):
        INSERT.run(connection, {**ROW, "stage": f"etape{number}"})
    asked = [{"stage_": f"etape{number}"} for number in range(3)]
    ahead(connection, *[(BY_STAGE, values) for values in asked])
    assert [len(BY_STAGE.rows(connection, values)) for values in asked] == [1, 1, 1]
    # Changed since: what was sent ahead has served, and is asked for again.
    RENAME.run(connection, {"id_": 1, "stage_": "etape1"})
    assert [len(BY_STAGE.rows(connection, values)) for values in asked] == [0, 2, 1]
    assert BY_STAGE.first(connection, {"stage_": "ailleurs"}) is None
