"""The list as each person wants it, étiquettes, and operations on many dossiers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _etiquettes()
    _vues()
    _lots()


def _etiquettes() -> None:
    op.create_table(
        "etiquette",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("nom", sa.String(40), nullable=False),
        sa.Column("nom_cle", sa.String(160), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_etiquette_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etiquette")),
        sa.UniqueConstraint(
            "organisme_id", "nom_cle", name=op.f("uq_etiquette_organisme_id_nom_cle")
        ),
    )
    op.create_table(
        "dossier_etiquette",
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("etiquette_id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_etiquette_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["etiquette_id"],
            ["etiquette.id"],
            name=op.f("fk_dossier_etiquette_etiquette_id_etiquette"),
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"],
            ["organisme.id"],
            name=op.f("fk_dossier_etiquette_organisme_id_organisme"),
        ),
        sa.PrimaryKeyConstraint("dossier_id", "etiquette_id", name=op.f("pk_dossier_etiquette")),
    )
    op.create_index(
        "ix_dossier_etiquette_portee", "dossier_etiquette", ["etiquette_id", "dossier_id"]
    )


def _vues() -> None:
    op.create_table(
        "vue",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("nom_cle", sa.String(240), nullable=False),
        sa.Column("partagee", sa.Boolean(), nullable=False),
        sa.Column("requete", sa.Text(), nullable=False),
        sa.Column("colonnes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_vue_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_vue_compte_id_compte")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vue")),
        sa.UniqueConstraint(
            "organisme_id",
            "compte_id",
            "nom_cle",
            name=op.f("uq_vue_organisme_id_compte_id_nom_cle"),
        ),
    )
    op.create_table(
        "preference_liste",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("colonnes", sa.Text(), nullable=False),
        sa.Column("vue_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisme_id"],
            ["organisme.id"],
            name=op.f("fk_preference_liste_organisme_id_organisme"),
        ),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_preference_liste_compte_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["vue_id"],
            ["vue.id"],
            name=op.f("fk_preference_liste_vue_id_vue"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("organisme_id", "compte_id", name=op.f("pk_preference_liste")),
    )


def _lots() -> None:
    op.create_table(
        "lot",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("cle", sa.String(64), nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nature", sa.String(12), nullable=False),
        sa.Column("titre", sa.String(300), nullable=False),
        sa.Column("demande", sa.Text(), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("nombre", sa.Integer(), nullable=False),
        sa.Column("retour", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "etat IN ('choix', 'verification', 'verifie', 'execution', 'termine',"
            " 'annulation', 'annule')",
            name=op.f("ck_lot_etat"),
        ),
        sa.CheckConstraint(
            "nature IN ('', 'avancer', 'confier', 'etiqueter', 'retirer')",
            name=op.f("ck_lot_nature"),
        ),
        sa.CheckConstraint("nombre > 0", name=op.f("ck_lot_nombre")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_lot_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_lot_compte_id_compte")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("organisme_id", "cle", name=op.f("uq_lot_organisme_id_cle")),
    )
    op.create_index("ix_lot_compte", "lot", ["organisme_id", "compte_id", "cree_le"])
    op.create_table(
        "lot_dossier",
        sa.Column("lot_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("raisons", sa.Text(), nullable=False),
        sa.Column("avant", sa.String(20), nullable=True),
        sa.CheckConstraint(
            "etat IN ('attente', 'possible', 'impossible', 'fait', 'deja', 'refuse', 'annule',"
            " 'garde')",
            name=op.f("ck_lot_dossier_etat"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_dossier_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_lot_dossier_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("lot_id", "dossier_id", name=op.f("pk_lot_dossier")),
    )
    op.create_index("ix_lot_dossier_etat", "lot_dossier", ["lot_id", "etat", "dossier_id"])
