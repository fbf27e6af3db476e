"""Numbers and amounts in words, as a French decision writes them beside their figures."""

from __future__ import annotations

#: The first number that has no words here.
TOO_LARGE = 10**12

_SMALL = (
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
)
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_SOIXANTE, _QUATRE_VINGT = 60, 80
_HUNDRED, _THOUSAND, _MILLION = 100, 1_000, 1_000_000
_LARGE = ((10**9, "milliard"), (_MILLION, "million"))
_JOINED_BY_ET = (1, 11)
_CENTS = 100
_MINUS = "moins "


def number_in_words(number: int) -> str:
    """« vingt et un », « quatre-vingts », « deux cent mille », « un million ».

    Raises ValueError from a thousand milliards up.
    """
    if abs(number) >= TOO_LARGE:
        raise ValueError(f"{number} : pas de nombre en lettres à partir de mille milliards")
    if number < 0:
        return f"{_MINUS}{number_in_words(-number)}"
    parts: list[str] = []
    for unit, name in _LARGE:
        count, number = divmod(number, unit)
        if count:
            parts.append(f"{_below_thousand(count)} {name}{'s' if count > 1 else ''}")
    thousands, rest = divmod(number, _THOUSAND)
    if thousands:
        before = "" if thousands == 1 else f"{_below_thousand(thousands, invariable=True)} "
        parts.append(f"{before}mille")
    if rest or not parts:
        parts.append(_below_thousand(rest))
    return " ".join(parts)


def amount_in_words(cents: int) -> str:
    """« vingt-trois mille euros », « un million d’euros », « cinquante centimes »."""
    if cents < 0:
        return f"{_MINUS}{amount_in_words(-cents)}"
    euros, centimes = divmod(cents, _CENTS)
    parts = []
    if euros or not centimes:
        # « un million d’euros », but « un million deux cents euros ».
        link = " d’" if euros and euros % _MILLION == 0 else " "
        parts.append(f"{number_in_words(euros)}{link}euro{'s' if euros > 1 else ''}")
    if centimes:
        parts.append(f"{number_in_words(centimes)} centime{'s' if centimes > 1 else ''}")
    return " et ".join(parts)


def _below_thousand(number: int, *, invariable: bool = False) -> str:
    """Up to 999. `invariable` before « mille », where vingt and cent take no s."""
    hundreds, rest = divmod(number, _HUNDRED)
    if not hundreds:
        return _below_hundred(rest, invariable=invariable)
    cent = "cent" if hundreds == 1 else f"{_SMALL[hundreds]} cent"
    if rest:
        return f"{cent} {_below_hundred(rest, invariable=invariable)}"
    return cent if hundreds == 1 or invariable else f"{cent}s"


def _below_hundred(number: int, *, invariable: bool = False) -> str:
    if number < len(_SMALL):
        return _SMALL[number]
    if number < min(_TENS):
        return f"dix-{_SMALL[number - 10]}"
    if number >= _QUATRE_VINGT:
        rest = number - _QUATRE_VINGT
        ending = f"-{_below_hundred(rest)}" if rest else "" if invariable else "s"
        return f"quatre-vingt{ending}"
    ten = min(number // 10 * 10, _SOIXANTE)
    rest = number - ten
    if not rest:
        return _TENS[ten]
    return (
        f"{_TENS[ten]} et {_below_hundred(rest)}"
        if rest in _JOINED_BY_ET
        else (f"{_TENS[ten]}-{_below_hundred(rest)}")
    )
