"""Amounts are integer cents: read strictly, written as French typography wants them."""

from __future__ import annotations

import re

from workflow.texts import InputFault

MONTANT_MAXIMAL = 999_999_999_999
"""The largest amount, in cents: 9 999 999 999,99 €. Nothing larger is read or stored."""

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

FRENCH_SPACES = f" {NO_BREAK_SPACE}{NARROW_SPACE}\u2009"


class AmountFault(InputFault):
    """Écrivez un montant comme 23 000 ou 23 000,00."""


class AmbiguousAmount(AmountFault):
    """Écrivez 1 234 ou 1,23 : des espaces pour les milliers, deux décimales au plus."""


class NegativeAmount(AmountFault):
    """Écrivez un montant sans signe, comme 23 000 ou 23 000,00."""


class AmountTooLarge(AmountFault):
    """Ce montant est trop grand. Écrivez 9 999 999 999,99 au plus."""


_NUMBER = re.compile(
    rf"(?P<sign>[+\-{MINUS}]?)[{FRENCH_SPACES}]?"
    rf"(?P<whole>[1-9][0-9]{{0,2}}(?:[{FRENCH_SPACES}][0-9]{{3}})+|[0-9]+)"
    r"(?:[.,](?P<decimals>[0-9]{1,2}))?"
)
_GROUPED_OTHERWISE = re.compile(r"[0-9]+([.,'\u2019][0-9]+)*[.,][0-9]+")
_UNIT = re.compile(rf"[{FRENCH_SPACES}]*(?:€|euros?)$", re.IGNORECASE | re.ASCII)
_NOT_DIGITS = re.compile("[^0-9]")
_AROUND = f"{FRENCH_SPACES}\t\r\n"
_LONGEST_TEXT = 100
_MOST_DIGITS = len(str(MONTANT_MAXIMAL)) - 2


def parse_amount(text: str, *, allow_negative: bool = False) -> int:
    """« 23 000 », « 23 000,00 € », « 23000.5 » → cents. Raises AmountFault.

    What could be read in two ways is refused: « 1,234 », « 1.234,50 », « 1e3 ».
    """
    number = _UNIT.sub("", text.strip(_AROUND)[: _LONGEST_TEXT + 1])
    return parse_hundredths(number, allow_negative=allow_negative)


def parse_hundredths(text: str, *, allow_negative: bool = False) -> int:
    """The same reading for a number without a unit: « 3,5 » → 350. Raises AmountFault."""
    text = text.strip(_AROUND)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise AmbiguousAmount if _GROUPED_OTHERWISE.fullmatch(text) else AmountFault
    if match["sign"] and not allow_negative:
        raise NegativeAmount
    whole = _NOT_DIGITS.sub("", match["whole"]).lstrip("0")
    if len(whole) > _MOST_DIGITS:
        raise AmountTooLarge
    hundredths = int(whole or "0") * 100 + int((match["decimals"] or "0").ljust(2, "0"))
    return hundredths if match["sign"] in ("", "+") else -hundredths


def format_amount(cents: int, *, decimals: bool = False) -> str:
    """Cents → « 23 000 € », with decimals where they are not zero or are asked for."""
    return f"{format_hundredths(cents, decimals=decimals)}{NO_BREAK_SPACE}€"


def format_hundredths(hundredths: int, *, decimals: bool = False) -> str:
    """Hundredths → « 1 200,50 », with decimals where they are not zero or are asked for."""
    whole, rest = divmod(abs(hundredths), 100)
    sign = MINUS if hundredths < 0 else ""
    written = f",{rest:02}" if rest or decimals else ""
    return f"{sign}{group_thousands(whole)}{written}"


def format_number(hundredths: int) -> str:
    """Hundredths of what is no money → « 4,7 », « 0,25 », « 5 »: no zero closes a number."""
    return re.sub(r"(,\d)0$", r"\1", format_hundredths(hundredths))


def group_thousands(number: int) -> str:
    """An integer in French typography: 23000 → « 23 000 », with narrow unbreakable spaces."""
    return f"{number:,}".replace(",", NARROW_SPACE).replace("-", MINUS)
