"""(b) What can be done on a dossier, and why the rest cannot: `actions()` on a real pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable

from api.composition import build_engine
from benchmarks.orders import COMPTE, COMPTE_NOM, NOW, ORGANISME, ROLE
from benchmarks.places import filled_database
from benchmarks.rounds import Rates, interleave
from grants.dossiers.reading import read_subject, situation_of
from grants.organisation.identity import Identity
from workflow.database import Database
from workflow.engine import Engine
from workflow.guards import Situation

LOADED, WITH_LOADING = "faits déjà lus", "lecture du dossier et des faits comprise"
_DOSSIER = 1


def measure(kind: str, rounds: int, calls: int) -> Rates:
    """Calls per second on a dossier that waits for its decision, with and without its reading."""
    engine, identity = build_engine(), Identity(ORGANISME, COMPTE, COMPTE_NOM, ROLE)
    with filled_database(kind, 100) as (url, _orders):
        database = Database(url)
        situation = _read(database, engine, identity)

        def look() -> None:
            engine.actions(situation)

        def read_and_look() -> None:
            engine.actions(_read(database, engine, identity))

        rates = interleave(
            {
                LOADED: lambda: _rate(look, calls),
                WITH_LOADING: lambda: _rate(read_and_look, calls // 10),
            },
            rounds,
        )
        database.dispose()
        return rates


def _read(database: Database, engine: Engine, identity: Identity) -> Situation:
    with database.reading() as session:
        connection = session.connection()
        subject = read_subject(connection, engine, ORGANISME, _DOSSIER, lock=False)
        facts = engine.facts_needed(subject)
        return situation_of(connection, engine, subject, identity, NOW, facts)


def _rate(call: Callable[[], None], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return calls / (time.perf_counter() - start)
