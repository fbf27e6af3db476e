"""Answers about letters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.v1.shapes.plain import Version, one_of
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
