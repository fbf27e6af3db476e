"""How often the clock does each of the things that it is given to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

_AT_ONCE = timedelta(seconds=5)
_OFTEN = timedelta(seconds=10)
_DUE = timedelta(minutes=1)
_NOW_AND_THEN = timedelta(minutes=10)
_HOURLY = timedelta(hours=1)
_NIGHTLY = timedelta(hours=24)

#: By the name under which its last run is kept.
EVERY: Mapping[str, timedelta] = {
    "courriers": _AT_ONCE,
    "annonces": _OFTEN,
    "proces_verbaux": _OFTEN,
    "reponses": _HOURLY,
    "rappels_en_attente": _NOW_AND_THEN,
    "echeances": _DUE,
    "dossiers_prets": _HOURLY,
    "reprises": _DUE,
    "compteurs": _DUE,
    "actions_automatiques": _NIGHTLY,
    "dossiers_prets_partout": _NIGHTLY,
    "fichiers_sans_trace": _NIGHTLY,
    "brouillons": _NIGHTLY,
    "presences": _NIGHTLY,
    "liens": _NIGHTLY,
}
