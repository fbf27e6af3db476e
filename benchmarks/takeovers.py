"""Taking ten thousand dossiers over from a workbook: read, checked, written, taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from api.composition import default_engine
from benchmarks.orders import NOW
from benchmarks.places import empty_database
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Identity
from grants.reprise import running
from grants.reprise.queries import read_reprise
from grants.reprise.service import Sent, launch_check, launch_undo, launch_write, receive
from tests.builders.databases import build_schema
from tests.builders.offices import make_office
from tests.builders.tables_sent import xlsx_of
from workflow.database import Database, table_of

ROWS, QUICK_ROWS = 10_000, 500
LONGEST_S = 60.0
TITLE = "Reprendre dix mille dossiers"
TEXT = """\
Un classeur XLSX d'un dossier par ligne, chacun avec sa structure, son porteur, ses montants et les
dates de ses six étapes : lu et vérifié (l'essai à blanc), puis écrit en une seule transaction avec
son journal, puis annulé. Rien d'autre n'est compté que ce travail, qui se fait après la réponse à
l'écran. Visé : moins d'une minute pour lire, vérifier et écrire.
"""
HEADER = ("Base", "Lignes", "Vérifier", "Écrire", "Vérifier et écrire", "Annuler")
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_SUBJECT = "dossiers-microprojets"
_TITLES = (
    *("Projet", "Association", "Porteur", "Mail", "Étape", "Contact", "Accueil"),
    *("Accompagnement", "CTS", "Sélectionné", "Suivi", "Montant demandé", "Montant accordé"),
    *("Début", "Fin"),
)
_FIRST = date(2005, 1, 3)


@dataclass(frozen=True, slots=True)
class TakeoverResult:
    """Seconds to check, to write and to take back a file of that many rows."""

    kind: str
    rows: int
    check: float
    write: float
    undo: float


def measure(kind: str, size: int) -> TakeoverResult:
    """One file, on an organisme that has nothing yet."""
    with empty_database(kind) as url:
        build_schema(url)
        database = Database(url)
        try:
            return _take_over(kind, database, size)
        finally:
            database.dispose()


def rows(results: Sequence[TakeoverResult], at_most: Callable[[float], str]) -> list[list[str]]:
    """The lines of the report."""
    return [
        [
            _KINDS[each.kind],
            f"{each.rows:_}".replace("_", "\u202f"),
            *(f"{seconds:.1f} s".replace(".", ",") for seconds in (each.check, each.write)),
            at_most(each.check + each.write),
            f"{each.undo:.1f} s".replace(".", ","),
        ]
        for each in results
    ]


def _take_over(kind: str, database: Database, size: int) -> TakeoverResult:
    engine = default_engine()
    with database.unit_of_work() as session:
        identity = make_office(session).identity()
    content = xlsx_of(_TITLES, *(_row(number) for number in range(size)))
    with database.unit_of_work() as session:
        sent = Sent(_SUBJECT, "suivi.xlsx", content)
        id = receive(session, engine, identity, sent, NOW)
    job = running.Job(database, engine, identity, id, lambda: NOW)
    chosen = running.reading_of(_told(database, identity, id)["lecture"]).chosen
    raw = {f"colonne-{index}": key for index, key in chosen.items()}
    with database.unit_of_work() as session:
        launch_check(session, engine, identity, id, raw, NOW)
    checked = _timed(lambda: running.check(job))
    with database.unit_of_work() as session:
        launch_write(session, identity, id, NOW)
    written = _timed(lambda: running.write(job))
    _expect(database, identity, id, "faite", size)
    with database.unit_of_work() as session:
        launch_undo(session, identity, id, NOW)
    undone = _timed(lambda: running.undo(job))
    _expect(database, identity, id, "annulee", 0)
    return TakeoverResult(kind, size, checked, written, undone)


def _row(number: int) -> tuple[object, ...]:
    began = _FIRST + timedelta(days=number % 1_400)
    days = [began + timedelta(days=ahead) for ahead in (0, 20, 50, 110, 112, 140)]
    return (
        f"Atelier solidaire {number}",
        f"Association {number}",
        f"Anne Exemple {number}",
        f"porteur{number}@exemple.fr",
        "Suivi",
        *(f"{day:%d/%m/%Y}" for day in days),
        20_000,
        18_000,
        f"{days[-1]:%d/%m/%Y}",
        f"{days[-1] + timedelta(days=180):%d/%m/%Y}",
    )


def _told(database: Database, identity: Identity, id: int) -> dict[str, str]:
    with database.reading() as session:
        return read_reprise(session.connection(), identity.organisme_id, id)


def _expect(database: Database, identity: Identity, id: int, etat: str, dossiers: int) -> None:
    """What was measured was done: nothing is timed that failed early."""
    row = _told(database, identity, id)
    with database.reading() as session:
        query = select(func.count()).select_from(table_of(Dossier))
        counted = session.connection().execute(query).scalar_one()
    if (row["etat"], counted) != (etat, dossiers):
        message = f"{row['etat']}, {counted} dossiers: {row['message']} {row['bilan'][:300]}"
        raise RuntimeError(message)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
