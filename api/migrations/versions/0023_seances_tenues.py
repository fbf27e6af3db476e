"""A vote noted aloud may be taken back; whoever leaves a séance may come back to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("passage") as table:
        table.add_column(
            sa.Column("version_retiree", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    with op.batch_alter_table("presence_seance") as table:
        table.add_column(
            sa.Column("absences", sa.Text(), nullable=False, server_default=sa.text("'[]'"))
        )
