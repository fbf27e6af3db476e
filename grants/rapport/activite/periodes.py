"""The periods that people report on: a year, a half, a quarter, a month, or any two days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from grants.rapport.periods import Period
from workflow.dates import FIRST_YEAR, LAST_YEAR, MONTHS, DateFault, format_date, parse_date
from workflow.errors import Invalid

_NAMED = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<kind>[SsTt])(?P<rank>\d)|(?P<month>\d{2})))?")
#: In how many parts a letter cuts the year, and what each is called.
_CUT = {"S": (2, "semestre"), "T": (4, "trimestre")}
_MONTHS = 12
_HOW = "Écrivez une période comme 2009, 2009-S1, 2009-T3 ou 2009-06."
_BACKWARDS = "La période finirait avant de commencer. Corrigez l’une des deux dates."


def read_period(pairs: Mapping[str, str], today: date) -> Period:
    """What an address or a command asks for; the present year without anything.

    Raises Invalid, by the name of each fault: `periode`, `du`, `au`.
    """
    days: dict[str, date] = {}
    faults: dict[str, str] = {}
    for name in ("du", "au"):
        if pairs.get(name, "").strip():
            try:
                days[name] = parse_date(pairs[name])
            except DateFault as fault:
                faults[name] = str(fault)
    if not faults and len(days) == 1:
        missing = "au" if "du" in days else "du"
        faults[missing] = "Donnez les deux dates de la période."
    if len(days) > 1 and days["du"] > days["au"]:
        faults["au"] = _BACKWARDS
    if faults:
        raise Invalid(faults)
    if days:
        return Period(days["du"], days["au"])
    return named_period(pairs.get("periode", "").strip() or str(today.year))


def named_period(text: str) -> Period:
    """« 2009 », « 2009-S1 », « 2009-T3 », « 2009-06 ». Raises Invalid."""
    found = _NAMED.fullmatch(text)
    year = int(found["year"]) if found else 0
    if found is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid({"periode": _HOW})
    parts, rank = 1, 1
    if found["month"]:
        parts, rank = _MONTHS, int(found["month"])
    elif found["kind"]:
        parts, rank = _CUT[found["kind"].upper()][0], int(found["rank"])
    if not 1 <= rank <= parts:
        raise Invalid({"periode": _HOW})
    length = _MONTHS // parts
    return _months(year * _MONTHS + (rank - 1) * length, length)


def previous(period: Period) -> Period:
    """The period before, as long: so many months where it is whole months, else so many days."""
    since, until = bounds(period)
    after = until + timedelta(days=1)
    if since.day == after.day == 1:
        first = since.year * _MONTHS + since.month - 1
        length = after.year * _MONTHS + after.month - 1 - first
        return _months(first - length, length)
    length = (until - since).days + 1
    return Period(since - timedelta(days=length), since - timedelta(days=1))


def bounds(period: Period) -> tuple[date, date]:
    """Both days of a period that has them, as every period of a report does."""
    assert period.since is not None
    assert period.until is not None
    return period.since, period.until


def name_of(period: Period) -> str:
    """« 2009 », « 1er semestre 2009 », « juin 2009 », « du 1er mars 2009 au 12 mai 2009 »."""
    since, until = bounds(period)
    known = {
        text: period_text
        for text, period_text in _names(since.year)
        if named_period(text) == period
    }
    return next(iter(known.values()), f"du {format_date(since)} au {format_date(until)}")


def address_of(period: Period) -> dict[str, str]:
    """The pairs of an address that ask for a period: its name where it has one."""
    since, until = bounds(period)
    for text, _name in _names(since.year):
        if named_period(text) == period:
            return {"periode": text}
    return {"du": since.isoformat(), "au": until.isoformat()}


def _names(year: int) -> list[tuple[str, str]]:
    """Every period of a year that has a name, the longest first."""
    ranks = ("1er", "2e", "3e", "4e")
    named = [(str(year), str(year))]
    for letter, (parts, word) in _CUT.items():
        named += [
            (f"{year}-{letter}{rank}", f"{ranks[rank - 1]} {word} {year}")
            for rank in range(1, parts + 1)
        ]
    named += [(f"{year}-{n:02}", f"{month} {year}") for n, month in enumerate(MONTHS, start=1)]
    return named


def _months(first: int, length: int) -> Period:
    """`first`: the months since the year 0."""
    since, after = (date(n // _MONTHS, n % _MONTHS + 1, 1) for n in (first, first + length))
    return Period(since, after - timedelta(days=1))
