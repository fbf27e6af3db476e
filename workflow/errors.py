"""The one family of domain errors. The docstring of each is the sentence its reader gets."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.guards import Refusal


class DomainError(Exception):
    """L'opération n'a pas pu être faite."""

    code = "erreur"

    def __init__(self, **details: object) -> None:
        self.details = details
        sentence = inspect.cleandoc(type(self).__doc__ or "")
        super().__init__(sentence.format_map(details) if details else sentence)


class NotFound(DomainError):
    """Cette page n'existe pas, ou ne fait pas partie de votre organisme."""

    code = "introuvable"


class UnknownAction(NotFound):
    """L'action « {action} » n'existe pas dans ce dispositif."""

    code = "action_inconnue"


class TooBig(DomainError):
    """Cet envoi est trop gros."""

    code = "trop_gros"


class Refused(DomainError):
    """« {label} » n'est pas possible pour l'instant."""

    code = "refuse"

    def __init__(self, label: str, refusals: Sequence[Refusal]) -> None:
        super().__init__(label=label)
        self.refusals = tuple(refusals)


class Stale(DomainError):
    """Modifié entre-temps par {who}, {when} : {what}. Relisez, puis recommencez si besoin."""

    code = "modifie_entre_temps"

    def __init__(self, who: str, at: datetime | None, when: str, what: str) -> None:
        super().__init__(who=who, when=when, what=what)
        self.at = at


class Invalid(DomainError):
    """Certaines réponses sont à corriger : rien n'a été enregistré."""

    code = "invalide"

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = dict(faults)


class KeyReused(DomainError):
    """Ce formulaire a déjà servi à une autre opération. Rechargez la page, puis recommencez."""

    code = "cle_deja_utilisee"


class DatabaseBusy(DomainError):
    """La base de données est occupée. Rien n'a été enregistré : recommencez dans un instant."""

    code = "base_occupee"


class DatabaseFull(DomainError):
    """Le disque est plein. Rien n'a été enregistré : prévenez la personne qui gère le serveur."""

    code = "base_pleine"


class DatabaseGone(DomainError):
    """La base de données ne répond pas. Rien n'a été enregistré : recommencez dans un instant."""

    code = "base_absente"


class DatabaseLost(DatabaseGone):
    """La base de données s'est arrêtée pendant l'enregistrement, qui a peut-être eu lieu.
    Vérifiez-le avant de recommencer."""

    code = "base_perdue"


class DatabaseDamaged(DatabaseGone):
    """Ce fichier n'est pas une base de données en bon état. Rien n'a été enregistré :
    prévenez la personne qui gère le serveur."""

    code = "base_abimee"


class DatabaseReadOnly(DomainError):
    """La base de données est en lecture seule. Rien n'a été enregistré :
    prévenez la personne qui gère le serveur."""

    code = "base_en_lecture_seule"


#: What is nobody's fault and would befall the next row too: a batch stops there and says so.
OF_THE_DATABASE: tuple[type[DomainError], ...] = (
    DatabaseBusy,
    DatabaseFull,
    DatabaseGone,
    DatabaseReadOnly,
)
