"""Who pays for a project: the lines of its plan de financement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "financement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("financeur", sa.String(200), nullable=False),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("montant", BigId, nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.CheckConstraint("rang > 0", name=op.f("ck_financement_rang")),
        sa.CheckConstraint(
            "nature IN ('cofinanceur', 'fonds_propres')", name=op.f("ck_financement_nature")
        ),
        sa.CheckConstraint(
            "etat IN ('demande', 'obtenu', 'refuse')", name=op.f("ck_financement_etat")
        ),
        sa.CheckConstraint("montant > 0", name=op.f("ck_financement_montant")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_financement_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_financement_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_financement_structure_id_structure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financement")),
        sa.UniqueConstraint("dossier_id", "rang", name=op.f("uq_financement_dossier_id_rang")),
    )
    op.create_index("ix_financement_structure", "financement", ["structure_id"])
