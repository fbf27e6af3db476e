"""A comparison is fair when every peer leaves the same rows behind: this says where they differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, select

from benchmarks.orders import Orders, Peer
from grants.comites.tables import Decision
from grants.dossiers.tables import Dossier
from notifications.courrier_table import Courrier
from notifications.webhook_tables import Annonce
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.journal_check import verify
from workflow.journal_tables import JournalEntry, JournalPayload

# What one dossier does not share with another, and wording that the pipeline's file may improve.
_OWN = {
    *("id", "reference", "head", "subject_id", "payload_digest", "hash", "idempotency_key", "salt"),
    *("porteur_id", "structure_id", "recipient_id", "recipient_name", "recipient_email", "title"),
    "event_id",
    "dossier_id",
}
_DOSSIER, _ANNONCE, _DECISION = table_of(Dossier), table_of(Annonce), table_of(Decision)
_AROUND = [table_of(each) for each in (JournalEntry, JournalPayload, Echeance, Courrier)]

Rows = dict[str, list[dict[str, Any]]]


class PeersDisagree(Exception):
    """Two peers do not write the same rows: their speeds would not compare."""


def check_agreement(database: Database, peers: Sequence[Peer], orders: Orders) -> None:
    """Let each peer move a dossier and compare all that it wrote. Raises PeersDisagree."""
    written: dict[str, Rows] = {}
    for peer in peers:
        (order,) = orders.take(1)
        peer.move(order)
        with database.reading() as session:
            written[peer.name] = rows_of(session.connection(), order.dossier_id)
    first, *others = written.items()
    for name, rows in others:
        for table in rows:
            if rows[table] != first[1][table]:
                told = f"{table}: {first[0]} {first[1][table]}\n{name} {rows[table]}"
                raise PeersDisagree(told)
    with database.reading() as session:
        checked = verify(session.connection(), {"dossier": _DOSSIER})
    if not checked.sound:
        raise PeersDisagree("; ".join(map(str, checked.findings)))


def rows_of(connection: Connection, dossier_id: int) -> Rows:
    """All that a dossier's move left, without what no two dossiers share."""
    own = _DOSSIER.c.id == dossier_id
    rows = {"dossier": _read(connection, _DOSSIER, own)}
    for table in _AROUND:
        about = and_(table.c.subject_kind == "dossier", table.c.subject_id == dossier_id)
        rows[str(table.name)] = _read(connection, table, about)
    rows["decision"] = _read(connection, _DECISION, _DECISION.c.dossier_id == dossier_id)
    told = _ANNONCE.c.event_id.like(f"dossier-{dossier_id}-%")
    rows["annonce"] = _read(connection, _ANNONCE, told)
    return rows


def _read(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    found = connection.execute(select(*table.c).where(condition).order_by(*table.primary_key))
    return [_comparable(dict(row)) for row in found.mappings()]


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    if "context" in row:
        context = row["context"] = json.loads(row["context"])
        for told, key in ((context["dossier"], "reference"), (context["action"], "libelle")):
            told.pop(key)
        for group in ("structure", "porteur"):
            context[group] = sorted(context[group])
    if "body" in row:
        body = row["body"] = json.loads(row["body"])
        del body["id"], body["dossier"]
    return {key: value for key, value in row.items() if key not in _OWN}
