"""Reminders that are due among a million échéances: claimed, written to the outbox, done."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from benchmarks.date_jobs import date_jobs
from benchmarks.orders import ORGANISME
from benchmarks.peers.sweep_by_hand import RULE, SweepOnPostgresql, SweepOnSqlite
from benchmarks.places import empty_database, is_sqlite
from benchmarks.rounds import Rates, interleave
from benchmarks.seeding import _dossier, _seed_organisme, _write_past, tidy
from tests.builders.databases import build_schema
from workflow.database import Database, table_of

TITLE = "Les rappels dus"
HOUSE, BY_HAND, DATE_JOBS = "Microprojets", "SQL écrit à la main", "APScheduler, tâches datées"
IDLE, QUERY = "tour d'horloge à vide", "la même question seule"
OF_SQL, TIMES_DATE_JOBS, IDLE_AT_MOST = 0.6, 10.0, 2.0
#: Nine in Paris, a Tuesday of October: each round is due a minute after the one before.
BEGIN = datetime(2026, 10, 6, 7, tzinfo=UTC)
PROCESSES = (1, 4)
ROUNDS = 5
#: Rounds, reminders in each, échéances in all.
FULL, QUICK = (ROUNDS, 400, 1_000_000), (2, 100, 20_000)


HEADER = (
    *("Base", "Processus", "Microprojets /s", "SQL à la main /s", "÷ SQL à la main"),
    *("× tâches datées", "Tour à vide ÷ question seule"),
)
TEXT = """\
Un million d'échéances, dont plus de dix mille dues : chacune est retrouvée, son dossier et son
porteur verrouillés, sa cause vérifiée, sa lettre écrite dans la boîte d'envoi avec les données dont
elle sera faite, le journal chaîné, l'échéance close. Chaque série en traite une part ; les
processus se la partagent sans rien faire deux fois.

- *SQL à la main* : les mêmes instructions, dans le même ordre et par mêmes lots, sur le pilote nu.
- *Tâches datées* : APScheduler, une tâche par rappel, dans son propre magasin ; chacune fait le
  même travail, à la main, dans sa propre transaction. Un seul processus, comme il le demande, et
  autant de fils d'exécution que les autres ont de processus.
- *Tour à vide* : rien n'est dû. En face, la même question posée seule sur une connexion ouverte.

Les rappels se traitent par lots de 250 personnes, une transaction chacun : une question pour tous
les dossiers, une pour toutes les personnes, une pour chaque fait et pour ce que disent les
lettres, puis six écritures ; sur PostgreSQL, six instructions qui reçoivent des tableaux. Une
tâche datée valide une transaction par rappel, et APScheduler une de plus pour l'oublier : le
rapport des deux suit le prix d'une écriture durable. Sur SQLite, un seul processus balaie à la
fois, les autres lui laissent la place.

