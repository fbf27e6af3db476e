"""The days of the demonstrations: written as they were in 2009, or counted from the loading.

In the files a moment is a local date and time of Paris (`2009-07-09T14:00:00`), or a number of
days from the day of loading with an hour (`{ j = -45, heure = "10:20" }`); a day is a date, or
`{ j = 60 }`. A relative day that falls on a closed day moves to the working day before when it is
past, and to the working day after when it is to come: what was done stays done.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import ValidationInfo

from workflow.calendar import next_working_day_on_or_after, previous_working_day_on_or_before
from workflow.dates import from_paris

_HEURE = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def jour_relatif(chargement: date, j: int) -> date:
    """The working day that stands `j` days after the day of loading."""
    jour = chargement + timedelta(days=j)
    if j > 0:
        return next_working_day_on_or_after(jour)
    return previous_working_day_on_or_before(jour)


def lire_jour(valeur: Any, info: ValidationInfo) -> date:
    """A day as the files write it → a date."""
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return valeur
    if isinstance(valeur, dict) and valeur.keys() == {"j"}:
        return _relatif(valeur, info)
    raise ValueError("écrivez un jour comme 2009-07-09 ou { j = -45 }")


def lire_moment(valeur: Any, info: ValidationInfo) -> datetime:
    """A moment as the files write it → an aware moment in UTC."""
    if isinstance(valeur, datetime) and valeur.tzinfo is None:
        return from_paris(valeur)
    if isinstance(valeur, dict) and valeur.keys() == {"j", "heure"}:
        return from_paris(datetime.combine(_relatif(valeur, info), _heure(valeur["heure"])))
    raise ValueError('écrivez un moment comme 2009-07-09T14:00:00 ou { j = -45, heure = "10:20" }')


def _relatif(valeur: dict[str, Any], info: ValidationInfo) -> date:
    chargement = info.context["chargement"] if info.context else None
    if chargement is None:
        raise ValueError("cette démonstration ne compte pas ses jours depuis le chargement")
    if type(valeur["j"]) is not int:
        raise ValueError("« j » est un nombre entier de jours")
    return jour_relatif(chargement, valeur["j"])


def _heure(texte: Any) -> time:
    if not isinstance(texte, str) or not _HEURE.fullmatch(texte):
        raise ValueError("écrivez une heure comme 09:30")
    return time.fromisoformat(texte)
