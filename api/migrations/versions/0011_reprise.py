"""Files taken over, what each added, and the chains whose owner was removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("etat IN ('verification', 'ecriture', 'annulation')")


def upgrade() -> None:
    op.create_table(
        "journal_clos",
        sa.Column("subject_kind", sa.String(32), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_journal_clos")),
    )
    op.create_table(
        "reprise",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("sujet", sa.String(20), nullable=False),
        sa.Column("pipeline", sa.String(40), nullable=True),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=True),
        sa.Column("lecture", sa.Text(), nullable=False),
        sa.Column("etat", sa.String(20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("fait", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("bilan", sa.Text(), nullable=False),
        sa.Column("anomalies", sa.LargeBinary(), nullable=True),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cree_par_id", BigId, nullable=True),
        sa.Column("cree_par", sa.String(120), nullable=False),
        sa.Column("travailleur", sa.String(120), nullable=False),
        sa.Column("battement", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fini_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "etat IN ('recue', 'verification', 'verifiee', 'ecriture', 'faite', 'annulation',"
            " 'annulee', 'interrompue', 'echouee', 'abandonnee')",
            name=op.f("ck_reprise_etat"),
        ),
        sa.CheckConstraint(
            "sujet IN ('structures', 'contacts', 'dossiers')", name=op.f("ck_reprise_sujet")
        ),
        sa.CheckConstraint("fait >= 0 AND fait <= total", name=op.f("ck_reprise_avancement")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_reprise_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["cree_par_id"], ["compte.id"], name=op.f("fk_reprise_cree_par_id_compte")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprise")),
    )
    op.create_index("ix_reprise_organisme", "reprise", ["organisme_id", "id"])
    op.create_index(
        "ix_reprise_en_cours",
        "reprise",
        ["organisme_id"],
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    op.create_table(
        "reprise_ligne",
        sa.Column("genre", sa.String(12), nullable=False),
        sa.Column("fiche_id", BigId, nullable=False),
        sa.Column("reprise_id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ligne", sa.Integer(), nullable=False),
        sa.Column("externe", sa.String(60), nullable=True),
        sa.Column("empreinte", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["reprise_id"], ["reprise.id"], name=op.f("fk_reprise_ligne_reprise_id_reprise")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_reprise_ligne_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("genre", "fiche_id", name=op.f("pk_reprise_ligne")),
    )
    op.create_index("ix_reprise_ligne_reprise", "reprise_ligne", ["reprise_id", "genre"])
    op.create_index(
        "ix_reprise_ligne_externe", "reprise_ligne", ["organisme_id", "genre", "externe"]
    )
    op.create_index(
        "ix_reprise_ligne_empreinte", "reprise_ligne", ["organisme_id", "genre", "empreinte"]
    )
