"""The report as plain text: a line for each figure, for a terminal or an e-mail."""

from __future__ import annotations

from collections.abc import Iterator

from grants.rapport.activite.model import Report, Told, Value
from grants.rapport.activite.periodes import name_of
from grants.rapport.activite.units import NOTHING, Unit, written

_MOST_PARTS = 20


def plain_report(report: Report) -> str:
    """Every figure, chapter by chapter, with that of the period before."""
    lines = [f"{report.organisme}, rapport d’activité : {name_of(report.period)}"]
    lines.append(f"(entre parenthèses : {name_of(report.previous)})")
    for chapter, figures in report.chapters:
        lines += ["", chapter.label, "=" * len(chapter.label)]
        lines += _chapter(figures)
    return "\n".join(lines) + "\n"


def _chapter(figures: tuple[Told, ...]) -> Iterator[str]:
    group = ""
    for told in figures:
        if told.figure.group != group:
            group = told.figure.group
            yield ""
            yield group
        yield f"  {told.figure.label} : {value_words(told)}{_before(told)}"
        for part in told.value.parts[:_MOST_PARTS]:
            yield f"    - {part.label} : {written(told.figure.unit, part.amount)}"


def value_words(told: Told) -> str:
    """« 3 641 € (moyenne sur 34) »."""
    words = amount_words(told.figure.unit, told.value)
    return f"{words}, {told.value.note}" if told.value.note else words


def amount_words(unit: Unit, value: Value) -> str:
    """« 3 641 € », without what it is made of."""
    return written(unit, value.amount, value.out_of)


def _before(told: Told) -> str:
    if told.figure.steady:
        return ""
    words = amount_words(told.figure.unit, told.before)
    return "" if words == NOTHING else f" ({words})"
