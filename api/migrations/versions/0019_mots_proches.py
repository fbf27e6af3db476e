"""A misspelt word is corrected without reading every word of the organisme."""

from __future__ import annotations

from alembic import op

from api.migrations.mots_proches_1 import filling, statements
from api.migrations.types import as_driver_takes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for statement in (*statements(dialect), *filling(dialect)):
        connection.exec_driver_sql(as_driver_takes(statement, dialect))
