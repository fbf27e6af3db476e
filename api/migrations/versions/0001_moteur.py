"""The engine's tables: journal, échéances, letters, pipeline versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courrier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("letter", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("subject_seq", sa.Integer(), nullable=False),
        sa.Column("recipient_id", BigId, nullable=True),
        sa.Column("recipient_name", sa.String(200), nullable=False),
        sa.Column("recipient_email", sa.String(254), nullable=True),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('a_valider', 'pret', 'annule')", name=op.f("ck_courrier_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courrier")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "subject_seq",
            "letter",
            "recipient_name",
            name=op.f("uq_courrier_subject_kind_subject_id_subject_seq_letter_recipient_name"),
        ),
    )
    op.create_index(
        "ix_courrier_waiting",
        "courrier",
        ["due_at"],
        sqlite_where=sa.text("state = 'pret'"),
        postgresql_where=sa.text("state = 'pret'"),
    )

    op.create_table(
        "echeance",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchored_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("moved_by_hand", sa.Boolean(), nullable=False),
        sa.Column("planned_seq", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('relance', 'action')", name=op.f("ck_echeance_kind")),
        sa.CheckConstraint(
            "state IN ('prevue', 'suspendue', 'faite', 'annulee', 'arretee')",
            name=op.f("ck_echeance_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_echeance")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "kind",
            "rule",
            "occurrence",
            "planned_seq",
            name=op.f("uq_echeance_subject_kind_subject_id_kind_rule_occurrence_planned_seq"),
        ),
    )
    op.create_index(
        "ix_echeance_due",
        "echeance",
        ["due_at"],
        sqlite_where=sa.text("state = 'prevue'"),
        postgresql_where=sa.text("state = 'prevue'"),
    )

    op.create_table(
        "journal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("actor_id", BigId, nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("pipeline", sa.String(40), nullable=True),
        sa.Column("pipeline_version", sa.Integer(), nullable=True),
        sa.Column("from_stage", sa.String(40), nullable=True),
        sa.Column("to_stage", sa.String(40), nullable=True),
        sa.Column("first_entry", sa.Boolean(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("payload_digest", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "seq", name=op.f("uq_journal_subject_kind_subject_id_seq")
        ),
    )
    op.create_index(
        "ix_journal_corrections",
        "journal",
        ["subject_kind", "subject_id", "corrects"],
        sqlite_where=sa.text("corrects IS NOT NULL"),
        postgresql_where=sa.text("corrects IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_first_entries",
        "journal",
        ["tenant_id", "pipeline", "to_stage", "at", "subject_id", "seq"],
        sqlite_where=sa.text("first_entry"),
        postgresql_where=sa.text("first_entry"),
    )
    op.create_index("ix_journal_key", "journal", ["tenant_id", "idempotency_key"], unique=True)

    op.create_table(
        "journal_payload",
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "subject_kind", "subject_id", "seq", name=op.f("pk_journal_payload")
        ),
    )
    op.create_table(
        "pipeline_version",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_pipeline_version")),
    )
