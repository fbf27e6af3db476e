"""The members of the association, and what each owes and pays for a year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adherent",
        sa.Column("id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("personne_id", BigId, nullable=True),
        sa.Column("college", sa.String(80), nullable=True),
        sa.Column("nature_iae", sa.String(20), nullable=True),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        _check("adherent", "dates", "fin IS NULL OR fin >= debut"),
        _check("adherent", "qui", "(structure_id IS NULL) <> (personne_id IS NULL)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adherent")),
        *(_ref("adherent", each) for each in ("organisme", "structure", "personne")),
    )
    op.create_index("ix_adherent_liste", "adherent", ["organisme_id", "debut"])
    op.create_index("ix_adherent_structure", "adherent", ["structure_id"])
    op.create_index("ix_adherent_personne", "adherent", ["personne_id"])
    op.create_table(
        "cotisation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("adherent_id", BigId, nullable=False),
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("due", BigId, nullable=False),
        sa.Column("payee", BigId, nullable=False),
        sa.Column("payee_le", sa.Date(), nullable=True),
        _check("cotisation", "due", "due >= 0"),
        _check("cotisation", "payee", "payee >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cotisation")),
        sa.UniqueConstraint("adherent_id", "annee", name=op.f("uq_cotisation_adherent_id_annee")),
        *(_ref("cotisation", each) for each in ("organisme", "adherent")),
    )
    op.create_index("ix_cotisation_annee", "cotisation", ["organisme_id", "annee"])


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _ref(table: str, parent: str) -> sa.ForeignKeyConstraint:
    column, name = f"{parent}_id", op.f(f"fk_{table}_{parent}_id_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name)
