"""How the papers of a séance say dates, hours, people, rules and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from grants.comites.membres import DELIBERATIVE
from grants.comites.regles import fields_of, load_regles
from notifications.letter_filters import date_longue, heure, jour
from workflow.dates import to_paris
from workflow.fields import FIELD_TYPES
from workflow.money import NARROW_SPACE, NO_BREAK_SPACE, format_amount

COLON = f"{NO_BREAK_SPACE}: "


def name_of(comite: str, tenue_le: datetime) -> str:
    """« CTS du 12 mars 2027 »."""
    return f"{comite} du {date_longue(_iso(tenue_le))}"


def when_of(tenue_le: datetime) -> str:
    """« jeudi 12 mars 2027 à 14 h 30 »."""
    return f"{jour(_iso(tenue_le))} à {hour_of(tenue_le)}"


def day_of(moment: datetime) -> str:
    """« 12 mars 2027 »."""
    return date_longue(_iso(moment))


def hour_of(moment: datetime) -> str:
    """« 14 h 30 », in Paris."""
    return heure(moment.isoformat())


def outside_words(gaps: Sequence[tuple[datetime, datetime]]) -> str:
    """« , sorti de 15 h à 15 h 30 »."""
    told = [f"de {hour_of(left)} à {hour_of(back)}" for left, back in gaps]
    return f", sorti {listed(told)}" if told else ""


def moment_of(told: str | None) -> datetime | None:
    """What the canonical data keep of an instant → the instant."""
    return None if told is None else datetime.fromisoformat(told)


def voice_of(voix: str) -> str:
    """« Délibérative »."""
    return "Délibérative" if voix == DELIBERATIVE else "Consultative"


def counted(number: int, one: str, many: str) -> str:
    """« 1 voix », « 0 dossier », « 12 dossiers »."""
    return f"{number}{NO_BREAK_SPACE}{one if number < 2 else many}"  # noqa: PLR2004


def quoted(words: str) -> str:
    """« words », with its thin spaces."""
    return f"«{NARROW_SPACE}{words}{NARROW_SPACE}»"


def listed(words: Sequence[str]) -> str:
    """« a, b et c »."""
    if len(words) < 2:  # noqa: PLR2004
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


def rules_of(regles: str) -> list[str]:
    """The rules of a séance, one sentence each."""
    rules = load_regles(regles)
    return [
        f"{field.label}{COLON}{_begun(FIELD_TYPES[field.type].display(value, field))}"
        for field in fields_of(rules)
        if (value := getattr(rules, field.key)) is not None
    ]


def money(cents: int | None) -> str:
    """« 12 000 € », or a dash."""
    return "–" if cents is None else format_amount(cents)


def place_of(seance: Mapping[str, Any]) -> str:
    """Where it is held, from afar too."""
    afar = f"à distance{COLON}{seance['lien_visio']}" if seance.get("lien_visio") else ""
    return ", et ".join(filter(None, (seance.get("lieu") or "", afar)))


def _iso(moment: datetime) -> str:
    return to_paris(moment).date().isoformat()


def _begun(words: str) -> str:
    """Not a capital after a colon."""
    return words[:1].lower() + words[1:]
