"""The list as a file: how long it takes, when its first bytes leave, what memory it holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from api.composition import default_engine
from api.exports.csv_text import csv_file
from api.exports.values import COLUMNS, Rows, rows_of
from api.exports.xlsx import xlsx_file
from api.presentation.listed_columns import Column
from benchmarks.orders import NOW, ORGANISME
from benchmarks.places import filled_database
from grants.dossiers.filters import Filters
from grants.dossiers.tables import Dossier
from workflow.database import Database, table_of

SIZES, QUICK_SIZES = (10_000, 100_000), (1_000, 5_000)
TITLE = "Exporter la liste"
TEXT = """\
Tous les dossiers d'un organisme, toutes les colonnes (vingt), lus par tranches et écrits à mesure.
*Premiers octets* : l'attente avant que le téléchargement commence. *Mémoire ajoutée* : de combien
le pic du processus dépasse ce qu'il tenait avant l'export ; elle ne doit pas suivre le nombre de
lignes.
"""
HEADER = ("Fichier", "Lignes", "Temps", "Premiers octets", "Taille", "Mémoire ajoutée")
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_AT_ONCE = 5000
_D = table_of(Dossier)
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

Writing = Callable[[Sequence[Column], Rows], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ExportResult:
    """One file: seconds, seconds to its first bytes, its size, and the memory added, in MB."""

    kind: str
    file: str
    rows: int
    seconds: float
    first: float
    megabytes: float
    memory: float


def measure(kind: str, sizes: tuple[int, ...]) -> list[ExportResult]:
    """Each file at each size; a small one first, so that nothing is loaded on the way."""
    found: list[ExportResult] = []
    for size in sizes:
        with filled_database(kind, 1) as (url, _orders):
            database = Database(url)
            _multiply(database, size)
            files: dict[str, Writing] = {
                "XLSX": lambda columns, rows: xlsx_file("Dossiers", columns, rows),
                "CSV": csv_file,
            }
            for name, write in files.items():
                _write(database, write, f"MP-2026-{size:06d}")
                found.append(_one(kind, name, size, database, write))
            database.dispose()
    return found


def rows(results: Sequence[ExportResult]) -> list[list[str]]:
    """The lines of the report."""
    return [
        [
            f"{each.file}, {_KINDS[each.kind]}",
            f"{each.rows:_}".replace("_", "\u202f"),
            f"{each.seconds:.1f} s".replace(".", ","),
            f"{1000 * each.first:.0f} ms",
            f"{each.megabytes:.1f} Mo".replace(".", ","),
            f"{each.memory:.1f} Mo".replace(".", ","),
        ]
        for each in results
    ]


def _one(kind: str, name: str, size: int, database: Database, write: Writing) -> ExportResult:
    _CLEAR.write_text("5", "ascii")  # the peak is counted from here
    before, began = _memory("VmRSS"), time.perf_counter()
    first, written = _write(database, write)
    seconds = time.perf_counter() - began
    memory = max(0.0, _memory("VmHWM") - before)
    return ExportResult(kind, name, size, seconds, first, written / 1e6, memory)


def _write(database: Database, write: Writing, text: str = "") -> tuple[float, int]:
    """Write the whole file to nowhere; when its first bytes came, and how many came."""
    began, first, written = time.perf_counter(), 0.0, 0
    read = rows_of(database, default_engine(), ORGANISME, Filters(text=text), COLUMNS, NOW.date())
    for block in write(COLUMNS, read):
        first = first or time.perf_counter() - began
        written += len(block)
    return first, written


def _multiply(database: Database, size: int) -> None:
    """As many copies of the dossier that is there, each with its reference."""
    with database.unit_of_work() as session:
        connection = session.connection()
        model = dict(connection.execute(select(_D)).mappings().one())
        for start in range(2, size + 1, _AT_ONCE):
            ids = range(start, min(start + _AT_ONCE, size + 1))
            copies = [{**model, "id": id, "reference": f"MP-2026-{id:06d}"} for id in ids]
            connection.execute(insert(_D), copies)


def _memory(name: str) -> float:
    """A figure of this process, in MB."""
    line = next(line for line in _STATUS.read_text("ascii").splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
