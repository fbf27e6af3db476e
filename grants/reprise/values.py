"""A cell → the text that the form's own reader takes; what spreadsheets spoil is named."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from grants.reprise.grid import Unreadable, Value
from workflow.dates import MONTHS
from workflow.field_contract import FieldFault
from workflow.pipeline import Field
from workflow.texts import fold, is_blank

_ERROR = re.compile(r"#(N/A|NA|REF!|VALUE!|VALEUR!|DIV/0!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!)")
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DECIMAL_NUMBER = re.compile(r"[0-9]{5,}[.,]0+")
_THIN_SPACES = dict.fromkeys(range(0x2000, 0x200B), " ") | {0x205F: " ", 0x3000: " "}
_LAST_ZEROS = re.compile(r"[ T](?:00:00(?::00(?:\.0+)?)?|0 ?h(?: ?00)?)$")
_SEPARATED = re.compile(r"([0-9]{1,2})[-. ]([0-9]{1,2})[-. ]([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2}")
_IN_WORDS = re.compile(
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
    r"([0-9]{1,2})(?:er)? ([a-z.]+) ([0-9]{4})"
)
_MONTHS = {fold(name): number for number, name in enumerate(MONTHS, start=1)}
_SIRET_DIGITS, _SIREN_DIGITS = 14, 9
_PHONE_DIGITS, _POSTCODE_DIGITS = 9, 4
_YES = {"oui", "o", "vrai", "true", "x", "1"}
_NO = {"non", "n", "faux", "false", "0"}
#: How people write an answer that they are tired of writing.
_SHORTENED = {
    "mme": "madame",
    "mlle": "madame",
    "m": "monsieur",
    "m.": "monsieur",
    "mr": "monsieur",
}
_NUMBERS = frozenset({"montant", "nombre", "entier"})
_LEAST_MONTH = 3
_MOST_NOISE = Decimal("0.000001")


class FormulaFailed(FieldFault):
    """La formule de cette cellule est en erreur. Corrigez-la, ou écrivez la valeur."""


class ShortenedSiret(FieldFault):
    """Le tableur a abrégé ce numéro, et ses derniers chiffres sont perdus. Mettez la colonne au
    format Texte, puis recopiez les 14 chiffres."""


class DecimalSiret(FieldFault):
    """Le tableur a fait de ce numéro un nombre à virgule. Mettez la colonne au format Texte, puis
    recopiez les 14 chiffres."""


class BeheadedSiret(FieldFault):
    """Il manque des chiffres à ce SIRET : le tableur a pu retirer les zéros du début. Mettez la
    colonne au format Texte, puis recopiez les 14 chiffres."""


class SirenOnly(FieldFault):
    """Ces 9 chiffres sont un SIREN. Écrivez les 14 chiffres du SIRET."""


class NumberNotDate(FieldFault):
    """Ceci est un nombre, pas une date. Mettez la cellule au format Date, ou écrivez 12/03/2009."""


class ShortYear(FieldFault):
    """Écrivez l'année en quatre chiffres, comme 12/03/2009."""


class DateNotText(FieldFault):
    """Ceci est une date, qui n'est pas attendue dans cette colonne."""


def as_text(value: Value, field: Field) -> str:
    """The text that a form would have brought; empty for an empty cell. Raises FieldFault."""
    if value is None:
        return ""
    if isinstance(value, Unreadable):
        raise FieldFault(value.why)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date | time | timedelta):
        return _of_moment(value, field)
    if isinstance(value, int | float):
        return _of_number(value, field)
    return _of_text(value, field)


def _of_moment(value: date | time | timedelta, field: Field) -> str:
    if not isinstance(value, date):
        raise DateNotText
    if field.type == "date":
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if field.type == "date_heure":
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return moment.isoformat(timespec="minutes")
    if field.type in ("texte", "texte_long"):
        return value.strftime("%d/%m/%Y")
    raise DateNotText


