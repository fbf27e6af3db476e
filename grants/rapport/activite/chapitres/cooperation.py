"""« Coopération européenne »: who left, the visits that prepared it, the time given to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from grants.cooperation.figures import Mobilites, mobilites_of
from grants.rapport.activite.counting import different, number, spread
from grants.rapport.activite.model import Chapter, Column, Figure, Row, Source
from grants.rapport.activite.sight import Sight
from grants.rapport.activite.temps import interventions, spent
from grants.rapport.activite.units import Unit

_DISPOSITIF, _TIME = "cooperation", "Temps passé"
_LEFT, _VISITS = "Mobilités", "Visites préparatoires"
COOPERATION = Chapter(_DISPOSITIF, "Coopération européenne")
INTERVENTIONS = interventions("interventions_cooperation", "Interventions", _DISPOSITIF)


def _mobilites(sight: Sight) -> Mobilites:
    def read() -> Mobilites:
        since, until = (day or end for day, end in zip(sight.days, _ALWAYS, strict=True))
        return mobilites_of(sight.connection, sight.engine, sight.organisme_id, since, until)

    return sight.once("mobilites", read)


_ALWAYS = (date.min, date.max)


def _departs(sight: Sight) -> Iterator[Row]:
    for each in _mobilites(sight).departs:
        cells = {"nom": each.nom, "structure": each.structure, "lieu": each.lieu}
        yield Row({**cells, "jours": each.jours}, ("dossier", each.dossier_id))


def _visites(sight: Sight) -> Iterator[Row]:
    for each in _mobilites(sight).visites:
        cells = {"le": each.le, "lieu": each.lieu, "personnes": each.personnes}
        yield Row({**cells, "jours": each.jours}, ("dossier", each.dossier_id))


_DAYS = Column("jours", "Jours", "heures")
DEPARTS = Source(
    "departs_en_mobilite",
    "Participants",
    (Column("nom", "Nom"), Column("structure", "Structure"), Column("lieu", "Destination"), _DAYS),
    _departs,
)
VISITES = Source(
    "visites_preparatoires",
    "Visites préparatoires",
    (
        *(Column("le", "Date", "date"), Column("lieu", "Lieu")),
        *(Column("personnes", "Personnes"), _DAYS),
    ),
    _visites,
)

COOPERATION.add(
    Figure("participants", "Participants", Unit.COUNT, number(DEPARTS), DEPARTS, _LEFT),
    Figure(
        "jours",
        "Durée des mobilités",
        *(Unit.DAYS, lambda sight: _mobilites(sight).jours or None, DEPARTS, _LEFT),
    ),
    Figure(
        "structures",
        "Structures qui ont envoyé quelqu’un",
        *(Unit.COUNT, different("structure", DEPARTS), DEPARTS, _LEFT),
    ),
    Figure("destinations", "Destinations", Unit.COUNT, spread("lieu", DEPARTS), DEPARTS, _LEFT),
    Figure("visites_preparatoires", "Visites", Unit.COUNT, number(VISITES), VISITES, _VISITS),
    Figure(
        "visite_preparatoire_jours",
        "Leur durée",
        *(Unit.DAYS, lambda sight: _mobilites(sight).jours_de_visite or None, VISITES, _VISITS),
    ),
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
