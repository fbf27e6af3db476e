"""Many at once: a list of any length is one value, many rows are one statement."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, insert, select, update

from workflow.database import Database
from workflow.errors import DatabaseBusy
from workflow.many import Among
from workflow.statements import Statement

MOTS = Table(
    "mots",
    MetaData(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("mot", Text),
    Column("langue", Text, nullable=False),
)
WRITE = Statement(insert(MOTS).values({each: bindparam(each) for each in ("id", "mot", "langue")}))
RENAME = Statement(
    update(MOTS)
    .where(MOTS.c.id == bindparam("id_"), MOTS.c.langue == bindparam("langue_"))
    .values(mot=bindparam("mot_"))
)
BY_ID = Statement(select(MOTS.c.id, MOTS.c.mot).where(Among(MOTS.c.id, "ids")).order_by(MOTS.c.id))
BY_WORD = Statement(select(MOTS.c.id).where(Among(MOTS.c.mot, "mots")).order_by(MOTS.c.id))
WORDS = ["l'été", 'dit « "oui" »', "{a,b}", "\\", "NULL", "", None, "%s %b"]


@pytest.fixture
def words(database: Database) -> Database:
    """A few words, of the kind that an array or a JSON text could mistake."""
    MOTS.metadata.create_all(database.engine)
    rows = [{"id": rank, "mot": word, "langue": "fr"} for rank, word in enumerate(WORDS, start=1)]
    with database.unit_of_work() as session:
        WRITE.run_many(session.connection(), rows)
    return database


def test_rows_written_at_once_are_as_they_were_given(words: Database) -> None:
    with words.reading() as session:
        found = BY_ID.rows(session.connection(), {"ids": range(1, 20)})
    assert [row["mot"] for row in found] == WORDS


def test_a_list_of_any_length_is_one_value(words: Database) -> None:
    with words.reading() as session:
        connection = session.connection()
        assert BY_ID.rows(connection, {"ids": []}) == []
        assert [row["id"] for row in BY_ID.rows(connection, {"ids": {5, 2**62, 3}})] == [3, 5]
        found = BY_WORD.rows(connection, {"mots": ['dit « "oui" »', "\\", "inconnu"]})
        assert [row["id"] for row in found] == [2, 4]


def test_each_row_is_changed_by_its_own_values(words: Database) -> None:
    changes = [{"id_": id, "langue_": "fr", "mot_": f"mot {id}"} for id in (1, 4)]
    with words.unit_of_work() as session:
        RENAME.run_on_each(session.connection(), changes)
        found = BY_ID.rows(session.connection(), {"ids": [1, 2, 4]})
    assert [row["mot"] for row in found] == ["mot 1", WORDS[1], "mot 4"]


def test_a_row_that_is_not_as_it_was_read_is_told(words: Database) -> None:
    changes = [{"id_": id, "langue_": each, "mot_": "x"} for id, each in ((1, "fr"), (2, "oc"))]
    with pytest.raises(DatabaseBusy), words.unit_of_work() as session:
        RENAME.run_on_each(session.connection(), changes)


def test_on_sqlite_a_work_is_done_by_one_at_a_time(tmp_path: Path) -> None:
    one, other = (Database(f"sqlite:///{tmp_path / 'base.sqlite'}") for _ in range(2))
    with one.alone("balayage") as mine:
        assert mine
        with other.alone("balayage") as theirs, other.alone("autre") as another:
            assert (theirs, another) == (False, True)
    with other.alone("balayage") as theirs:
        assert theirs
    one.dispose()
    other.dispose()
