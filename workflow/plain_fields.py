"""The plain types of fields: texts, numbers, dates, choices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from workflow.dates import format_date, format_datetime, parse_date, parse_datetime, to_paris
from workflow.delays import DELAYS
from workflow.field_contract import FieldFault, FieldSpec, FieldType, JsonSchema
from workflow.money import (
    MONTANT_MAXIMAL,
    AmountFault,
    AmountTooLarge,
    format_amount,
    format_hundredths,
    format_number,
    group_thousands,
    parse_amount,
    parse_hundredths,
)
from workflow.texts import clean_text, fold

LONGEST_LINE = 200
LONGEST_TEXT = 10_000
_FIVE_DIGITS = 10_000
ENTIER_MAXIMAL = 2_147_483_647
"""What every database keeps in an integer column."""


class NotANumber(FieldFault):
    """Écrivez un nombre comme 1 200 ou 3,5."""


class NotAnInteger(FieldFault):
    """Écrivez un nombre entier, sans virgule, comme 12."""


class NotProposed(FieldFault):
    """Choisissez une des réponses proposées."""


class NeitherYesNorNo(FieldFault):
    """Répondez oui ou non."""


def _read_line(text: str, spec: FieldSpec) -> str:
    return clean_text(text, longest=spec.longest or LONGEST_LINE)


def _read_text(text: str, spec: FieldSpec) -> str:
    return clean_text(text, longest=spec.longest or LONGEST_TEXT, multiline=True)


def _describe_length(default: int) -> Callable[[FieldSpec], JsonSchema]:
    return lambda spec: {"maxLength": spec.longest or default}


def _whole(number: int) -> str:
    """A year is never cut in two: four digits stand together, as French usage allows."""
    return str(number) if abs(number) < _FIVE_DIGITS else group_thousands(number)


def _within(
    value: int, spec: FieldSpec, write: Callable[[int], str], largest: int = MONTANT_MAXIMAL
) -> int:
    least = spec.minimum or 0
    most = largest if spec.maximum is None else min(spec.maximum, largest)
    if value < least:
        raise FieldFault(f"Écrivez {write(least)} au moins.")
    if value > most:
        raise FieldFault(f"Écrivez {write(most)} au plus.")
    return value


def _may_be_negative(spec: FieldSpec) -> bool:
    return (spec.minimum or 0) < 0


def _read_amount(text: str, spec: FieldSpec) -> int:
    cents = parse_amount(text, allow_negative=_may_be_negative(spec))
    return _within(cents, spec, format_amount)


def _read_number(text: str, spec: FieldSpec) -> int:
    try:
        hundredths = parse_hundredths(text, allow_negative=_may_be_negative(spec))
    except AmountTooLarge:
        hundredths = MONTANT_MAXIMAL + 1
    except AmountFault:
        raise NotANumber from None
    return _within(hundredths, spec, format_hundredths)


def _read_integer(text: str, spec: FieldSpec) -> int:
    try:
        hundredths = parse_hundredths(text, allow_negative=_may_be_negative(spec))
    except AmountTooLarge:
        hundredths = MONTANT_MAXIMAL + 1
    except AmountFault:
        raise NotAnInteger from None
    if "," in text or "." in text:
        raise NotAnInteger
    return _within(hundredths // 100, spec, group_thousands, ENTIER_MAXIMAL)


def _describe_number(decimals: str, example: str) -> Callable[[FieldSpec], JsonSchema]:
    def describe(spec: FieldSpec) -> JsonSchema:
        sign = "-?" if _may_be_negative(spec) else ""
        return {"pattern": f"^{sign}[0-9]{{1,10}}{decimals}$", "examples": [example]}

    return describe


def _read_date(text: str, _spec: FieldSpec) -> date:
    return parse_date(text)


def _read_moment(text: str, _spec: FieldSpec) -> datetime:
    return parse_datetime(text)


def _freeze_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _write_moment(moment: datetime) -> str:
    wall = to_paris(moment).replace(tzinfo=None)
    return wall.isoformat(timespec="seconds" if wall.second else "minutes")


def _describe_moment(_spec: FieldSpec) -> JsonSchema:
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
    return {"pattern": pattern, "examples": ["2009-07-15T14:30"]}


def _read_choice(text: str, spec: FieldSpec) -> str:
    key = text.strip()
    if key not in {choice.key for choice in spec.choices}:
        raise NotProposed
    return key


def _show_choice(key: str, spec: FieldSpec) -> str:
    """The label; the key itself when a later version of the pipeline no longer proposes it."""
    return next((choice.label for choice in spec.choices if choice.key == key), key)


def _describe_choice(spec: FieldSpec) -> JsonSchema:
    labels = [{"const": choice.key, "title": choice.label} for choice in spec.choices]
    return {"oneOf": labels} if labels else {}


_YES_NO = {"oui": True, "non": False}


def _read_yes_no(text: str, _spec: FieldSpec) -> bool:
    answer = _YES_NO.get(fold(text)) if len(text) < LONGEST_LINE else None
    if answer is None:
        raise NeitherYesNorNo
    return answer


def _choice(key: str, *, many: bool) -> FieldType:
    return FieldType(key, _read_choice, _describe_choice, _show_choice, many=many)


def _as_is(value: str, _spec: FieldSpec) -> str:
    return value


PLAIN_TYPES = (
    FieldType("texte", _read_line, _describe_length(LONGEST_LINE), _as_is),
    FieldType("texte_long", _read_text, _describe_length(LONGEST_TEXT), _as_is),
    FieldType(
        "montant",
        read=_read_amount,
        describe=_describe_number("([.,][0-9]{1,2})?", "23000,00"),
        show=lambda cents, _spec: format_amount(cents),
        write=format_hundredths,
    ),
    # Kept as an integer of hundredths, as amounts are: no float ever stands for what was typed.
    FieldType(
        "nombre",
        read=_read_number,
        describe=_describe_number("([.,][0-9]{1,2})?", "3,5"),
        show=lambda hundredths, _spec: format_number(hundredths),
        write=format_hundredths,
    ),
    FieldType(
        "entier",
        read=_read_integer,
        describe=_describe_number("", "12"),
        show=lambda number, _spec: _whole(number),
    ),
    FieldType(
        "date",
        read=_read_date,
        describe=lambda _spec: {"format": "date"},
        show=lambda day, _spec: format_date(day),
        write=date.isoformat,
        freeze=date.isoformat,
        thaw=date.fromisoformat,
    ),
    FieldType(
        "date_heure",
        read=_read_moment,
        describe=_describe_moment,
        show=lambda moment, _spec: format_datetime(moment),
        write=_write_moment,
        freeze=_freeze_moment,
        thaw=datetime.fromisoformat,
    ),
    _choice("choix", many=False),
    _choice("choix_multiple", many=True),
    FieldType(
        "oui_non",
        read=_read_yes_no,
        describe=lambda _spec: {"enum": list(_YES_NO)},
        show=lambda answer, _spec: "Oui" if answer else "Non",
        write=lambda answer: "oui" if answer else "non",
    ),
    DELAYS,
)
