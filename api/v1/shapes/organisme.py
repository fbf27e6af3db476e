"""Answers about pipelines, the organisme, its team and its figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Cents, Schema, Values, Version, one_of


class EtapeDispositif(TypedDict):
    """Une étape d’un dispositif."""

    cle: str
    libelle: str
    libelle_public: str
    phase: str
    finale: bool
    fiches: list[str]
    roles_des_fiches: Annotated[
        dict[str, list[str]], Field(description="Par fiche, les rôles qui peuvent y répondre ici.")
    ]


class FicheDispositif(TypedDict):
    """Une fiche, et le schéma JSON de ses réponses."""

    cle: str
    libelle: str
    aide: str
    schema: Schema


class ActionDispositif(TypedDict):
    """Une action : d’où, vers où, par qui, et le schéma JSON de ce qu’elle demande."""

    cle: str
    libelle: str
    aide: str
    ton: Annotated[str, one_of("avance", "retour", "sortie", "correction")]
    de: list[str]
    vers: str
    roles: list[str]
    regles: list[str]
    motif_demande: bool
    automatique: bool
    lettres: list[str]
    schema: Schema


class PieceDispositif(TypedDict):
    """Une pièce attendue, pourquoi, et les actions qui l’attendent."""

    cle: str
    libelle: str
    pourquoi: str
    pour: list[str]
    validite: str | None
    gardee_pour: str


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
    pieces: list[PieceDispositif]
    actions: list[ActionDispositif]


class Identite(TypedDict):
    """L’identité de l’organisme."""

    fiche: Values
    logo: bool
    signature: bool
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
    fonction: str | None
    telephone: str | None


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


class SeancesTenues(TypedDict):
    """Les séances tenues, les présences de leurs membres, et leur durée en tout, en minutes."""

    nombre: int
    presences: int
    minutes: int


class Chiffres(TypedDict):
    """Ce que compte une période."""

    du: date | None
    au: date | None
    ouverts: int
    demande: Cents
    retenus: int
    accorde: Cents
    accordes: int
    sortis_sans_aboutir: int
    seances: SeancesTenues
    entonnoir: list[EtapeEntonnoir]
    temps: list[TempsEtape]


class Repartition(TypedDict):
    """Les dossiers d’un département ou d’un secteur ; rien, s’il n’est pas dit."""

    cle: str | None
    ouverts: int
    demande: Cents
    retenus: int
    accorde: Cents


class Charge(TypedDict):
    """Ce qu’un référent a en main, par étape ; ce qui a avancé pendant la période."""

    referent_id: int | None
    nom: str
    ouverts: int
    par_etape: dict[str, int]
    en_retard: int
    avances: int


class Objectif(TypedDict):
    """Ce qui était promis, et ce qui est fait."""

    libelle: str
    atteint: int
    vise: int


class Pilotage(Chiffres):
    """Les chiffres d’un dispositif sur une période, et ceux d’une autre si elle est demandée."""

    dispositif: str
    compare: Chiffres | None
    charge: list[Charge]
    departements: list[Repartition]
    secteurs: list[Repartition]
    objectifs: list[Objectif]
