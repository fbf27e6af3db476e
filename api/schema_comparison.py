"""What the migrations make, against what the models say: down to checks, indexes and triggers.

`alembic check` compares columns and little else. Here each database's own catalogue is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, text

from api.migrate import VERSION_TABLE, apply, migrating
from api.schema import METADATA


def catalogue(connection: Connection) -> frozenset[str]:
    """One line for each column, constraint, index, trigger and function of a schema."""
    read = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return frozenset(line for line in read(connection) if VERSION_TABLE not in line)


def differences(migrated: frozenset[str], modelled: frozenset[str]) -> list[str]:
    """What one has and not the other, in French."""
    lacking = [f"dans les modèles seulement : {line}" for line in sorted(modelled - migrated)]
    extra = [f"dans les migrations seulement : {line}" for line in sorted(migrated - modelled)]
    return lacking + extra


def compare(migrated_url: str, modelled_url: str) -> list[str]:
    """Fill two empty databases of one kind, one in each way, and tell them apart."""
    with migrating(migrated_url) as connection:
        apply(connection)
        migrated = catalogue(connection)
    with migrating(modelled_url) as connection:
        METADATA.create_all(connection)
        modelled = catalogue(connection)
    return differences(migrated, modelled)


def _sqlite(connection: Connection) -> Iterator[str]:
    query = text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for kind, name, table, sql in connection.execute(query):
        if kind == "table" and sql.startswith("CREATE TABLE"):
            yield from (f"{name} : {item}" for item in _items(sql))
        else:
            yield f"{kind} {name} ({table}) : {_plain(sql)}"


def _items(create_table: str) -> Iterator[str]:
    """The columns and constraints of a CREATE TABLE, whatever their order."""
    body = create_table[create_table.index("(") + 1 : create_table.rindex(")")]
    depth, start, quoted = 0, 0, False
    for place, character in enumerate(body):
        quoted ^= character == "'"
        if quoted:
            continue
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            yield _plain(body[start:place])
            start = place + 1
    yield _plain(body[start:])


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


_POSTGRESQL = (
    # Columns: type, null or not, default.
    """SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN ' NOT NULL' END, ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped""",
    # Constraints, checks included.
    """SELECT format('%s : %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace""",
    "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    """SELECT format('%s %s', sequencename, data_type) FROM pg_sequences
    WHERE schemaname = 'public'""",
)


def _postgresql(connection: Connection) -> Iterator[str]:
    for query in _POSTGRESQL:
        for (line,) in connection.exec_driver_sql(query.replace("%", "%%")):
            yield _plain(line)
