"""What the examples say of letters, reminders, models and the agenda."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOMENT, _LEAVES = "2026-03-12T09:30:00+00:00", "2026-04-02T07:00:00+00:00"
_TITLE, _SUBJECT = "Notification d’accord", "Votre projet est retenu"
_ROW: Mapping[str, Any] = {
    "lettre": "notification_accord",
    "titre": _TITLE,
    "objet": _SUBJECT,
    "etat": "a_valider",
    "voie": "courriel",
    "rappel": False,
    "destinataire": "Amina Diallo",
    "part_le": _MOMENT,
    "envoye_le": None,
    "essais": 0,
    "reponse": None,
    "manque": None,
    "valide_par": None,
}
_MODEL: Mapping[str, Any] = {
    "cle": "notification_accord",
    "titre": _TITLE,
    "dispositif": "microprojets",
    "depart": "a_valider",
    "voies": ["courriel", "papier"],
    "propre": True,
    "modifie_par": "Zoé Martin",
    "modifie_le": _MOMENT,
}
_TOLD: Mapping[str, Mapping[str, Any]] = {
    "LigneCourrier": _ROW,
    "Courrier": {
        **_ROW,
        "texte": "Madame,\n\nVotre projet est retenu.",
        "html": "<p>Madame,</p><p>Votre projet est retenu.</p>",
        "empreinte": "9f86d081884c7d65",
        "defaut_du_modele": None,
        "message_id": None,
        "dossiers": [],
    },
    "FichierJoint": {
        "nom": "lettre.pdf",
        "type": "application/pdf",
        "empreinte": "9f86d081884c7d65",
        "url": "/api/v1/courriers/12/fichiers/lettre.pdf",
    },
    "Rappel": {
        "regle": "contact_sans_rendez_vous",
        "libelle": "Proposer un rendez-vous d’accueil",
        "occurrence": 1,
        "etat": "prevue",
        "le": _LEAVES,
        "partira_le": _LEAVES,
        "a_la_main": False,
        "voie": "courriel",
        "destinataire": "Amina Diallo",
        "pourquoi": "Aucun rendez-vous n’est pris.",
        "depuis_le": "2026-03-12",
        "empeche": [],
        "avec": ["MP-2026-015"],
    },
    "AdresseArretee": {
        "email": "amina@exemple.fr",
        "quoi": "rappels",
        "motif": "Par téléphone.",
        "depuis": _MOMENT,
        "par": "Zoé Martin",
    },
    "ChoseAgenda": {
        "nature": "relance",
        "le": _LEAVES,
        "libelle": "Proposer un rendez-vous d’accueil",
        "en_pause": False,
        "lettre": "relance_contact",
        "lieu": "",
        "pour": None,
    },
    "LigneModele": _MODEL,
    "Modele": {
        **_MODEL,
        "objet": _SUBJECT,
        "texte": "{{ porteur.civilite }},\n\nVotre projet est retenu.",
        "objet_d_origine": "Accord pour votre projet",
        "texte_d_origine": "{{ porteur.civilite }},\n\nLe comité a retenu votre projet.",
        "version": 2,
    },
    "VariableModele": {
        "ecriture": "{{ dossier.montant_accorde | montant }}",
        "description": "Le montant accordé.",
    },
    "VersionModele": {"numero": 2, "auteur": "Zoé Martin", "le": _MOMENT, "origine": False},
}
#: What a shape says of a property.
OF_A_LETTER: dict[str, Any] = {
    f"{shape}.{key}": value for shape, told in _TOLD.items() for key, value in told.items()
}
IN_ADDRESS_OF_A_LETTER: dict[str, str] = {"lettre": "notification_accord", "name": "lettre.pdf"}
