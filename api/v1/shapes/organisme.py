"""Answers about pipelines, the organisme, its team and its figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Values, Version


class EtapeDispositif(TypedDict):
    """Une étape d’un dispositif."""

    cle: str
    libelle: str
    libelle_public: str
    finale: bool
    fiches: list[str]


class FicheDispositif(TypedDict):
    """Une fiche, et le schéma JSON de ses réponses."""

    cle: str
    libelle: str
    schema: dict[str, Any]


class ActionDispositif(TypedDict):
    """Une action : d’où, vers où, par qui, et le schéma JSON de ce qu’elle demande."""

    cle: str
    libelle: str
    de: list[str]
    vers: str
    roles: list[str]
    regles: list[str]
    motif_demande: bool
    automatique: bool
    lettres: list[str]
    schema: dict[str, Any]


class LigneDispositif(TypedDict):
    """Un dispositif."""

    cle: str
    libelle: str
    version: int


class Dispositifs(TypedDict):
    """Les dispositifs de l’installation."""

    dispositifs: list[LigneDispositif]


class Dispositif(TypedDict):
    """Tout ce qu’il faut pour faire les écrans d’un dispositif."""

    cle: str
    libelle: str
    description: str
    dispositif_version: int
    initiale: str
    etapes: list[EtapeDispositif]
    fiches: list[FicheDispositif]
    actions: list[ActionDispositif]


class Identite(TypedDict):
    """L’identité de l’organisme."""

    fiche: Values
    logo: bool
    version: Version


class Parametre(TypedDict):
    """Une règle d’un dispositif : sa valeur, et celle par défaut."""

    cle: str
    libelle: str
    valeur: str | list[str]
    defaut: str | list[str]
    propre: bool


class Parametres(TypedDict):
    """Les paramètres d’un dispositif. La version est celle de l’organisme."""

    dispositif: str
    parametres: list[Parametre]
    version: Version


class Collegue(TypedDict):
    """Quelqu’un de l’équipe."""

    compte_id: int
    nom: str
    email: str
    role: str
    actif: bool
    venu: bool


class Equipe(TypedDict):
    """Qui peut entrer, et à quel titre."""

    equipe: list[Collegue]


class Invitation(TypedDict):
    """La personne invitée ; `lien` une seule fois, pour choisir un mot de passe."""

    compte_id: int
    nom: str
    lien: str | None


class LienMotDePasse(TypedDict):
    """Un lien pour choisir un mot de passe, donné une seule fois."""

    lien: str


class EtapeEntonnoir(TypedDict):
    """Combien de dossiers sont entrés pour la première fois dans une étape."""

    etape: str
    libelle: str
    nombre: int


class TempsEtape(TypedDict):
    """Les jours passés dans une étape par ceux qui en sont sortis."""

    etape: str
    libelle: str
    sejours: int
    mediane: int
    neuvieme_decile: int


class Pilotage(TypedDict):
    """Les chiffres d’un dispositif sur une période."""

    dispositif: str
    du: date | None
    au: date | None
    demande: Cents
    accorde: Cents
    retenus: int
    entonnoir: list[EtapeEntonnoir]
    temps: list[TempsEtape]
