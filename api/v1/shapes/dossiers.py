"""Answers about dossiers and what hangs on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Named, Raison, Schema, Values, Version, one_of


class Porteur(TypedDict):
    """La personne qui porte un dossier."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    civilite: str | None
    version: Version


class LigneDossier(TypedDict):
    """Un dossier, comme dans la liste."""

    id: int
    reference: str
    titre: str
    dispositif: str
    etape: str
    etape_depuis: datetime
    structure: str | None
    porteur: str | None
    referent: str | None
    commune: str | None
    departement: str | None
    montant_demande: Cents | None
    montant_accorde: Cents | None


class PageDossiers(TypedDict):
    """Une page de la liste des dossiers."""

    dossiers: list[LigneDossier]
    suivant: str | None


class EtapeTableau(TypedDict):
    """Une étape du tableau : combien de dossiers, et leurs sommes."""

    etape: str
    libelle: str
    nombre: int
    demande: Cents
    accorde: Cents


class Tableau(TypedDict):
    """Un dispositif, étape par étape."""

    dispositif: str
    etapes: list[EtapeTableau]


class Dossier(TypedDict):
    """Un dossier, avec les réponses de ses fiches."""

    id: int
    reference: str
    titre: str
    dispositif: str
    dispositif_version: int
    etape: str
    etape_libelle: str
    etape_depuis: datetime
    termine: bool
    ouvert_le: date
    structure: Named | None
    porteur: Porteur | None
    referent: Named | None
    montant_demande: Cents | None
    montant_accorde: Cents | None
    plafond: Cents | None
    fiches: dict[str, Values]
    version: Version


class Ouvert(TypedDict):
    """Le dossier qui vient d’être ouvert ; `plafond_depasse` si la demande est au-dessus."""

    id: int
    reference: str
    plafond_depasse: Cents | None


class ActionPossible(TypedDict):
    """Une action de l’étape : possible, ou refusée avec toutes ses raisons."""

    cle: str
    libelle: str
    aide: str
    ton: Annotated[str, one_of("avance", "retour", "sortie", "correction")]
    vers: str | None
    possible: bool
    raisons: list[Raison]
    roles: list[str]
    motif_demande: bool
    lettres: list[str]
    schema: Schema


class Actions(TypedDict):
    """Ce que l’on peut faire d’un dossier là où il est."""

    etape: str
    actions: list[ActionPossible]
    version: Version


class Mouvement(TypedDict):
    """Un mouvement qui a eu lieu."""

    action: str
    de: str
    vers: str
    le: datetime


class Avance(TypedDict):
    """Où est le dossier après l’action, et les mouvements faits."""

    id: int
    etape: str
    mouvements: list[Mouvement]
    version: Version


class Note(TypedDict):
    """Une note d’un collègue."""

    auteur: str
    le: datetime
    texte: str


class Notes(TypedDict):
    """Les notes d’un dossier, les dernières d’abord."""

    notes: list[Note]


class RendezVous(TypedDict):
    """Un rendez-vous avec le porteur."""

    le: datetime
    lieu: str


class LesRendezVous(TypedDict):
    """Les rendez-vous d’un dossier, le dernier fixé d’abord."""

    rendez_vous: list[RendezVous]


class Lien(TypedDict):
    """Un autre dossier, lié à celui-ci."""

    id: int
    reference: str
    titre: str
    dispositif: str
    etape: str
    nature: str
    ouvert_d_ici: bool


class Liens(TypedDict):
    """Les dossiers liés à un dossier."""

    liens: list[Lien]


class Echeance(TypedDict):
    """Ce qui est prévu pour un dossier."""

    regle: str
    nature: str
    le: datetime
    etat: str


class Echeances(TypedDict):
    """Les échéances ouvertes d’un dossier, la plus proche d’abord."""

    echeances: list[Echeance]


class Entree(TypedDict):
    """Une ligne du journal. `contenu` est vide une fois effacé."""

    numero: int
    le: datetime
    nature: str
    evenement: str
    acteur: str
    role: str
    de: str | None
    vers: str | None
    corrige: int | None
    contenu: dict[str, Any]
    efface_le: datetime | None


class Journal(TypedDict):
    """Le journal, de la plus récente ligne à la première."""

    entrees: list[Entree]


class Tache(TypedDict):
    """Quelque chose à faire pour un jour, par quelqu’un."""

    id: int
    titre: str
    dossier_id: int | None
    pour_id: int | None
    pour_le: date
    faite_le: datetime | None
    version: Version


class Etiquettes(TypedDict):
    """Des étiquettes, par nom."""

    etiquettes: list[Named]
