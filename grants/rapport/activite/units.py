"""What a figure is counted in, and how it is written: whole numbers inside, French outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from workflow.money import NO_BREAK_SPACE, format_amount, format_hundredths, group_thousands

Amount = int | str | None
_HOUR, _TENTH, _CENT = 60, 10, 100
#: What is written where there is nothing to count from.
NOTHING = "–"


class Unit(StrEnum):
    """Amounts are whole numbers of: one; cents; hundredths of a day or of a year; minutes;
    hundredths of one per cent; hundredths of a point of a scale; kilometres.
    """

    COUNT = "nombre"
    EUROS = "euros"
    DAYS = "jours"
    HOURS = "heures"
    PERCENT = "pourcentage"
    MEAN = "moyenne"
    KM = "kilometres"
    YEAR = "annee"
    YEARS = "annees"
    TEXT = "texte"


def written(unit: Unit, amount: Amount, out_of: int | None = None) -> str:
    """« 3 641 € », « 4,7 jours », « 3,4 sur 4 », « 71 % »; a dash for what nothing tells."""
    if amount is None:
        return NOTHING
    if isinstance(amount, str):
        return amount or NOTHING
    told = _WRITTEN[unit](amount)
    return f"{told}{NO_BREAK_SPACE}sur{NO_BREAK_SPACE}{out_of}" if out_of is not None else told


def rounded(part: int, whole: int) -> int:
    """`part / whole` to the nearest whole number, a half going up."""
    return (2 * part + whole) // (2 * whole)


def _followed(words: str, singular: str = "") -> Callable[[int], str]:
    def told(hundredths: int) -> str:
        word = singular if singular and abs(hundredths) < 2 * _CENT else words
        return f"{_one_decimal(hundredths)}{NO_BREAK_SPACE}{word}"

    return told


def _one_decimal(hundredths: int) -> str:
    """« 4,7 », « 9 »: means are told to a tenth."""
    tenths = rounded(abs(hundredths), _CENT // _TENTH)
    whole, tenth = divmod(tenths, _TENTH)
    sign = "−" if hundredths < 0 and tenths else ""
    return f"{sign}{group_thousands(whole)}{f',{tenth}' if tenth else ''}"


def _hours(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), _HOUR)
    sign = "−" if minutes < 0 else ""
    told = f"{sign}{group_thousands(hours)}{NO_BREAK_SPACE}h"
    return f"{told}{NO_BREAK_SPACE}{rest:02}" if rest else told


def _percent(basis_points: int) -> str:
    return f"{group_thousands(rounded(basis_points, _CENT))}{NO_BREAK_SPACE}%"


def _euros(cents: int) -> str:
    """Whole euros, as a report tells them."""
    return format_amount(rounded(cents, _CENT) * _CENT)


_WRITTEN: Mapping[Unit, Callable[[int], str]] = {
    Unit.COUNT: group_thousands,
    Unit.EUROS: _euros,
    Unit.DAYS: _followed("jours", "jour"),
    Unit.HOURS: _hours,
    Unit.PERCENT: _percent,
    Unit.MEAN: _one_decimal,
    Unit.KM: lambda km: f"{group_thousands(km)}{NO_BREAK_SPACE}km",
    Unit.YEAR: str,
    Unit.YEARS: _followed("ans", "an"),
    Unit.TEXT: format_hundredths,
}
