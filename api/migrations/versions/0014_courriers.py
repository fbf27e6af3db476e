"""Letters written, sent and kept: texts, files, what they remind of, the organismes' models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_STATES = "'prepare', 'a_completer', 'a_valider', 'pret', 'en_cours', 'envoye', 'echec', 'annule'"
_CHECKS = {
    "ck_courrier_state": f"state IN ({_STATES})",
    "ck_courrier_release": "release IN ('automatique', 'a_valider')",
    "ck_courrier_channel": "channel IN ('courriel', 'papier')",
    "ck_courrier_frozen": "state NOT IN ('pret', 'en_cours', 'envoye') OR digest IS NOT NULL",
}


def upgrade() -> None:
    _letters()
    _around()
    _models()


def _letters() -> None:
    """What was ready before anything could be sent is too old to leave now: it is cancelled."""
    op.drop_index("ix_courrier_waiting", "courrier")
    op.execute("UPDATE courrier SET state = 'annule' WHERE state = 'pret'")
    with op.batch_alter_table("courrier") as table:
        for column in _added():
            table.add_column(column)
        if op.get_bind().dialect.name == "postgresql":  # SQLite's copy of the table leaves it out
            table.drop_constraint(op.f("ck_courrier_state"), type_="check")
        for name, condition in _CHECKS.items():
            table.create_check_constraint(op.f(name), sa.text(condition))
    _partial("ix_courrier_to_write", "courrier", ["id"], "state = 'prepare'")
    _partial("ix_courrier_waiting", "courrier", ["due_at"], "state = 'pret'")
    _partial("ix_courrier_leased", "courrier", ["leased_until"], "state = 'en_cours'")
    op.create_index("ix_courrier_organisme", "courrier", ["tenant_id", "id"])
    op.create_index("ix_courrier_etat", "courrier", ["tenant_id", "state", "id"])
    op.create_index("ix_courrier_sujet", "courrier", ["subject_kind", "subject_id", "id"])
    rappels = ["tenant_id", "recipient_id", "due_at"]
    _partial("ix_courrier_rappels", "courrier", rappels, "reminder")


def _added() -> list[sa.Column]:
    return [
        sa.Column("release", sa.String(16), nullable=False, server_default="a_valider"),
        sa.Column("channel", sa.String(16), nullable=False, server_default="courriel"),
        sa.Column("reminder", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("template_id", BigId, nullable=True),
        sa.Column("subject_line", sa.String(300), nullable=True),
        sa.Column("body_text", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("missing", sa.String(500), nullable=True),
        sa.Column("message_id", sa.String(200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("leased_until", _INSTANT, nullable=True),
        sa.Column("answer", sa.String(500), nullable=True),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("validated_by_id", BigId, nullable=True),
        sa.Column("validated_by", sa.String(120), nullable=True),
        sa.Column("validated_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
    ]


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _around() -> None:
    op.create_table(
        "piece_jointe",
        sa.Column("id", BigId, nullable=False),
        sa.Column("courrier_id", BigId, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["courrier_id"], ["courrier.id"], name=op.f("fk_piece_jointe_courrier_id_courrier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_jointe")),
        sa.UniqueConstraint("courrier_id", "name", name=op.f("uq_piece_jointe_courrier_id_name")),
    )
    op.create_table(
        "courrier_rappel",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("courrier_id", BigId, nullable=False),
        sa.Column("echeance_id", BigId, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("letter", sa.String(40), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["courrier_id"], ["courrier.id"], name=op.f("fk_courrier_rappel_courrier_id_courrier")
        ),
        sa.ForeignKeyConstraint(
            ["echeance_id"], ["echeance.id"], name=op.f("fk_courrier_rappel_echeance_id_echeance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courrier_rappel")),
        sa.UniqueConstraint(
            "echeance_id", "due_at", name=op.f("uq_courrier_rappel_echeance_id_due_at")
        ),
    )
    op.create_index("ix_courrier_rappel_courrier", "courrier_rappel", ["courrier_id"])
    subject = ["subject_kind", "subject_id", "courrier_id"]
    op.create_index("ix_courrier_rappel_sujet", "courrier_rappel", subject)


def _models() -> None:
    op.create_table(
        "modele",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("letter", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("author_id", BigId, nullable=True),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.CheckConstraint("(source IS NULL) = (digest IS NULL)", name=op.f("ck_modele_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele")),
        sa.UniqueConstraint(
            "tenant_id", "letter", "version", name=op.f("uq_modele_tenant_id_letter_version")
        ),
    )
    op.create_table(
        "adresse_suspendue",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.CheckConstraint(
            "reason IN ('rebond', 'demande')", name=op.f("ck_adresse_suspendue_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adresse_suspendue")),
        sa.UniqueConstraint(
            "tenant_id", "email", name=op.f("uq_adresse_suspendue_tenant_id_email")
        ),
    )
    op.create_table(
        "battement",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ok_at", _INSTANT, nullable=True),
        sa.Column("fault", sa.String(300), nullable=True),
        sa.Column("process", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_battement")),
    )
