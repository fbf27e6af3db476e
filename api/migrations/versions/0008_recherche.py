"""Everything can be found by its words: an index that triggers keep."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection, text

from api.migrate import SearchMissing
from api.migrations.recherche_1 import filling, statements
from api.migrations.types import as_driver_takes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    if dialect == "sqlite" and not _has_fts5(connection):
        raise SearchMissing
    for statement in (*statements(dialect), *filling(dialect)):
        connection.exec_driver_sql(as_driver_takes(statement, dialect))


def _has_fts5(connection: Connection) -> bool:
    modules = text("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
    return connection.execute(modules).first() is not None
