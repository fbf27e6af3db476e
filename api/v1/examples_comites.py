"""What the examples say of comités, their séances held and what there is to grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOMENT, _LATER = "2026-04-14T12:05:00+00:00", "2026-04-14T14:30:00+00:00"
_WHO = "Camille Aubrac"
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "Application": {"fait": True, "phrases": ["Projet retenu"]},
    "Comite": {"nom": "CTS", "nature": "decision", "fiche": {"quorum": "moitie", "pouvoirs": "1"}},
    "LigneComite": {"nom": "CTS", "nature": "decision"},
    "Membre": {
        "nom": _WHO,
        "email": "camille@region.example",
        "au_nom_de": "Conseil régional",
        "college": "Financeurs",
        "voix": "deliberative",
        "suppleant_de": None,
        "debut": "2026-01-01",
        "fin": None,
        "presidence": 1,
    },
    "Enveloppe": {"annee": 2026, "financeur": "Conseil régional", "montant": 15_000_000},
    "Engagement": {
        "annee": 2026,
        "disponible": 15_000_000,
        "engage": 9_200_000,
        "paye": 1_800_000,
        "reste": 5_800_000,
    },
    "GesteSeance": {"cle": "clore", "libelle": "Clore la séance"},
    "GestesSeance": {"etape": "ouverte"},
    "EtapeSeance": {"etape": "ouverte"},
    "PresenceMembre": {
        "etat": "present",
        "arrivee": _MOMENT,
        "depart": None,
        "a_distance": False,
        "pouvoir_a": None,
    },
    "Presences": {"preside": 31},
    "Decompte": {
        "base": 12,
        "presents": 9,
        "representes": 1,
        "quorum_atteint": True,
        "favorables": 7,
        "defavorables": 1,
        "ajournements": 1,
        "abstentions": 1,
        "issue": "retenu",
        "voix_preponderante": False,
    },
    "VoixVotee": {"a_vote": True, "choix": "favorable", "reserves": "", "version": 1},
    "ReserveDecision": {"texte": "Un bail signé.", "levee_le": None, "levee_par": None},
    "ComparaisonPv": {"quoi": "Le fichier, octet par octet", "identique": True},
    "VerificationPv": {
        "authentique": True,
        "phrase": "C’est le procès-verbal validé de « CTS du 14 avril 2026, L’Atelier », le"
        " 20 avril 2026 à 10 h par Camille Aubrac : le fichier, ses données et le journal"
        " concordent.",
        "seance_id": 7,
    },
    "DecisionComite": {
        "proposee": "retenu",
        "retenue": "retenu",
        "libelle": "Retenu",
        "motif": "",
        "confirmee_par": _WHO,
        "confirmee_le": _LATER,
        "appliquee_le": None,
    },
    "PassageSeance": {
        "prevu_a": _MOMENT,
        "minutes": 15,
        "note": "Deux emplois de mécanicien.",
        "avis_charge": "Favorable.",
        "vigilance": "Le bail reste à signer.",
        "etat": "clos",
        "votes_recus": 10,
        "votes_attendus": 10,
        "deports": ["Sacha Corti"],
    },
    "SeancesTenues": {"minutes": 540, "presences": 31},
    "ProcesVerbal": {
        "remarques": "",
        "empreinte": None,
        "valide_par": None,
        "valide_le": None,
        "donnees": {"version": 1, "membres": [], "dossiers": []},
    },
}
#: The same, by « Shape.property ».
OF_A_COMITE: dict[str, Any] = {
    f"{shape}.{name}": value for shape, said in _SHAPES.items() for name, value in said.items()
}
#: What stands in an address.
IN_ADDRESS_OF_A_SEANCE: dict[str, str] = {"geste": "convoquer"}
