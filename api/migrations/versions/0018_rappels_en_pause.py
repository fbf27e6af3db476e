"""The reminders that wait to be resumed are found by their organisme and date, for the agenda."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    held = sa.text("state = 'suspendue'")
    op.create_index(
        "ix_echeance_en_pause",
        "echeance",
        ["tenant_id", "due_at", "id"],
        sqlite_where=held,
        postgresql_where=held,
    )
