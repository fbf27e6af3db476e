"""A duration as people write it: « 1h30 », « 1,5 », « 90 min », « 1:30 »; kept in minutes."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from workflow.field_contract import FieldFault, FieldSpec, FieldType

HOUR, DAY = 60, 24 * 60
_THIN = "\u202f"
_SPACES = str.maketrans("", "", " \t\u00a0\u202f")
_CLOCK = re.compile(r"(?P<h>[0-9]{1,3})(?:h|:)(?P<m>[0-9]{2})(?:mn|min)?", re.ASCII)
_HOURS = re.compile(r"(?P<h>[0-9]{1,3}(?:[.,][0-9]{1,4})?)(?:h|heures?)?", re.ASCII)
_MINUTES = re.compile(r"(?P<m>[0-9]{1,5})(?:mn|min|minutes?)", re.ASCII)


class NotADuration(FieldFault):
    """Écrivez une durée comme 1h30, 1,5 ou 90 min."""


class NoDuration(FieldFault):
    """Une intervention dure au moins une minute. Indiquez le temps passé."""


class LongerThanADay(FieldFault):
    """Une journée n’a que 24 heures. Pour des minutes, écrivez par exemple 90 min."""


def parse_duration(text: str) -> int:
    """What was typed → minutes. Raises NotADuration, NoDuration, LongerThanADay."""
    minutes = _read(text.lower().translate(_SPACES))
    if minutes < 1:
        raise NoDuration
    if minutes > DAY:
        raise LongerThanADay
    return minutes


def _read(typed: str) -> int:
    if match := _CLOCK.fullmatch(typed):
        if int(match["m"]) >= HOUR:
            raise NotADuration
        return int(match["h"]) * HOUR + int(match["m"])
    if match := _MINUTES.fullmatch(typed):
        return int(match["m"])
    if match := _HOURS.fullmatch(typed):
        hours = Decimal(match["h"].replace(",", "."))
        return int((hours * HOUR).quantize(Decimal(1), ROUND_HALF_UP))
    raise NotADuration


def write_duration(minutes: int) -> str:
    """Minutes → what a form shows again: « 1h30 »."""
    return f"{minutes // HOUR}h{minutes % HOUR:02}"


def format_duration(minutes: int) -> str:
    """Minutes → « 1 h 30 », « 45 min », « 0 h »; it never breaks."""
    hours, rest = divmod(minutes, HOUR)
    if not hours and rest:
        return f"{rest}{_THIN}min"
    return f"{hours}{_THIN}h{f'{_THIN}{rest:02}' if rest else ''}"


def _parse(text: str, _spec: FieldSpec) -> int:
    return parse_duration(text)


def _describe(_spec: FieldSpec) -> dict[str, Any]:
    return {"pattern": "^[0-9]{1,2}h[0-5][0-9]$", "examples": ["1h30"]}


def _show(value: Any, _spec: FieldSpec) -> str:
    return format_duration(value)


DUREE = FieldType(key="duree", read=_parse, describe=_describe, show=_show, write=write_duration)
