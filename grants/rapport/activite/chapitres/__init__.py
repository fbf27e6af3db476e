"""The chapters of the rapport d'activité, in the order in which it prints them."""

from __future__ import annotations

from grants.rapport.activite.chapitres.cooperation import COOPERATION
from grants.rapport.activite.chapitres.dla import DLA
from grants.rapport.activite.chapitres.iae import IAE
from grants.rapport.activite.chapitres.microprojets import MICROPROJETS
from grants.rapport.activite.chapitres.vie_associative import VIE_ASSOCIATIVE
from grants.rapport.activite.model import Chapter

CHAPITRES: tuple[Chapter, ...] = (VIE_ASSOCIATIVE, DLA, IAE, COOPERATION, MICROPROJETS)
BY_KEY = {chapter.key: chapter for chapter in CHAPITRES}
