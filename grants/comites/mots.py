"""What a comité's word is called: a decision, or the avis of one that advises and does not decide.

One place for both: screens, API, minutes, extracts and Word take their words here, by the nature
of the comité that a séance keeps among its rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grants.comites.comptage import AJOURNE, REFUSE, RETENU, SANS_QUORUM
from workflow.money import format_amount

DECISION, AVIS, PILOTAGE = "decision", "avis", "pilotage"
_NO_QUORUM = "Sans quorum"


@dataclass(frozen=True, slots=True)
class Mots:
    """The words of one nature of comité. `avec_reserves`: selected, on conditions.

    `event` is how the séance's journal names it; `decides` is false where the organisme decides
    afterwards. Sentences stand whole: French agrees its words.
    """

    decides: bool
    event: str
    nom: str
    noms: str
    article: str
    issues: Mapping[str, str]
    avec_reserves: str
    montant: str
    montant_aide: str
    motif_aide: str
    reserves: str
    reserves_aide: str
    choisir: str
    a_confirmer: str
    confirmer: str
    changer: str
    changer_le: str
    confirme: str
    confirme_par: str
    autrement: str
    attendu: str
    en_attente: str
    pris: tuple[str, str]
    aucun: str
    ecart: str
    montant_seul: str
    reserves_seules: str
    sans_quorum: str
    qui_confirme: str
    qui_ecrit: str

    def issue(self, key: str, *, reserves: bool = False) -> str:
        """« Retenu », « Avis favorable avec réserves », « Sans quorum »."""
        if key == SANS_QUORUM:
            return _NO_QUORUM
        return self.avec_reserves if reserves and key == RETENU else self.issues[key]

    def told(self, key: str, montant: int | None, *, reserves: bool = False) -> str:
        """« Retenu, 12 000 € », « Avis favorable »."""
        word = self.issue(key, reserves=reserves)
        return f"{word}, {format_amount(montant)}" if key == RETENU and montant else word


_OF_A_DECISION = Mots(
    decides=True,
    event="decision_prise",
    nom="Décision",
    noms="Décisions",
    article="la décision",
    issues={RETENU: "Retenu", AJOURNE: "Ajourné", REFUSE: "Non retenu"},
    avec_reserves="Retenu",
    montant="Montant accordé",
    montant_aide="Pour un projet retenu ; vide : le montant que donnent les votes.",
    motif_aide="Le porteur le lira. Dû quand le projet n’est pas retenu, ou que la décision"
    " s’écarte du vote.",
    reserves="Réserves à lever avant la convention",
    reserves_aide="Une par ligne : chacune sera à lever avant la convention.",
    choisir="Choisissez l’une de ces décisions",
    a_confirmer="Décision à confirmer",
    confirmer="Confirmer la décision",
    changer="Changer la décision",
    changer_le="Changer cette décision",
    confirme="La décision est confirmée.",
    confirme_par="Confirmée par",
    autrement="Décider autrement que le vote",
    attendu="la décision est à confirmer",
    en_attente="Décider",
    pris=("décision prise", "décisions prises"),
    aucun="Aucune, faute de quorum.",
    ecart="La décision s’écarte du vote : dites pourquoi.",
    montant_seul="Un montant accompagne un projet retenu : laissez ce champ vide.",
    reserves_seules="Des réserves accompagnent un projet retenu.",
    sans_quorum="Le quorum n’était pas atteint : le comité n’a rien pu décider sur ce dossier.",
    qui_confirme="La personne qui préside confirme les décisions.",
    qui_ecrit="Les décisions sont écrites par la direction ou un chargé de mission.",
)

_OF_AN_AVIS = Mots(
    decides=False,
    event="avis_donne",
    nom="Avis",
    noms="Avis",
    article="l’avis",
    issues={RETENU: "Avis favorable", AJOURNE: "Ajournement", REFUSE: "Avis défavorable"},
    avec_reserves="Avis favorable avec réserves",
    montant="Montant conseillé",
    montant_aide="Facultatif, pour un avis favorable.",
    motif_aide="Dû quand l’avis n’est pas favorable, ou qu’il s’écarte du vote.",
    reserves="Réserves du comité",
    reserves_aide="Une par ligne : l’avis se lira « favorable avec réserves ».",
    choisir="Choisissez l’un de ces avis",
    a_confirmer="Avis à confirmer",
    confirmer="Confirmer l’avis",
    changer="Changer l’avis",
    changer_le="Changer cet avis",
    confirme="L’avis est confirmé.",
    confirme_par="Confirmé par",
    autrement="Donner un autre avis que le vote",
    attendu="l’avis est à confirmer",
    en_attente="Donner l’avis",
    pris=("avis donné", "avis donnés"),
    aucun="Aucun, faute de quorum.",
    ecart="L’avis s’écarte du vote : dites pourquoi.",
    montant_seul="Un montant accompagne un avis favorable : laissez ce champ vide.",
    reserves_seules="Des réserves accompagnent un avis favorable.",
    sans_quorum="Le quorum n’était pas atteint : le comité n’a pu donner aucun avis.",
    qui_confirme="La personne qui préside confirme les avis.",
    qui_ecrit="Les avis sont écrits par la direction ou un chargé de mission.",
)


def mots_of(nature: str) -> Mots:
    """The words of a comité of that nature: what is not an avis is a decision."""
    return _OF_AN_AVIS if nature == AVIS else _OF_A_DECISION


#: Every way that a journal names what a comité said of a dossier.
SAID = frozenset(each.event for each in (_OF_A_DECISION, _OF_AN_AVIS))
