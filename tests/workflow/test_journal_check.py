"""Whoever changes the journal behind its triggers is found, and the entry is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.builders.toys import BINDER, CHIEF, KIND, NOON, TENANT
from tests.builders.workshop import LIVRE, OWNERS, Workshop
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.journal import HASHED, chain_hash, salted_digest
from workflow.journal_check import (
    Anchor,
    Finding,
    NotAnAnchor,
    Verification,
    export_anchors,
    read_anchor,
    verify,
)
from workflow.journal_tables import JournalEntry
from workflow.subject import Subject

ENTRIES = table_of(JournalEntry)
ALTERED = "entrée altérée ou déplacée"
CONTENT = "contenu altéré ou retiré"


@pytest.fixture
def written(workshop: Workshop) -> Workshop:
    """Two books, the first with five entries; the triggers are gone, as for somebody with the keys
    of the database."""
    subject = workshop.receive()
    workshop.move(subject, "secher", at=NOON + timedelta(hours=1))
    workshop.move(subject, "relier", at=NOON + timedelta(hours=2), values={"cuir": "veau"})
    workshop.note(subject, "colle_posee")
    workshop.move(subject, "corriger", CHIEF, at=NOON + timedelta(hours=3))
    workshop.receive()
    drop_triggers(workshop.connection)
    return workshop


def drop_triggers(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in ("journal", "journal_payload"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for (name,) in names.all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def checked(workshop: Workshop, anchors: tuple[Anchor, ...] = ()) -> Verification:
    return verify(workshop.connection, OWNERS, anchors)


def findings(workshop: Workshop, anchors: tuple[Anchor, ...] = ()) -> list[tuple[int, int, str]]:
    return [(each.id, each.seq, each.what) for each in checked(workshop, anchors).findings]


def tamper(workshop: Workshop, statement: str, **values: Any) -> None:
    done = workshop.connection.execute(text(statement), values)
    assert done.rowcount > 0


def test_a_journal_that_nobody_touched_is_sound(written: Workshop) -> None:
    found = checked(written)
    assert found == Verification(entries=6, chains=2, erased=0, findings=())
    assert found.sound


def test_an_empty_journal_is_sound(workshop: Workshop) -> None:
    assert checked(workshop) == Verification(0, 0, 0, ())


CHANGES = {
    "tenant_id": "99",
    "at": "'2020-01-01 00:00:00.000000'",
    "kind": "'fait'",
    "event": "'rendre'",
    "actor_id": "99",
    "role": "'chef'",
    "pipeline": "'autre'",
    "pipeline_version": "3",
    "from_stage": "'perdu'",
    "to_stage": "'perdu'",
    "first_entry": "NOT first_entry",
    "corrects": "1",
    "payload_digest": "'0'",
    "hash": "'0'",
    "idempotency_key": "'clic'",
}


def test_every_column_that_tells_something_is_altered_below() -> None:
    known = {*CHANGES, "id", "subject_kind", "subject_id", "seq"}
    assert known == set(ENTRIES.columns.keys())


@pytest.mark.parametrize("column", CHANGES)
def test_an_altered_entry_is_named(written: Workshop, column: str) -> None:
    tamper(
        written,
        f"UPDATE journal SET {column} = {CHANGES[column]} WHERE subject_id = 1 AND seq = 3",
    )
    found = findings(written)
    assert (1, 3, ALTERED) in found
    expected = {3, 4} if column == "hash" else {3}
    assert {seq for _id, seq, _what in found} == expected


def test_a_removed_entry_is_named(written: Workshop) -> None:
    tamper(written, "DELETE FROM journal WHERE subject_id = 1 AND seq = 2")
    assert findings(written) == [(1, 2, "entrée retirée")]


def test_several_removed_entries_are_named_together(written: Workshop) -> None:
    tamper(written, "DELETE FROM journal WHERE subject_id = 1 AND seq IN (2, 3, 4)")
    assert findings(written) == [(1, 2, "entrées 2 à 4 retirées")]


def test_the_first_entry_cannot_be_removed_either(written: Workshop) -> None:
    tamper(written, "DELETE FROM journal WHERE subject_id = 1 AND seq = 1")
    assert findings(written) == [(1, 1, "entrée retirée")]


def test_a_cut_tail_is_named(written: Workshop) -> None:
    tamper(written, "DELETE FROM journal WHERE subject_id = 1 AND seq >= 4")
    assert findings(written) == [(1, 4, "entrées 4 à 5 coupées en fin de journal")]


def test_a_whole_chain_that_is_gone_is_named(written: Workshop) -> None:
    tamper(written, "DELETE FROM journal WHERE subject_id = 1")
    assert findings(written) == [(1, 5, "toute la suite du journal manque")]


def test_swapped_entries_are_both_named(written: Workshop) -> None:
    for before, after in ((2, -2), (3, 2), (-2, 3)):
        for table in ("journal", "journal_payload"):
            tamper(
                written,
                f"UPDATE {table} SET seq = :after WHERE subject_id = 1 AND seq = :before",
                before=before,
                after=after,
            )
    assert {seq for _id, seq, what in findings(written) if what == ALTERED} == {2, 3, 4}


def test_an_entry_moved_to_another_chain_is_named(written: Workshop) -> None:
    for table in ("journal", "journal_payload"):
        tamper(
            written, f"UPDATE {table} SET subject_id = 2, seq = 2 WHERE subject_id = 1 AND seq = 5"
        )
    assert findings(written) == [
        (1, 5, "entrée coupée en fin de journal"),
        (2, 2, ALTERED),
        (2, 2, "entrée de trop : la fiche s'arrête à 1"),
    ]


@pytest.mark.parametrize("seq", [0, -7])
def test_an_entry_slipped_in_before_the_first_is_named(written: Workshop, seq: int) -> None:
    columns = ", ".join(name for name in ("hash", "at", *HASHED) if name not in ("seq", "corrects"))
    tamper(
        written,
        f"INSERT INTO journal ({columns}, seq) SELECT {columns}, {seq} FROM journal"
        " WHERE subject_id = 1 AND seq = 1",
    )
    assert findings(written) == [(1, seq, "entrée ajoutée avant la première")]


def test_a_gap_of_a_billion_is_one_finding(written: Workshop) -> None:
    tamper(written, "UPDATE journal SET seq = 2000000000 WHERE subject_id = 1 AND seq = 5")
    found = findings(written)
    assert (1, 5, "entrées 5 à 1999999999 retirées") in found
    assert len(found) < 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_payload SET content = '{}' WHERE subject_id = 1 AND seq = 3",
        "UPDATE journal_payload SET salt = 'x' WHERE subject_id = 1 AND seq = 3",
        "UPDATE journal_payload SET content = NULL WHERE subject_id = 1 AND seq = 3",
        "UPDATE journal_payload SET content = NULL, salt = NULL WHERE subject_id = 1 AND seq = 3",
        "DELETE FROM journal_payload WHERE subject_id = 1 AND seq = 3",
        "UPDATE journal_payload SET content = '{}', erased_at = '2026-01-01 00:00:00.000000'"
        " WHERE subject_id = 1 AND seq = 3",
    ],
    ids=["words", "salt", "words gone", "all gone without a date", "row gone", "said erased"],
)
def test_an_altered_or_removed_content_is_named(written: Workshop, statement: str) -> None:
    tamper(written, statement)
    assert findings(written) == [(1, 3, CONTENT)]


def test_swapped_contents_are_both_named(written: Workshop) -> None:
    for before, after in ((2, 9), (3, 2), (9, 3)):
        statement = (
            f"UPDATE journal_payload SET seq = {after} WHERE subject_id = 1 AND seq = {before}"
        )
        tamper(written, statement)
    assert findings(written) == [(1, 2, CONTENT), (1, 3, CONTENT)]


def test_erased_contents_are_counted_and_the_chain_is_still_believed(written: Workshop) -> None:
    journal.erase_content(written.connection, KIND, 1, NOON)
    assert checked(written) == Verification(entries=6, chains=2, erased=5, findings=())
    tamper(written, "UPDATE journal SET event = 'autre' WHERE subject_id = 1 AND seq = 2")
    assert findings(written) == [(1, 2, ALTERED)]


def test_an_owner_that_is_gone_or_says_otherwise_is_named(written: Workshop) -> None:
    tamper(written, "DELETE FROM livre WHERE id = 2")
    assert findings(written) == [(2, 1, "son dossier ou son registre n'existe plus")]
    tamper(written, "UPDATE livre SET head = :head WHERE id = 1", head="f" * 64)
    assert findings(written)[0] == (1, 5, "ce n'est pas l'entrée que la fiche donne pour dernière")


def test_a_finding_is_told_in_french() -> None:
    assert str(Finding("dossier", 12, 3, ALTERED)) == (
        "dossier 12, entrée 3 : entrée altérée ou déplacée"
    )


# --- Anchors ------------------------------------------------------------------------------------


def rewrite(workshop: Workshop, change: Callable[[dict[str, Any]], None]) -> None:
    """Change entry 2 of the first book and make the whole chain believable again."""
    connection, head = workshop.connection, GENESIS
    query = ENTRIES.select().where(ENTRIES.c.subject_id == 1).order_by(ENTRIES.c.seq)
    for row in [dict(each) for each in connection.execute(query).mappings()]:
        if row["seq"] == 2:
            change(row)
        head = row["hash"] = chain_hash(head, row)
        connection.execute(ENTRIES.update().where(ENTRIES.c.id == row["id"]).values(row))
    connection.execute(LIVRE.update().where(LIVRE.c.id == 1).values(head=head))


def test_only_an_anchor_finds_a_chain_that_was_rewritten_whole(written: Workshop) -> None:
    anchors = tuple(export_anchors(written.connection, OWNERS))
    rewrite(written, lambda row: row.update(event="rendre"))
    assert checked(written).sound
    assert findings(written, anchors) == [(1, 5, "différente de son ancrage")]


def test_only_an_anchor_finds_a_tail_cut_with_the_head_set_back(written: Workshop) -> None:
    anchors = tuple(export_anchors(written.connection, OWNERS))
    kept = written.connection.execute(
        text("SELECT hash FROM journal WHERE subject_id = 1 AND seq = 3")
    ).scalar_one()
    tamper(written, "DELETE FROM journal WHERE subject_id = 1 AND seq > 3")
    tamper(written, "UPDATE livre SET seq = 3, head = :head WHERE id = 1", head=kept)
    assert checked(written).sound
    assert findings(written, anchors) == [(1, 5, "l'entrée ancrée a disparu")]


def test_only_an_anchor_finds_a_book_that_is_gone_with_its_chain(written: Workshop) -> None:
    anchors = tuple(export_anchors(written.connection, OWNERS))
    tamper(written, "DELETE FROM journal WHERE subject_id = 2")
    tamper(written, "DELETE FROM livre WHERE id = 2")
    assert checked(written).sound
    assert findings(written, anchors) == [(2, 1, "l'entrée ancrée a disparu")]


def test_a_rewritten_content_does_not_pass_by_its_digest_alone(written: Workshop) -> None:
    def rewrite_content(row: dict[str, Any]) -> None:
        row["payload_digest"] = salted_digest("sel", "{}")

    anchors = tuple(export_anchors(written.connection, OWNERS))
    statement = "UPDATE journal_payload SET salt = 'sel', content = '{}'"
    tamper(written, statement + " WHERE subject_id = 1 AND seq = 2")
    rewrite(written, rewrite_content)
    assert checked(written).sound
    assert findings(written, anchors) == [(1, 5, "différente de son ancrage")]


def test_anchors_stay_true_while_the_journal_grows(written: Workshop) -> None:
    anchors = tuple(export_anchors(written.connection, OWNERS))
    written.note(written.read(1), "pluie")
    assert checked(written, anchors).sound


def test_an_anchor_is_a_line_that_is_read_back(written: Workshop) -> None:
    anchors = list(export_anchors(written.connection, OWNERS))
    assert [(anchor.id, anchor.seq) for anchor in anchors] == [(1, 5), (2, 1)]
    assert [read_anchor(anchor.as_line()) for anchor in anchors] == anchors


@pytest.mark.parametrize(
    "line",
    ["", "[]", "3", "null", '["livre", 1, 2]', '["livre", "1", 2, "a"]', '["livre", 1, 2, "a"]'],
)
def test_what_is_not_an_anchor_is_refused_in_french(line: str) -> None:
    with pytest.raises(NotAnAnchor, match="n'est pas un ancrage"):
        read_anchor(line)


def test_every_chain_is_verified_however_long(workshop: Workshop) -> None:
    subject = workshop.receive()
    for _ in range(1100):
        _note(workshop, subject)
    workshop.connection.execute(
        LIVRE.update().where(LIVRE.c.id == 1).values(seq=subject.seq, head=subject.head)
    )
    assert checked(workshop) == Verification(1101, 1, 0, ())


def _note(workshop: Workshop, subject: Subject) -> None:
    entry = journal.Entry("fait", "pluie", BINDER, NOON)
    journal.append(
        workshop.connection, subject, tenant_id=TENANT, kind=KIND, id=subject.id, entry=entry
    )
