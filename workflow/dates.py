"""Dates and moments: read strictly, stored in UTC, written in French for Europe/Paris."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from workflow.texts import InputFault

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR = 1900
LAST_YEAR = 2200

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


class DateFault(InputFault):
    """Écrivez une date comme 15/07/2009."""


class NoSuchDate(DateFault):
    """Cette date n'existe pas. Vérifiez le jour et le mois, dans l'ordre jour/mois/année."""


class YearOutOfRange(DateFault):
    """Vérifiez l'année : elle va de 1900 à 2200."""


class MomentFault(DateFault):
    """Écrivez une date et une heure comme 15/07/2009 14:30."""


class NoSuchHour(MomentFault):
    """Cette heure n'existe pas, à cause du passage à l'heure d'été. Choisissez-en une autre."""


_ISO = r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
_FRENCH = r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})"
_DATES = tuple(re.compile(form) for form in (_ISO, _FRENCH))
_TIME = r"(?P<hour>[0-9]{1,2}) ?[:h] ?(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
_MOMENT = re.compile(rf"(?P<date>[0-9/-]{{8,10}})(?:T| à | ){_TIME}")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})


def parse_date(text: str) -> date:
    """« 2009-07-15 » or « 15/07/2009 » → date. Raises DateFault."""
    text = text.strip(" \t\r\n\u00a0\u202f")
    match = next(filter(None, (form.fullmatch(text) for form in _DATES)), None)
    if match is None:
        raise DateFault
    year, month, day = (int(match[part]) for part in "ymd")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDate from None


def parse_datetime(text: str) -> datetime:
    """« 2009-07-15T14:30 », « 15/07/2009 14 h 30 », read in Paris → aware moment in UTC.

    The hour that October repeats is its first one; the hour that March skips is refused.
    Raises DateFault.
    """
    match = _MOMENT.fullmatch(text.translate(_SPACES).strip(" \t\r\n"))
    if match is None:
        raise MomentFault
    day = parse_date(match["date"])
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    try:
        clock = time(hour, minute, second)
    except ValueError:
        raise MomentFault from None
    return from_paris(datetime.combine(day, clock))


def from_paris(wall: datetime) -> datetime:
    """What a clock on a Paris wall shows → moment in UTC. Raises NoSuchHour."""
    moment = wall.replace(tzinfo=PARIS, fold=0).astimezone(UTC)
    if to_paris(moment).replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None, fold=0):
        raise NoSuchHour
    return moment


def to_paris(moment: datetime) -> datetime:
    """An aware moment → the same one on a Paris clock. ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: moments are aware and in UTC")
    return moment.astimezone(PARIS)


def format_date(day: date) -> str:
    """« 15 juillet 2009 », « 1er mai 2010 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def format_datetime(moment: datetime) -> str:
    """An aware moment → « 15 juillet 2009 à 14 h 30 », Paris time; the hour never breaks."""
    local = to_paris(moment)
    minute = f"\u00a0{local.minute:02}" if local.minute else ""
    return f"{format_date(local)} à {local.hour}\u00a0h{minute}"


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates and moments become text, in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
