"""Who acts at a séance without a compte: a member, in the seat that his link opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from workflow.subject import Actor

MEMBRE, PRESIDE = "membre", "preside"
#: The roles that a séance's pipeline may name beside those of the organisme.
ROLES_DE_SEANCE = {MEMBRE: "Membre du comité", PRESIDE: "La personne qui préside"}


class Acting(Protocol):
    """Whoever acts in an organisme: a colleague (`Identity`), or a member at a séance (`Siege`)."""

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
class Siege:
    """A member at one séance. `preside`: he presides it."""

    organisme_id: int
    seance_id: int
    membre_id: int
    personne_id: int
    nom: str
    preside: bool = False

    @property
    def role(self) -> str:
        """`membre`, or `preside` for whoever presides."""
        return PRESIDE if self.preside else MEMBRE

    @property
    def actor(self) -> Actor:
        """A person without a compte: the journal keeps the name and the role."""
        roles = {MEMBRE, PRESIDE} if self.preside else {MEMBRE}
        return Actor(None, self.nom, frozenset(roles), self.role)
