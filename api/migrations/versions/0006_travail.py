"""Work to do: tâches, dossiers ready for their next action, and what Aujourd'hui reads fast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _taches()
    _readiness()
    _due_work()


def _taches() -> None:
    op.create_table(
        "tache",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=True),
        sa.Column("titre", sa.String(200), nullable=False),
        sa.Column("pour_id", BigId, nullable=True),
        sa.Column("pour_le", sa.Date(), nullable=False),
        sa.Column("echeance_id", BigId, nullable=True),
        sa.Column("cle", sa.String(64), nullable=True),
        sa.Column("auteur_id", BigId, nullable=True),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("faite_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faite_par_id", BigId, nullable=True),
        sa.Column("faite_par", sa.String(120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("modifiee_par", sa.String(120), nullable=False),
        sa.Column("modifiee_le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("titre <> ''", name=op.f("ck_tache_titre")),
        sa.CheckConstraint("(faite_le IS NULL) = (faite_par IS NULL)", name=op.f("ck_tache_faite")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_tache_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_tache_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(["pour_id"], ["compte.id"], name=op.f("fk_tache_pour_id_compte")),
        sa.ForeignKeyConstraint(
            ["echeance_id"], ["echeance.id"], name=op.f("fk_tache_echeance_id_echeance")
        ),
        sa.ForeignKeyConstraint(
            ["auteur_id"], ["compte.id"], name=op.f("fk_tache_auteur_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["faite_par_id"], ["compte.id"], name=op.f("fk_tache_faite_par_id_compte")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tache")),
        sa.UniqueConstraint("organisme_id", "cle", name=op.f("uq_tache_organisme_id_cle")),
        sa.UniqueConstraint("echeance_id", "pour_le", name=op.f("uq_tache_echeance_id_pour_le")),
    )
    still_open = sa.text("faite_le IS NULL")
    _partial("ix_tache_pour", "tache", ["organisme_id", "pour_id", "pour_le", "id"], still_open)
    _partial("ix_tache_ouverte", "tache", ["organisme_id", "pour_le", "id"], still_open)
    done = sa.text("faite_le IS NOT NULL")
    _partial("ix_tache_faite", "tache", ["organisme_id", "faite_par_id", "faite_le"], done)
    op.create_index("ix_tache_dossier", "tache", ["dossier_id", "id"])


def _readiness() -> None:
    op.add_column("dossier", sa.Column("pret_pour", sa.String(40), nullable=True))
    op.add_column("dossier", sa.Column("pret_depuis", sa.DateTime(timezone=True), nullable=True))
    # Nobody has looked yet: the first change of a dossier tells where it stands, not what is new.
    op.execute("UPDATE dossier SET pret_pour = ''")
    stands = ["pipeline", "stage", "stage_since", "id"]
    op.create_index("ix_dossier_arret", "dossier", ["organisme_id", *stands])
    op.create_index(
        "ix_dossier_arret_referent", "dossier", ["organisme_id", "referent_id", *stands]
    )
    ready = sa.text("pret_depuis IS NOT NULL")
    _partial("ix_dossier_pret", "dossier", ["organisme_id", "pret_depuis", "id"], ready)


def _due_work() -> None:
    to_come = sa.text("state = 'prevue'")
    _partial("ix_echeance_regle", "echeance", ["kind", "rule", "due_at"], to_come)
    _partial("ix_echeance_organisme", "echeance", ["tenant_id", "due_at", "id"], to_come)
    op.create_index("ix_rendez_vous_jour", "rendez_vous", ["organisme_id", "le"])


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
