"""Who acts at a séance without a compte: a member, in the seat that his link opened."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.subject import Actor

MEMBRE, PRESIDE = "membre", "preside"
#: The roles that a séance's pipeline may name beside those of the organisme.
ROLES_DE_SEANCE = {MEMBRE: "Membre du comité", PRESIDE: "La personne qui préside"}


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
