"""Several delays written together, as the moments of a reminder are: « 15 jours, 30 jours »."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.calendar import Delay, DelayFault
from workflow.field_contract import FieldFault, FieldSpec, FieldType, JsonSchema

NEVER = "jamais"
MOST = 12
LONGEST = 400
_EXAMPLE = "15 jours ouvrés, 30 jours ouvrés"
_COMMAS = re.compile(r"\s*[,;]\s*")


class DelaysFault(FieldFault):
    """Écrivez des délais comme « 15 jours ouvrés, 30 jours ouvrés », ou « jamais »."""


class DelayTwice(FieldFault):
    """Le même délai est écrit deux fois. Gardez-en un seul."""


class TooManyDelays(FieldFault):
    """Écrivez douze délais au plus."""


class DelaysTooShort(FieldFault):
    """Ces délais se comptent depuis l’entrée dans l’étape : écrivez un jour au moins."""


@dataclass(frozen=True, slots=True)
class Delays:
    """The moments of one rule, in the order they are written. None at all: never."""

    each: tuple[Delay, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Delays:
        """What `str` writes. Raises DelaysFault, DelayTwice, TooManyDelays."""
        if len(text) > LONGEST:
            raise DelaysFault
        if text.strip().casefold() == NEVER:
            return cls()
        try:
            found = tuple(Delay.parse(part) for part in _COMMAS.split(text.strip()))
        except DelayFault:
            raise DelaysFault from None
        if len(set(found)) < len(found):
            raise DelayTwice
        if len(found) > MOST:
            raise TooManyDelays
        return cls(found)

    def __str__(self) -> str:
        return ", ".join(map(str, self.each)) or NEVER


def _read(text: str, spec: FieldSpec) -> Delays:
    delays = Delays.parse(text)
    if spec.minimum is not None and any(delay.days < spec.minimum for delay in delays.each):
        raise DelaysTooShort
    return delays


def _describe(_spec: FieldSpec) -> JsonSchema:
    one = "[-−]?[0-9]{1,4} jours?( ouvrés?)?"
    pattern = f"^({NEVER}|{one}(, {one})*)$"
    return {"pattern": pattern, "maxLength": LONGEST, "examples": [_EXAMPLE, NEVER]}


DELAYS = FieldType(
    "delais",
    read=_read,
    describe=_describe,
    show=lambda delays, _spec: str(delays),
    freeze=str,
    thaw=Delays.parse,
)
