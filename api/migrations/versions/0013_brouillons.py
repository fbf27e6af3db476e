"""Drafts of forms, who has a dossier in hand, and the moves of a period found by their date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brouillon",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("formulaire", sa.String(80), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("reponses", sa.Text(), nullable=False),
        sa.Column("enregistre_le", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_brouillon_compte_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_brouillon_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_brouillon_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brouillon")),
        sa.UniqueConstraint(
            "compte_id",
            "dossier_id",
            "formulaire",
            name=op.f("uq_brouillon_compte_id_dossier_id_formulaire"),
        ),
    )
    op.create_index("ix_brouillon_dossier", "brouillon", ["dossier_id"])
    op.create_index("ix_brouillon_enregistre", "brouillon", ["enregistre_le"])
    op.create_table(
        "presence",
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("vue_le", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_presence_compte_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_presence_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_presence_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "compte_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_vue", "presence", ["vue_le"])
    moved = sa.text("from_stage IS NOT NULL AND to_stage IS NOT NULL")
    op.create_index(
        "ix_journal_moves",
        "journal",
        ["tenant_id", "pipeline", "at"],
        sqlite_where=moved,
        postgresql_where=moved,
    )
