"""Who is signed in, and for which organisme: the first argument of every service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from grants.organisation.roles import DIRECTION, LECTEUR, WRITERS, held
from workflow.errors import DomainError
from workflow.subject import SYSTEM, Actor


class ReadOnly(DomainError):
    """Votre accès permet de tout lire, pas de modifier."""

    code = "lecture_seule"


class DirectionOnly(DomainError):
    """Cette page est réservée à la direction de l'organisme."""

    code = "direction_seulement"


class Acting(Protocol):
    """Whoever acts in an organisme: a colleague, or somebody whom a personal link let in."""

    @property
    def organisme_id(self) -> int:
        """The organisme."""
        ...

    @property
    def nom(self) -> str:
        """The name that the journal keeps."""
        ...

    @property
    def role(self) -> str:
        """The role that the journal keeps."""
        ...

    @property
    def actor(self) -> Actor:
        """The engine's view."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """A compte acting in one organisme, under its role there; or the software itself."""

    organisme_id: int
    compte_id: int | None
    nom: str
    role: str

    @property
    def actor(self) -> Actor:
        """The engine's view of who acts."""
        if self.compte_id is None:
            return SYSTEM
        return Actor(self.compte_id, self.nom, held(self.role), self.role)

    @property
    def may_write(self) -> bool:
        """Whether it may change anything at all."""
        return self.compte_id is None or self.role in WRITERS

    def require_writer(self) -> None:
        """Raises ReadOnly for whoever may only read."""
        if not self.may_write:
            raise ReadOnly

    @property
    def may_direct(self) -> bool:
        """Whether it acts as the direction; the software does for who runs the server."""
        return self.compte_id is None or self.role == DIRECTION

    @property
    def may_oversee(self) -> bool:
        """Whether it may read what the direction sets: who controls reads everything."""
        return self.may_direct or self.role == LECTEUR

    def require_direction(self) -> None:
        """Raises DirectionOnly for any other person."""
        if not self.may_direct:
            raise DirectionOnly

    def require_overseer(self) -> None:
        """Raises DirectionOnly for whoever may not even read what the direction sets."""
        if not self.may_oversee:
            raise DirectionOnly


@lru_cache(maxsize=1024)
def software(organisme_id: int) -> Identity:
    """The software acting by itself in an organisme."""
    return Identity(organisme_id, None, SYSTEM.name, SYSTEM.role)
