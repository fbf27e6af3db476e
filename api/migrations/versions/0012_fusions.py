"""Structures merged: which one was kept, what moved, and whether it was undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No foreign key: added alone, the column leaves the table, its triggers and its index in place.
    op.add_column("structure", sa.Column("absorbee_par_id", BigId, nullable=True))
    op.create_table(
        "fusion",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("gardee_id", BigId, nullable=False),
        sa.Column("absorbee_id", BigId, nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("par_id", BigId, nullable=True),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("contenu", sa.Text(), nullable=False),
        sa.Column("annulee_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulee_par", sa.String(120), nullable=True),
        sa.CheckConstraint("gardee_id <> absorbee_id", name=op.f("ck_fusion_distinctes")),
        sa.CheckConstraint(
            "(annulee_le IS NULL) = (annulee_par IS NULL)", name=op.f("ck_fusion_annulation")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_fusion_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["gardee_id"], ["structure.id"], name=op.f("fk_fusion_gardee_id_structure")
        ),
        sa.ForeignKeyConstraint(
            ["absorbee_id"], ["structure.id"], name=op.f("fk_fusion_absorbee_id_structure")
        ),
        sa.ForeignKeyConstraint(["par_id"], ["compte.id"], name=op.f("fk_fusion_par_id_compte")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fusion")),
    )
    op.create_index("ix_fusion_gardee", "fusion", ["gardee_id"])
    op.create_index(
        "ix_fusion_absorbee",
        "fusion",
        ["absorbee_id"],
        unique=True,
        sqlite_where=sa.text("annulee_le IS NULL"),
        postgresql_where=sa.text("annulee_le IS NULL"),
    )
