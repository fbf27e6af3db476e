"""Letters leave: in what order, how fast, to whom no more; and lists of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_REASONS = "reason IN ('rebond', 'demande', 'rappels')"
_LISTS = {
    "ix_courrier_organisme": (),
    "ix_courrier_etat": ("state",),
    "ix_courrier_lettre": ("letter",),
    "ix_courrier_personne": ("recipient_id",),
}


def upgrade() -> None:
    _order()
    _suspensions()
    op.create_table(
        "cadence",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("fault", sa.String(500), nullable=True),
        sa.Column("since", _INSTANT, nullable=True),
        sa.Column("paused_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cadence")),
    )


def _order() -> None:
    for name in ("ix_courrier_waiting", "ix_courrier_organisme", "ix_courrier_etat"):
        op.drop_index(name, "courrier")
    to_send = sa.text("state = 'pret' AND channel = 'courriel'")
    op.create_index(
        "ix_courrier_waiting",
        "courrier",
        ["reminder", "due_at"],
        sqlite_where=to_send,
        postgresql_where=to_send,
    )
    for name, first in _LISTS.items():
        op.create_index(name, "courrier", ["tenant_id", *first, "created_at", "id"])


def _suspensions() -> None:
    """On SQLite the copy of the table would keep the old constraint, which it cannot name."""
    with op.batch_alter_table("adresse_suspendue") as table:
        if op.get_bind().dialect.name == "postgresql":
            table.drop_constraint(op.f("ck_adresse_suspendue_reason"), type_="check")
        table.create_check_constraint(op.f("ck_adresse_suspendue_reason"), sa.text(_REASONS))