Essayé pour aller plus vite : lire les rappels dus par leur moment (par leur nature, SQLite lisait
ceux du million entier) ; questions et écritures par lots ; tableaux en binaire (en clair, le texte
des lettres, plein de guillemets, doublait le temps d'un rappel sur PostgreSQL) ; règles, libellés
et champs préparés une fois par lot ou par dispositif. Arrêter le ramasse-miettes, ou laisser de la
place dans les pages de PostgreSQL, n'a presque rien donné. Du temps de calcul d'un rappel sur
SQLite, près d'un tiers est la base, un sixième le JSON et les empreintes, le reste les règles et
les objets qu'elles lisent ; à la main, la moitié de ce temps suffit.
"""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What each peer did per second on one kind of database, by how many processes."""

    kind: str
    processes: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class IdleResult:
    """What an idle tick costs, in seconds, beside the one query that it asks."""

    kind: str
    tick: float
    query: float


@dataclass(frozen=True, slots=True)
class SweepMeasures:
    """What one kind of database gave."""

    swept: Sequence[SweepResult]
    idle: IdleResult


def measure(kind: str, rounds: int, each: int, echeances: int) -> SweepMeasures:
    """Interleaved rounds of due reminders, swept or by date jobs, then an idle clock."""
    slices = (rounds + 1) * 3 * len(PROCESSES)
    with empty_database(kind) as url:
        build_schema(url)
        database = Database(url)
        seed_echeances(database, slices * each, each, echeances)
        moments = iter(range(slices))
        swept = [
            SweepResult(kind, many, _rates(url, many, rounds, each, moments)) for many in PROCESSES
        ]
        found = SweepMeasures(swept, _idle(database, kind))
        database.dispose()
    return found


def rows(
    found: Sequence[SweepMeasures],
    rate: Callable[[Rates, str], str],
    at_least: Callable[[float, float], str],
    at_most: Callable[[float, float], str],
) -> list[list[str]]:
    """The lines of the report, one for each kind of database and number of processes."""
    told: list[list[str]] = []
    for each in found:
        for swept in each.swept:
            alone = swept.processes == 1
            told.append(
                [
                    swept.kind,
                    str(swept.processes),
                    *(rate(swept.rates, name) for name in (HOUSE, BY_HAND)),
                    at_least(swept.rates.ratio(HOUSE, BY_HAND), OF_SQL),
                    at_least(swept.rates.ratio(HOUSE, DATE_JOBS), TIMES_DATE_JOBS)
                    if DATE_JOBS in swept.rates.by_peer
                    else "à mesurer",
                    at_most(each.idle.tick / each.idle.query, IDLE_AT_MOST) if alone else "",
                ]
            )
    return told


def _rates(url: str, many: int, rounds: int, each: int, moments: Any) -> Rates:
    def due_now() -> datetime:
        return BEGIN + timedelta(minutes=next(moments))

    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(many, spawn, initializer=_open, initargs=(url,)) as pool:

        def rate(work: Callable[[str, datetime], int]) -> float:
            now = due_now()
            start = time.perf_counter()
            done = sum(pool.map(work, [url] * many, [now] * many))
            taken = time.perf_counter() - start
            if done != each:
                raise RuntimeError(f"{work}: {done} rappels au lieu de {each}")
            return each / taken

        return interleave(
            {
                HOUSE: lambda: rate(_house),
                BY_HAND: lambda: rate(_hand),
                DATE_JOBS: lambda: date_jobs(url, due_now(), many),
            },
            rounds,
        )


_OPENED: dict[str, Any] = {}


def _open(url: str) -> None:
    """What a process works with, made once."""
    from api.composition import default_engine

    # As `manage.py run` does: what the program is made of is not looked through for garbage.
    gc.freeze()
    peer = SweepOnSqlite(url) if is_sqlite(url) else SweepOnPostgresql(url)
    _OPENED[url] = Database(url), default_engine(), peer


def _house(url: str, now: datetime) -> int:
    from grants.relances.service import sweep

    database, engine, _peer = _OPENED[url]
    done = 0
    while swept := sweep(database, engine, now).reminders:
        done += swept
    return done


def _hand(url: str, now: datetime) -> int:
    return _OPENED[url][2].sweep(now)


def _idle(database: Database, kind: str) -> IdleResult:
    """Before anything is due: the whole sweep, and the question alone on a connection at hand."""
    from api.composition import default_engine
    from grants.relances.service import sweep

    engine, before = default_engine(), BEGIN - timedelta(days=1)
    question = text("SELECT 1 FROM echeance WHERE state = 'prevue' AND due_at <= :now LIMIT 1")
    now = before.replace(tzinfo=None) if database.is_sqlite else before

    def ask() -> None:
        with database.engine.connect() as connection:
            connection.execute(question, {"now": str(now) if database.is_sqlite else now}).first()

    found = interleave(
        {
            IDLE: lambda: _per_second(lambda: sweep(database, engine, before)),
            QUERY: lambda: _per_second(ask),
        },
        ROUNDS,
    )
    return IdleResult(kind, 1 / found.median(IDLE), 1 / found.median(QUERY))


def _per_second(run: Callable[[], object], times: int = 500) -> float:
    start = time.perf_counter()
    for _ in range(times):
        run()
    return times / (time.perf_counter() - start)


# --- A million échéances ------------------------------------------------------------------------


def seed_echeances(database: Database, due: int, each: int, echeances: int) -> None:
    """That many dossiers with a reminder each, `each` of them due a minute; the rest far away."""
    from grants.dossiers.tables import Dossier
    from grants.organisation.tables import Personne

    people, dossiers = table_of(Personne), table_of(Dossier)
    with database.unit_of_work() as session:
        connection = session.connection()
        _seed_organisme(connection)
        ids = list(range(1, due + 1))
        more = [_person(id) for id in ids if id > _KNOWN]
        if more:
            connection.execute(insert(people), more)
        connection.execute(insert(dossiers), [_contact(connection, id) for id in ids])
        _plan(connection, due, each, echeances)
    tidy(database)


#: Those that the seeding of an organisme already makes.
_KNOWN = 50


def _person(id: int) -> dict[str, Any]:
    name = f"Porteur n° {id}"
    email = f"porteur{id}@example.org"
    return {"id": id, "organisme_id": ORGANISME, "nom": name, "nom_cle": name, "email": email}


def _contact(connection: Connection, id: int) -> dict[str, Any]:
    """A dossier at its first stage, with a porteur of its own."""
    row = _dossier(id, _write_past(connection, id))
    return {**row, "porteur_id": id, "stage": "contact", "trail": "1:contact", "seance_id": None}


def _plan(connection: Connection, due: int, each: int, echeances: int) -> None:
    """One échéance that is due for each dossier, the rest of the million in years to come."""
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
        " SELECT {} FROM n"
    )
    sqlite = connection.dialect.name == "sqlite"
    columns = (
        "tenant_id, subject_kind, subject_id, kind, rule, occurrence, due_at, anchored_on, state,"
        " moved_by_hand, planned_seq"
    )
    begin, far = BEGIN.isoformat(" "), (BEGIN + timedelta(days=400)).isoformat(" ")

    def moment(start: str, minutes: str) -> str:
        if sqlite:
            return (
                f"strftime('%Y-%m-%d %H:%M:%S.000000', '{start}', '+' || ({minutes}) || ' minutes')"
            )
        return f"timestamptz '{start}' + ({minutes}) * interval '1 minute'"

    day, false = ("'2026-09-15'", "0") if sqlite else ("date '2026-09-15'", "false")
    for many, rule, first, at in (
        (due, RULE, "i", moment(begin, f"(i - 1) / {each}")),
        (echeances - due, "a_venir", f"i + {due}", moment(far, "i % 500000")),
    ):
        values = (
            f"{ORGANISME}, 'dossier', {first}, 'relance', '{rule}', 1, {at}, {day}, 'prevue',"
            f" {false}, 4"
        )
        sql = f"INSERT INTO echeance ({columns}) " + series.format(values)
        connection.execute(text(sql), {"many": many})
