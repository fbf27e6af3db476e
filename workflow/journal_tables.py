"""The journal's two tables, and the triggers that make the first one append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, Text, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex


class JournalEntry(SQLModel, table=True):
    """One line of the journal. Never updated, never deleted (triggers refuse both).

    `first_entry`: the subject had not entered `to_stage` before, corrected moves not counted.
    `corrects`: the seq of the move that this one takes back.
    """

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        Index("ix_journal_key", "tenant_id", "idempotency_key", unique=True),
        PartialIndex(
            "ix_journal_first_entries",
            "tenant_id",
            "pipeline",
            "to_stage",
            "at",
            "subject_id",
            "seq",
            where="first_entry",
        ),
        PartialIndex(
            "ix_journal_corrections",
            "subject_kind",
            "subject_id",
            "corrects",
            where="corrects IS NOT NULL",
        ),
        PartialIndex(
            "ix_journal_moves",
            "tenant_id",
            "pipeline",
            "at",
            where="from_stage IS NOT NULL AND to_stage IS NOT NULL",
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    subject_kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BigId)
    seq: int
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=16)
    event: str = Field(max_length=40)
    actor_id: int | None = Field(default=None, sa_type=BigId)
    role: str = Field(max_length=40)
    pipeline: str | None = Field(default=None, max_length=40)
    pipeline_version: int | None = None
    from_stage: str | None = Field(default=None, max_length=40)
    to_stage: str | None = Field(default=None, max_length=40)
    first_entry: bool = False
    corrects: int | None = None
    payload_digest: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    idempotency_key: str | None = Field(default=None, max_length=64)


class JournalPayload(SQLModel, table=True):
    """What a line says in words: names, reason, values. Erasable, with its salt, and only so."""

    __tablename__ = "journal_payload"

    subject_kind: str = Field(primary_key=True, max_length=32)
    subject_id: int = Field(primary_key=True, sa_type=BigId)
    seq: int = Field(primary_key=True)
    salt: str | None = Field(default=None, max_length=32)
    content: str | None = Field(default=None, sa_type=Text)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


_ERASURE = "NEW.content IS NULL AND NEW.salt IS NULL AND NEW.erased_at IS NOT NULL"
_SAME = (
    "NEW.subject_kind = OLD.subject_kind AND NEW.subject_id = OLD.subject_id AND NEW.seq = OLD.seq"
)

SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    for name, when, sentence in (
        ("journal_no_update", "UPDATE ON journal", "le journal ne se modifie pas"),
        ("journal_no_delete", "DELETE ON journal", "le journal ne se supprime pas"),
        (
            "journal_payload_erase_only",
            f"UPDATE ON journal_payload WHEN NOT ({_ERASURE} AND {_SAME})",
            "un contenu du journal ne peut que s''effacer",
        ),
        (
            "journal_payload_no_delete",
            "DELETE ON journal_payload",
            "un contenu du journal ne peut que s''effacer",
        ),
    )
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'le journal ne se modifie pas et ne se supprime pas'; END $$""",
    """CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    f"""CREATE TRIGGER journal_payload_erase_only BEFORE UPDATE ON journal_payload
    FOR EACH ROW WHEN (NOT ({_ERASURE} AND {_SAME})) EXECUTE FUNCTION journal_refuse()""",
    """CREATE TRIGGER journal_payload_no_delete BEFORE DELETE ON journal_payload
    FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    """CREATE TRIGGER journal_payload_no_truncate BEFORE TRUNCATE ON journal_payload
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)


def install_triggers(target: Any) -> None:
    """Attach the triggers to the metadata, so that a schema created from it has them too."""
    for dialect, statements in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(target, "after_create", ddl)


install_triggers(SQLModel.metadata)
