"""The types that several migrations write. They never change: a migration stays what it was."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer

#: Identifiers and amounts: 64 bits on PostgreSQL; INTEGER on SQLite, where it is as wide.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def as_driver_takes(statement: str, dialect: str) -> str:
    """SQL for `exec_driver_sql`: PostgreSQL's driver reads a percent sign as a parameter's."""
    return statement if dialect == "sqlite" else statement.replace("%", "%%")
