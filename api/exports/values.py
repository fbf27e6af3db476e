"""The rows of an export, and what makes a text dangerous in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from api.presentation.listed_columns import BY_KEY, COLUMNS, FIRST, Column, Value, on_screen, tell
from grants.dossiers.details import lines_after
from grants.dossiers.filters import Filters
from workflow.database import Database
from workflow.engine import Engine

#: How many dossiers are read at once: one short reading transaction each, and never a long lock.
SLICE = 1000
#: A text that begins so is taken for a formula by a spreadsheet that reads it from a CSV file.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
#: Whole numbers that are written with two decimals.
IN_HUNDREDTHS = frozenset({"montant", "heures"})
_HEADINGS = {FIRST: "Projet", "depuis": "À cette étape depuis"}

Rows = Iterable[Sequence[Value]]


def columns_to_export(keys: Iterable[str], *, every: bool) -> tuple[Column, ...]:
    """All the columns, or those on screen, what stands together there each in its own."""
    if every:
        return COLUMNS
    first = (BY_KEY["reference"], BY_KEY["structure"])
    shown = on_screen(keys)
    return (*first, *shown, BY_KEY["etiquettes"])


def heading(column: Column) -> str:
    """What stands above a column of the file."""
    return _HEADINGS.get(column.key, column.label)


def rows_of(
    database: Database,
    engine: Engine,
    organisme_id: int,
    filters: Filters,
    columns: Sequence[Column],
    today: date,
) -> Iterator[list[Value]]:
    """The values of every dossier that the filters keep, newest first."""
    last: int | None = None
    while True:
        with database.reading() as session:
            connection = session.connection()
            lines = lines_after(connection, organisme_id, filters, last, SLICE)
            told = tell(connection, engine, organisme_id, lines, columns, today)
        for each in told:
            yield [column.value(each) for column in columns]
        if len(lines) < SLICE:
            return
        last = lines[-1].id


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula."""
    return text.startswith(DANGEROUS)
