"""Rows of the time spent on structures, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grants.interventions.fields import NATURES
from grants.interventions.queries import Kept, Line, Total, page_of, total_of
from grants.rapport.activite.model import Column, Compute, Row, Source, Spent
from grants.rapport.activite.sight import Sight

_SLICE, _HOUR, _CENT = 1000, 60, 100
_COLUMNS = (
    Column("le", "Date", "date"),
    Column("qui", "Qui"),
    Column("structure", "Structure"),
    Column("dossier", "Dossier"),
    Column("nature", "Nature"),
    Column("heures", "Durée (heures)", "heures"),
    Column("km", "Kilomètres", "nombre"),
)


def interventions(key: str, label: str, dispositif: str | None = None) -> Source:
    """The interventions of the period: of one dispositif, or of all."""

    def read(sight: Sight) -> Iterator[Row]:
        after: int | None = None
        while True:
            kept = _kept(sight, dispositif)
            page = page_of(sight.connection, sight.organisme_id, kept, after, _SLICE)
            yield from map(_row, page.lines)
            if page.next is None:
                return
            after = page.next

    return Source(key, label, _COLUMNS, read, Spent(dispositif))


def spent(what: Callable[[Total], int], dispositif: str | None = None) -> Compute:
    """One of the totals of the same interventions, added up where they are kept."""

    def compute(sight: Sight) -> int:
        kept = _kept(sight, dispositif)
        read = lambda: total_of(sight.connection, sight.organisme_id, kept)  # noqa: E731
        return what(sight.once(("temps", dispositif), read))

    return compute


def _kept(sight: Sight, dispositif: str | None) -> Kept:
    since, until = sight.days
    return Kept(dispositif=dispositif, du=since, au=until)


def _row(line: Line) -> Row:
    about = ("structure", line.structure_id) if line.structure_id else None
    if line.dossier_id is not None:
        about = ("dossier", line.dossier_id)
    values = {
        "le": line.le,
        "qui": line.qui,
        "structure": line.structure,
        "dossier": line.reference,
        "nature": NATURES.get(line.nature, line.nature),
        "heures": round(line.minutes * _CENT / _HOUR),
        "km": line.km,
    }
    return Row(values, about)
