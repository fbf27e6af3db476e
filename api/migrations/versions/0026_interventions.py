"""The time that staff spend on structures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NAME = "intervention"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("dossier_id", BigId, nullable=True),
        sa.Column("dispositif", sa.String(40), nullable=False),
        sa.Column("nature", sa.String(40), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("km", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("retiree_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
        _check("minutes", "minutes BETWEEN 1 AND 1440"),
        _check("km", "km BETWEEN 0 AND 2000"),
        _check("sujet", "structure_id IS NOT NULL OR dossier_id IS NOT NULL"),
        *(_ref(each) for each in ("organisme", "compte", "structure", "dossier")),
    )
    for name, columns in (
        ("jour", ["organisme_id", "compte_id", "le", "id"]),
        ("liste", ["organisme_id", "le", "id"]),
        ("structure", ["structure_id", "le"]),
        ("dossier", ["dossier_id", "le"]),
    ):
        op.create_index(f"ix_intervention_{name}", _NAME, columns)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_intervention_{name}"))


def _ref(parent: str) -> sa.ForeignKeyConstraint:
    column, name = f"{parent}_id", op.f(f"fk_intervention_{parent}_id_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name)
