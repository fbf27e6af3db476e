"""An avis names no amount where none was asked; a comité's nature is one of its rules."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_AMOUNT = "montant IS NULL OR retenue = 'retenu'"
_BEFORE = ("preparation", "reportee")


def upgrade() -> None:
    with op.batch_alter_table("decision") as table:
        # On SQLite the copy of the table would keep the old constraint, which it cannot name.
        if op.get_bind().dialect.name == "postgresql":
            table.drop_constraint(op.f("ck_decision_montant"), type_="check")
        table.create_check_constraint(op.f("ck_decision_montant"), sa.text(_AMOUNT))
    _nature("comite", "SELECT id, nature, regles FROM comite")
    _nature(
        "seance",
        "SELECT seance.id, comite.nature, seance.regles FROM seance"
        " JOIN comite ON comite.id = seance.comite_id WHERE seance.stage IN :before",
    )


def _nature(table: str, query: str) -> None:
    """What a comité does is told with its rules: séances already convened keep theirs."""
    connection = op.get_bind()
    asked = sa.text(query)
    if ":before" in query:
        asked = asked.bindparams(sa.bindparam("before", _BEFORE, expanding=True))
    for row in connection.execute(asked).mappings().all():
        connection.execute(
            sa.text(f"UPDATE {table} SET regles = :rules WHERE id = :id"),  # noqa: S608
            {"rules": _with(row["regles"], row["nature"]), "id": row["id"]},
        )


def _with(rules: str, nature: str) -> str:
    try:
        return json.dumps(json.loads(rules or "{}") | {"nature": nature}, sort_keys=True)
    except ValueError:
        return rules