def _of_number(value: float, field: Field) -> str:
    """A number as digits: what is an identifier gets back the zeros that a spreadsheet drops."""
    if field.type in ("date", "date_heure"):
        raise NumberNotDate
    if isinstance(value, float) and value != value:  # noqa: PLR0124 — how NaN is told
        raise FormulaFailed
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise FormulaFailed
    if field.type in _NUMBERS:
        return _without_noise(number)
    if number != number.to_integral_value():
        if field.type == "siret":
            raise DecimalSiret
        return format(number.normalize(), "f").replace(".", ",")
    digits = format(number, ".0f")
    if field.type == "siret":
        _refuse_short(digits)
    if field.type == "telephone" and len(digits) == _PHONE_DIGITS:
        return f"0{digits}"
    if field.type == "code_postal" and len(digits) == _POSTCODE_DIGITS:
        return f"0{digits}"
    return digits


def _without_noise(number: Decimal) -> str:
    """Binary fractions leave 0,30000000000000004 behind: two decimals were meant."""
    cents = number.quantize(Decimal("0.01")) if abs(number) < Decimal("1e15") else number
    kept = cents if abs(cents - number) < _MOST_NOISE else number
    text = format(kept, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of_text(text: str, field: Field) -> str:
    if _ERROR.fullmatch(text.strip()):
        raise FormulaFailed
    read = _READERS.get(field.type)
    return read(text, field) if read else text


def _amount(text: str, _field: Field) -> str:
    return text.translate(_THIN_SPACES)


def _siret(text: str, _field: Field) -> str:
    number = "".join(text.split())
    if _EXPONENT.fullmatch(number):
        raise ShortenedSiret
    if _DECIMAL_NUMBER.fullmatch(number):
        raise DecimalSiret
    if number.isascii() and number.isdigit():
        _refuse_short(number)
    return text


def _refuse_short(digits: str) -> None:
    if len(digits) == _SIREN_DIGITS:
        raise SirenOnly
    if _SIREN_DIGITS < len(digits) < _SIRET_DIGITS:
        raise BeheadedSiret


def _date(text: str, _field: Field) -> str:
    written = " ".join(text.translate(_THIN_SPACES).split())
    written = _LAST_ZEROS.sub("", written)
    if _SHORT_YEAR.fullmatch(written):
        raise ShortYear
    if match := _SEPARATED.fullmatch(written):
        return "/".join(match.groups())
    if match := _IN_WORDS.fullmatch(fold(written)[:60]):
        month = _month(match[2].rstrip("."))
        if month:
            return f"{match[1]}/{month}/{match[3]}"
    if written.isdigit() and len(written) in (5, 6):
        raise NumberNotDate
    return written


def _month(word: str) -> int | None:
    """« mars », « fév », « sept »: as many letters as tell it from the others."""
    if word in _MONTHS:
        return _MONTHS[word]
    if len(word) < _LEAST_MONTH:
        return None
    found = [number for name, number in _MONTHS.items() if name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _choice(text: str, field: Field) -> str:
    """The key of the answer whose label was written."""
    if is_blank(text):
        return ""
    wanted = fold(text[:200])
    for choice in field.choices:
        if _SHORTENED.get(wanted, wanted) == choice.key or wanted in (
            fold(choice.label),
            fold(choice.key.replace("_", " ")),
        ):
            return choice.key
    labels = ", ".join(choice.label for choice in field.choices[:20])
    raise FieldFault(f"Cette réponse n'est pas proposée. Écrivez une de celles-ci : {labels}.")


def _yes_no(text: str, _field: Field) -> str:
    answer = fold(text[:20])
    return "oui" if answer in _YES else "non" if answer in _NO else text


_READERS = {
    "montant": _amount,
    "nombre": _amount,
    "entier": _amount,
    "siret": _siret,
    "date": _date,
    "choix": _choice,
    "choix_multiple": _choice,
    "oui_non": _yes_no,
}
