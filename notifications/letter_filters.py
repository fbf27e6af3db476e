"""The filters of the letters: amounts, dates and lists, as a French sentence says them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from notifications.template_values import Absent, Group
from notifications.typography import french
from notifications.words import amount_in_words, number_in_words
from workflow.dates import MONTHS, to_paris
from workflow.money import NO_BREAK_SPACE, format_amount

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
CIVILITIES = {"madame": "Madame", "monsieur": "Monsieur"}
_NOBODY_KNOWN = "Madame, Monsieur"


class Typeset(str):
    """Words that are already as French typography wants them."""

    __slots__ = ()


class Link(Typeset):
    """Words that lead somewhere: a mail to write, a number to call."""

    __slots__ = ("href",)

    href: str

    def __new__(cls, words: str, href: str) -> Link:
        """The words and where they lead."""
        made = super().__new__(cls, words)
        made.href = href
        return made


class Phrase(Typeset):
    """Words among which some lead somewhere, each already as typography wants it."""

    __slots__ = ("parts",)

    parts: tuple[Typeset, ...]

    def __new__(cls, *parts: str) -> Phrase:
        """The words in order, with their spaces."""
        made = super().__new__(cls, "".join(parts))
        made.parts = tuple(part if isinstance(part, Typeset) else Typeset(part) for part in parts)
        return made


class Unsuitable(ValueError):
    """Ce filtre ne convient pas à cette valeur."""


def montant(value: Any) -> str:
    """« 23 000 € », « 1 200,50 € », of cents."""
    return format_amount(_cents(value, "montant"))


def en_lettres(value: Any) -> str:
    """« vingt-trois mille euros », of cents."""
    return amount_in_words(_cents(value, "en_lettres"))


def nombre_en_lettres(value: Any) -> str:
    """« vingt et un », of a whole number."""
    return number_in_words(_cents(value, "nombre_en_lettres"))


def date_longue(value: Any) -> str:
    """« 1er mars 2027 », of a date, or of a moment in Paris."""
    day = _day(value, "date_longue")
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK_SPACE}{MONTHS[day.month - 1]} {day.year}"


def jour(value: Any) -> str:
    """« lundi 1er mars 2027 »."""
    return f"{DAYS[_day(value, 'jour').weekday()]} {date_longue(value)}"


def heure(value: Any) -> str:
    """« 14 h 30 », « 9 h », Paris time."""
    moment = to_paris(_moment(value, "heure"))
    minute = f"{NO_BREAK_SPACE}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{NO_BREAK_SPACE}h{minute}"


def date_heure(value: Any) -> str:
    """« lundi 1er mars 2027 à 14 h 30 », Paris time."""
    _moment(value, "date_heure")
    return f"{jour(value)} à {heure(value)}"


def telephone(value: Any) -> str:
    """« 01 99 00 12 34 », unbreakable, to call; what is no number stays as it was written."""
    import phonenumbers

    from workflow.reference_fields import show_telephone

    number = str(value)
    try:
        return Link(show_telephone(number), f"tel:{number}")
    except phonenumbers.NumberParseException:
        return number.replace(" ", NO_BREAK_SPACE)


def courriel(value: Any) -> str:
    """An e-mail address, to write to."""
    return Link(str(value), f"mailto:{value}")


def joindre(value: Any) -> str:
    """« Zoé Martin, au 01 99 00 12 34 ou à l’adresse zoe@aide34.example », as far as is known."""
    if not isinstance(value, Group):
        raise Unsuitable("« joindre » attend quelqu’un : referent, organisme")
    if "nom" not in value:
        return Absent(obj=value, name="nom").note()
    parts: list[str] = [french(value["nom"])]
    if "telephone" in value:
        parts += [", au ", telephone(value["telephone"])]
    if "email" in value:
        parts += [" ou à l’adresse " if len(parts) > 1 else ", à l’adresse "]
        parts += [courriel(value["email"])]
    return Phrase(*parts)


def liste(value: Any) -> str:
    """« le budget, les statuts et le RIB »: texts, or things that have a label."""
    if not isinstance(value, tuple | list):
        raise Unsuitable("« liste » attend une liste")
    words = [_label(each) for each in value]
    return french(" et ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part))


def appel(value: Any) -> str:
    """« Madame », « Monsieur »; « Madame, Monsieur » when it is not known."""
    return CIVILITIES.get(str(value).lower(), _NOBODY_KNOWN)


def _label(value: Any) -> str:
    found = value.get("label", value.get("nom")) if isinstance(value, dict) else value
    if not isinstance(found, str):
        raise Unsuitable("« liste » attend des textes, ou des éléments qui ont un intitulé")
    return found


def _cents(value: Any, name: str) -> int:
    if type(value) is not int:
        raise Unsuitable(f"« {name} » attend un nombre")
    return value


def _day(value: Any, name: str) -> date:
    try:
        text = str(value)
        if "T" in text:
            return to_paris(datetime.fromisoformat(text)).date()
        return date.fromisoformat(text)
    except ValueError:
        raise Unsuitable(f"« {name} » attend une date") from None


def _moment(value: Any, name: str) -> datetime:
    text = str(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise Unsuitable(f"« {name} » attend une date et une heure")
    return moment


def _noting(use: Callable[[Any], str]) -> Callable[[Any], str]:
    """The same filter, that notes a value which is not there instead of failing on it."""

    @wraps(use)
    def noted(value: Any) -> str:
        if isinstance(value, Absent):
            return value.note()
        found = use(value)
        return found if isinstance(found, Typeset) else Typeset(found)

    return noted


FILTERS: dict[str, Callable[[Any], str]] = {
    each.__name__: _noting(each)
    for each in (
        montant,
        en_lettres,
        nombre_en_lettres,
        date_longue,
        jour,
        heure,
        date_heure,
        telephone,
        courriel,
        joindre,
        liste,
    )
} | {"appel": lambda value: _NOBODY_KNOWN if isinstance(value, Absent) else appel(value)}
