"""Numbers, delays and sentences, as a French page writes them."""

from __future__ import annotations

import re
from datetime import date, datetime

from workflow.dates import MONTHS, format_date, format_datetime, to_paris
from workflow.money import NO_BREAK_SPACE, format_amount, group_thousands

_HALF_AN_HOUR = 30 * 60
_SEVERAL = 2
_A_MONTH = 30
_TWO_MONTHS = 61
_A_YEAR = 365

_BEFORE_HIGH_SIGN = re.compile(r"(?<=[^\s&]) (?=[:;?!»%€])|(?<=«) (?=\S)")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def counted(count: int, singular: str, plural: str = "") -> str:
    """« 0 dossier », « 1 dossier », « 1 204 dossiers », the plural given where -s is wrong."""
    word = singular if abs(count) < _SEVERAL else plural or f"{singular}s"
    return f"{group_thousands(count)}{NO_BREAK_SPACE}{word}"


def short_date(day: date) -> str:
    """« 12 mars », for a place where the year is known."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK_SPACE}{MONTHS[day.month - 1]}"


def clock(moment: datetime) -> str:
    """« 14 h 32 », « 9 h », Paris time."""
    local = to_paris(moment)
    minute = f"{NO_BREAK_SPACE}{local.minute:02}" if local.minute else ""
    return f"{local.hour}{NO_BREAK_SPACE}h{minute}"


def ago(moment: datetime | date, now: datetime) -> str:
    """« à l’instant », « il y a 3 jours », « demain », « dans 2 mois »: whole days, in Paris."""
    today = to_paris(now).date()
    if isinstance(moment, datetime):
        seconds = (now - moment).total_seconds()
        if 0 <= seconds < _HALF_AN_HOUR:
            minutes = int(seconds // 60)
            return f"il y a {counted(minutes, 'minute')}" if minutes else "à l’instant"
        moment = to_paris(moment).date()
    days = (today - moment).days
    near = {-1: "demain", 0: "aujourd’hui", 1: "hier"}
    if days in near:
        return near[days]
    return f"il y a {_span(days)}" if days > 0 else f"dans {_span(-days)}"


def _span(days: int) -> str:
    if days < _TWO_MONTHS:
        return counted(days, "jour")
    if days < _A_YEAR:
        return counted(days // _A_MONTH, "mois", "mois")
    return counted(days // _A_YEAR, "an")


def days_long(days: int) -> str:
    """« aujourd’hui », « 1 jour », « 34 jours »: how long something has lasted."""
    return counted(days, "jour") if days else "aujourd’hui"


def polished(sentence: str) -> str:
    """A sentence with its curly apostrophes and its unbreakable spaces.

    For what is read only: never for a value that goes back into a form.
    """
    return _BEFORE_HIGH_SIGN.sub(NO_BREAK_SPACE, _APOSTROPHE.sub("’", sentence))


def euros(cents: int | None) -> str:
    """« 23 000 € », « 1 200,50 € », a dash for no amount."""
    return "—" if cents is None else format_amount(cents)


def percent(part: int, whole: int) -> str:
    """« 54 % », a dash where there is nothing to compare with."""
    return f"{round(100 * part / whole)}{NO_BREAK_SPACE}%" if whole else "—"


FILTERS = {
    "ago": ago,
    "clock": clock,
    "counted": counted,
    "day": format_date,
    "days_long": days_long,
    "euros": euros,
    "fr": polished,
    "moment": format_datetime,
    "number": group_thousands,
    "percent": percent,
    "short_date": short_date,
}
