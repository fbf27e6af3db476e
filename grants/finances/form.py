"""The form of a plan de financement: two amounts, and as many lines as there are funders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grants.finances.plan import (
    ASKED,
    COFUNDER,
    COST,
    NATURES,
    OWN_FUNDS,
    STATES,
    Line,
    Plan,
    plan_sheet,
)
from workflow.fields import FIELD_TYPES, FieldType, Raw, parse_fields
from workflow.money import AmountFault, parse_amount
from workflow.pipeline import Field, Pipeline
from workflow.texts import fold

MOST_LINES = 40
#: Where a fault of the whole table is told.
WHOLE = "lignes"
_NAME = re.compile(r"ligne_([1-9][0-9]{0,2})_(nature|financeur|montant|etat)")
_WHAT_FILLS = ("financeur", "montant")
_OWN_FUNDS = "Fonds propres"


def name_of(number: int, part: str) -> str:
    """What the form calls one part of a line."""
    return f"ligne_{number}_{part}"


def numbers_of(raw: Iterable[str]) -> list[int]:
    """The numbers of the lines that were sent, in order."""
    return sorted({int(match[1]) for name in raw if (match := _NAME.fullmatch(name))})


def amount_fields(pipeline: Pipeline) -> tuple[Field, ...]:
    """The questions of the pipeline about its two amounts; a plan may be kept without answers."""
    sheet = plan_sheet(pipeline)
    fields = {field.key: field for field in sheet.fields} if sheet else {}
    return tuple(fields[key].model_copy(update={"required": False}) for key in (COST, ASKED))


def line_fields(number: int, *, own_funds: bool = False) -> tuple[Field, ...]:
    """The questions of one line; own funds need no name."""
    say = _line_label(number)
    return (
        Field(
            key=name_of(number, "nature"),
            label=say("Nature"),
            type="choix",
            choices=NATURES,
            required=True,
        ),
        Field(
            key=name_of(number, "financeur"),
            label=say("Financeur"),
            type="texte",
            longest=200,
            required=not own_funds,
        ),
        Field(
            key=name_of(number, "montant"),
            label=say("Montant"),
            type="montant",
            minimum=1,
            required=True,
        ),
        Field(
            key=name_of(number, "etat"),
            label=say("État"),
            type="choix",
            choices=STATES,
            required=True,
        ),
    )


def read_plan(
    pipeline: Pipeline, raw: Mapping[str, Raw], types: Mapping[str, FieldType]
) -> tuple[Plan, dict[str, str]]:
    """What was typed, and every fault by field. A line left empty is no line."""
    numbers = [number for number in numbers_of(raw) if _is_filled(raw, number)]
    if len(numbers) > MOST_LINES:
        sentence = f"Un plan tient en {MOST_LINES} lignes au plus : regroupez les plus petites."
        return Plan(None, None), {WHOLE: sentence}
    blank = {
        name
        for name in raw
        if (match := _NAME.fullmatch(name)) and int(match[1]) not in set(numbers)
    }
    sent = {name: value for name, value in raw.items() if name not in blank}
    specs = list(amount_fields(pipeline))
    for number in numbers:
        specs += line_fields(number, own_funds=_own(raw, number))
    values, faults = parse_fields(specs, sent, types)
    faults |= _twice(values, numbers)
    if faults:
        return Plan(values.get(COST), values.get(ASKED)), faults
    lines = tuple(_line(values, number) for number in numbers)
    return Plan(values[COST], values[ASKED], lines), {}


def sketch(raw: Mapping[str, Raw]) -> Plan:
    """What can be understood of a form still being typed: an amount that cannot is left out."""

    def amount(name: str) -> int | None:
        try:
            return parse_amount(_text(raw, name)) or None
        except AmountFault:
            return None

    typed = [
        (name_of(number, "montant"), _text(raw, name_of(number, "etat")))
        for number in numbers_of(raw)
    ]
    lines = tuple(
        Line(COFUNDER, "", found, etat) for name, etat in typed if (found := amount(name))
    )
    return Plan(amount(COST), amount(ASKED), lines)


def form_of(plan: Plan) -> dict[str, Any]:
    """A plan as its form would bring it."""
    write = FIELD_TYPES["montant"].form
    written = {COST: write(plan.cost), ASKED: write(plan.asked)}
    for number, line in enumerate(plan.lines, start=1):
        written[name_of(number, "nature")] = line.nature
        written[name_of(number, "financeur")] = line.financeur
        written[name_of(number, "montant")] = write(line.montant)
        written[name_of(number, "etat")] = line.etat
    return written


def _line_label(number: int) -> Any:
    return lambda what: f"{what}, ligne {number}"


def _is_filled(raw: Mapping[str, Raw], number: int) -> bool:
    return any(_text(raw, name_of(number, part)).strip() for part in _WHAT_FILLS)


def _own(raw: Mapping[str, Raw], number: int) -> bool:
    return _text(raw, name_of(number, "nature")) == OWN_FUNDS


def _text(raw: Mapping[str, Raw], name: str) -> str:
    value = raw.get(name)
    if isinstance(value, list):
        return " ".join(value)
    return value or ""


def _line(values: Mapping[str, Any], number: int) -> Line:
    nature, montant, etat = (
        values[name_of(number, part)] for part in ("nature", "montant", "etat")
    )
    return Line(nature, values[name_of(number, "financeur")] or _OWN_FUNDS, montant, etat)


def _twice(values: Mapping[str, Any], numbers: Iterable[int]) -> dict[str, str]:
    """The same funder on two lines: one amount would be counted twice, or taken for the other."""
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for number, name in _named(values, numbers):
        if fold(name) in seen:
            sentence = f"« {name} » figure déjà plus haut : additionnez, ou précisez le dispositif."
            faults[name_of(number, "financeur")] = sentence
        seen.add(fold(name))
    return faults


def _named(values: Mapping[str, Any], numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    for number in numbers:
        own = values.get(name_of(number, "nature")) == OWN_FUNDS
        name = values.get(name_of(number, "financeur")) or (_OWN_FUNDS if own else "")
        if name:
            yield number, name
