"""Answers about letters, their texts, and the reminders and things to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Named, Version, one_of
from notifications.courrier_table import CHANNELS, STATES

_STATE = Annotated[str, one_of(*STATES)]
_CHANNEL = Annotated[str, one_of(*CHANNELS)]


class LigneCourrier(TypedDict):
    """Un courrier, comme les listes le montrent. `manque` : ce qu’il lui faut pour partir."""

    id: int
    lettre: str
    titre: str
    objet: str | None
    etat: _STATE
    voie: _CHANNEL
    rappel: bool
    dossier_id: int | None
    personne_id: int | None
    destinataire: str
    email: str | None
    cree_le: datetime
    part_le: datetime
    envoye_le: datetime | None
    essais: int
    reponse: str | None
    manque: str | None
    valide_par: str | None
    version: Version


class PageCourriers(TypedDict):
    """Une page des courriers, du plus récent au plus ancien."""

    courriers: list[LigneCourrier]
    suivant: str | None


class FichierJoint(TypedDict):
    """Un fichier que le courrier porte."""

    nom: str
    type: str
    taille: int
    empreinte: str
    url: str


class Courrier(LigneCourrier):
    """Un courrier entier. Tant qu’il n’est pas fixé, son texte est celui qu’il aurait aujourd’hui.

    `empreinte` : à rendre dans « affiche » pour que parte le texte que vous avez lu, et lui seul.
    """

    texte: str | None
    html: str | None
    empreinte: str | None
    defaut_du_modele: str | None
    message_id: str | None
    fichiers: list[FichierJoint]
    dossiers: Annotated[list[int], Field(description="Ceux dont parle un rappel groupé.")]


class Rappel(TypedDict):
    """Un rappel de l’étape présente : à venir, en pause, ou passé."""

    id: int
    regle: str
    libelle: str
    occurrence: int
    etat: Annotated[str, one_of("prevue", "suspendue", "faite", "annulee", "arretee")]
    le: datetime
    partira_le: datetime | None
    a_la_main: bool
    voie: Annotated[str, one_of("courriel", "papier", "tache")]
    destinataire: str
    email: str | None
    pourquoi: str
    depuis_le: date | None
    empeche: Annotated[list[str], Field(description="Pourquoi il ne partirait pas.")]
    avec: Annotated[list[str], Field(description="Les autres dossiers du même envoi.")]
    version: Version


class Rappels(TypedDict):
    """Les rappels de l’étape présente d’un dossier, dans l’ordre de leurs moments."""

    rappels: list[Rappel]


class ChoseAgenda(TypedDict):
    """Une chose de l’agenda. Une tâche est pour un jour, sans heure."""

    nature: Annotated[str, one_of("rendez_vous", "seance", "relance", "action", "tache")]
    id: int
    le: datetime
    libelle: str
    dossier: Named | None
    lettre: str | None
    lieu: str
    pour: str | None


class PageAgenda(TypedDict):
    """Une page de l’agenda, le plus proche d’abord."""

    agenda: list[ChoseAgenda]
    suivant: str | None


class LigneModele(TypedDict):
    """Le texte d’une lettre : celui d’origine, ou celui de l’organisme."""

    cle: str
    titre: str
    dispositif: str
    depart: Annotated[str, one_of("automatique", "a_valider")]
    voies: Annotated[list[str], Field(description="courriel, papier, ou les deux.")]
    propre: bool
    modifie_par: str | None
    modifie_le: datetime | None


class Modeles(TypedDict):
    """Toutes les lettres, par dispositif puis par titre."""

    modeles: list[LigneModele]


class VariableModele(TypedDict):
    """Ce qu’une lettre peut dire : comment l’écrire, et un exemple."""

    ecriture: str
    description: str


class VersionModele(TypedDict):
    """Une version d’une lettre ; `origine` : un retour au texte d’origine."""

    numero: int
    auteur: str
    le: datetime
    origine: bool


class Modele(LigneModele):
    """Le texte d’une lettre en vigueur, ses versions, et ce qu’elle peut dire."""

    objet: str
    texte: str
    objet_d_origine: str
    texte_d_origine: str
    variables: list[VariableModele]
    versions: list[VersionModele]
    version: Version
