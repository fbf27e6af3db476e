"""What « Pilotage » counts, kept by month; a list of one département goes along its referents."""

from __future__ import annotations

from alembic import op

from api.migrations.pilotage_1 import filling, statements
from api.migrations.types import as_driver_takes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for statement in (*statements(dialect), *filling(dialect)):
        connection.exec_driver_sql(as_driver_takes(statement, dialect))
