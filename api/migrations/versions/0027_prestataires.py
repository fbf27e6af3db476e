"""The directory of the prestataires that DLA missions are entrusted to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prestataire",
        sa.Column("id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("personne_id", BigId, nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("nom_cle", sa.String(400), nullable=False),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("competences", sa.String(400), nullable=False),
        sa.Column("secteurs", sa.String(600), nullable=False),
        sa.Column("departements", sa.String(600), nullable=False),
        sa.Column("tarif_journalier", BigId, nullable=True),
        sa.Column("realisations", sa.Text(), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.CheckConstraint("tarif_journalier > 0", name=op.f("ck_prestataire_tarif")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_prestataire_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["personne_id"], ["personne.id"], name=op.f("fk_prestataire_personne_id_personne")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prestataire")),
        sa.UniqueConstraint(
            "organisme_id", "siret", name=op.f("uq_prestataire_organisme_id_siret")
        ),
    )
    op.create_index("ix_prestataire_nom", "prestataire", ["organisme_id", "nom_cle"])
    op.create_index("ix_prestataire_personne", "prestataire", ["personne_id"])
