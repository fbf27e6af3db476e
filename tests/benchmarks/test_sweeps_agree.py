"""The sweep by hand of the benchmarks does all that the house does: it leaves the same rows."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from sqlalchemy import text

from api.composition import default_engine
from benchmarks.peers.sweep_by_hand import SweepOnPostgresql, SweepOnSqlite
from benchmarks.sweeps import BEGIN, seed_echeances
from grants.dossiers.tables import Dossier
from grants.relances.service import sweep
from tests.builders.databases import Databases, build_schema
from workflow.database import Database, table_of
from workflow.journal_check import verify

DUE, LATER = 3, 4
#: What a sweep writes; what is drawn at random, and what is made of it, apart.
WRITTEN = {
    "courrier": "",
    "courrier_rappel": "",
    "echeance": "",
    "journal": "payload_digest hash head",
    "journal_payload": "salt",
    "dossier": "head",
    "cadence": "",
    "tache": "",
}


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    database, found = Database(url), {}
    with database.reading() as session:
        checked = verify(session.connection(), {"dossier": table_of(Dossier)})
        assert checked.sound, checked.findings
        for table, drawn in WRITTEN.items():
            lines = session.connection().execute(text(f"SELECT * FROM {table}")).mappings()
            kept = [{k: v for k, v in line.items() if k not in drawn.split()} for line in lines]
            found[table] = sorted(kept, key=repr)
    database.dispose()
    return found


def test_the_house_and_sql_by_hand_leave_the_same_rows(
    databases: Databases, database_kind: str
) -> None:
    engine = default_engine()
    with ExitStack() as stack:
        urls = [stack.enter_context(databases.fresh(database_kind, build_schema)) for _ in range(2)]
        for url in urls:
            database = Database(url)
            seed_echeances(database, DUE, DUE, DUE + LATER)
            if url == urls[0]:
                assert sweep(database, engine, BEGIN).reminders == DUE
            database.dispose()
        peer = SweepOnSqlite if database_kind == "sqlite" else SweepOnPostgresql
        by_hand = peer(urls[1])
        assert by_hand.sweep(BEGIN) == DUE
        by_hand.close()
        ours, theirs = map(rows, urls)
    assert len(ours["courrier"]) == len(ours["courrier_rappel"]) == DUE
    assert (
        sorted(each["state"] for each in ours["echeance"]) == ["faite"] * DUE + ["prevue"] * LATER
    )
    for table in WRITTEN:
        assert ours[table] == theirs[table], table
