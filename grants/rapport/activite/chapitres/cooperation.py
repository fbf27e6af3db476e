"""« Coopération européenne »: the time given to its projects."""

from __future__ import annotations

from grants.rapport.activite.model import Chapter, Figure
from grants.rapport.activite.temps import interventions, spent
from grants.rapport.activite.units import Unit

_DISPOSITIF, _TIME = "cooperation", "Temps passé"
COOPERATION = Chapter(_DISPOSITIF, "Coopération européenne")
INTERVENTIONS = interventions("interventions_cooperation", "Interventions", _DISPOSITIF)

COOPERATION.add(
    Figure(
        "heures",
        "Heures d’intervention",
        *(Unit.HOURS, spent(lambda each: each.minutes, _DISPOSITIF), INTERVENTIONS, _TIME),
    ),
    Figure(
        "km",
        "Kilomètres parcourus",
        *(Unit.KM, spent(lambda each: each.km, _DISPOSITIF), INTERVENTIONS, _TIME),
    ),
)
