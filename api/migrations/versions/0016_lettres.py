"""What letters are written with: civilities, who signs them, from where, under which emblems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _text("organisme", ville=120, signataire=120, signataire_qualite=120, signature_type=40)
    op.add_column("organisme", sa.Column("signature", sa.LargeBinary(), nullable=True))
    for emblem in ("embleme_europe", "embleme_france"):
        shown = sa.Column(emblem, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("organisme", shown)
    _text("adhesion", fonction=120, telephone=20)
    # Written whole: the table is altered in place, and the triggers of the search stay.
    op.execute(
        "ALTER TABLE personne ADD COLUMN civilite VARCHAR(10) CONSTRAINT ck_personne_civilite"
        " CHECK (civilite IN ('madame', 'monsieur'))"
    )


def _text(table: str, **columns: int) -> None:
    for name, room in columns.items():
        op.add_column(table, sa.Column(name, sa.String(room), nullable=True))
