"""Minutes that could not be printed are tried again, and somebody is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proces_verbal") as table:
        table.add_column(
            sa.Column("essais", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        table.add_column(sa.Column("prochain_essai", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("echec", sa.String(300), nullable=True))
        table.add_column(sa.Column("tache_id", BigId, nullable=True))
