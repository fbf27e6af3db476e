"""The journal can only grow, and its contents only be erased: triggers say so."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ERASURE = (
    "NEW.content IS NULL AND NEW.salt IS NULL AND NEW.erased_at IS NOT NULL"
    " AND NEW.subject_kind = OLD.subject_kind AND NEW.subject_id = OLD.subject_id"
    " AND NEW.seq = OLD.seq"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    erase = "un contenu du journal ne peut que s''effacer"
    for name, when, sentence in (
        ("journal_no_update", "UPDATE ON journal", "le journal ne se modifie pas"),
        ("journal_no_delete", "DELETE ON journal", "le journal ne se supprime pas"),
        (
            "journal_payload_erase_only",
            f"UPDATE ON journal_payload WHEN NOT ({ERASURE})",
            erase,
        ),
        ("journal_payload_no_delete", "DELETE ON journal_payload", erase),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def _on_postgresql() -> None:
    op.execute(
        """CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'le journal ne se modifie pas et ne se supprime pas'; END $$"""
    )
    for name, when, level in (
        ("journal_append_only", "UPDATE OR DELETE ON journal", "ROW"),
        ("journal_no_truncate", "TRUNCATE ON journal", "STATEMENT"),
        ("journal_payload_no_delete", "DELETE ON journal_payload", "ROW"),
        ("journal_payload_no_truncate", "TRUNCATE ON journal_payload", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when}"
            f" FOR EACH {level} EXECUTE FUNCTION journal_refuse()"
        )
    op.execute(
        "CREATE TRIGGER journal_payload_erase_only BEFORE UPDATE ON journal_payload"
        f" FOR EACH ROW WHEN (NOT ({ERASURE})) EXECUTE FUNCTION journal_refuse()"
    )
