"""The pièces handed in, and their files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "piece",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=True),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("cle", sa.String(40), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("motif", sa.String(12), nullable=True),
        sa.Column("commentaire", sa.Text(), nullable=True),
        sa.Column("date_document", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("par_id", BigId, nullable=True),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(dossier_id IS NULL) <> (structure_id IS NULL)", name=op.f("ck_piece_rattachement")
        ),
        sa.CheckConstraint(
            "etat IN ('attendue', 'recue', 'validee', 'a_corriger')", name=op.f("ck_piece_etat")
        ),
        sa.CheckConstraint(
            "motif IN ('incomplete', 'perimee', 'illisible', 'mauvaise')",
            name=op.f("ck_piece_motif"),
        ),
        sa.CheckConstraint(
            "(motif IS NOT NULL) = (etat = 'a_corriger')", name=op.f("ck_piece_motif_de_l_etat")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_piece_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_piece_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_piece_structure_id_structure")
        ),
        sa.ForeignKeyConstraint(["par_id"], ["compte.id"], name=op.f("fk_piece_par_id_compte")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece")),
        sa.UniqueConstraint("dossier_id", "cle", name=op.f("uq_piece_dossier_id_cle")),
        sa.UniqueConstraint("structure_id", "cle", name=op.f("uq_piece_structure_id_cle")),
    )
    op.create_table(
        "fichier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("piece_id", BigId, nullable=False),
        sa.Column("nom", sa.String(150), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("taille", BigId, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stockage", sa.String(32), nullable=False),
        sa.Column("par_id", BigId, nullable=True),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retire_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retire_par", sa.String(120), nullable=True),
        sa.CheckConstraint("taille > 0", name=op.f("ck_fichier_taille")),
        sa.CheckConstraint("pages IS NULL OR pages > 0", name=op.f("ck_fichier_pages")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_fichier_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_fichier_piece_id_piece")),
        sa.ForeignKeyConstraint(["par_id"], ["compte.id"], name=op.f("fk_fichier_par_id_compte")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier")),
    )
    op.create_index("ix_fichier_piece", "fichier", ["piece_id", "id"])
    op.create_index("ix_fichier_contenu", "fichier", ["organisme_id", "sha256"])
