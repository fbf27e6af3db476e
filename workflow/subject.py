"""What moves: the engine's view of a dossier, a séance… and of the person who moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SYSTEM_ROLE = "systeme"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: id, name and roles as they stand at that time. The system has no id."""

    id: int | None
    name: str
    roles: frozenset[str]
    role: str = ""

    def holds(self, roles: frozenset[str] | tuple[str, ...]) -> bool:
        """Whether one of these roles is among the actor's."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(id=None, name="Microprojets", roles=frozenset({SYSTEM_ROLE}), role=SYSTEM_ROLE)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry into a stage that still counts: the journal's seq and the stage."""

    seq: int
    stage: str


def read_trail(text: str) -> tuple[Step, ...]:
    """`1:premiere>4:seconde` → steps, oldest first."""
    if not text:
        return ()
    pairs = [part.split(":", 1) for part in text.split(">")]
    return tuple([Step(int(seq), stage) for seq, stage in pairs])


def write_trail(steps: tuple[Step, ...]) -> str:
    """Steps → `1:premiere>4:seconde`."""
    return ">".join(f"{step.seq}:{step.stage}" for step in steps)


def entry_seq(trail: tuple[Step, ...]) -> int:
    """The seq of the entry into the last stage of a trail; moving on the spot is not an entry."""
    seq = 0
    for step in reversed(trail):
        if step.stage != trail[-1].stage:
            break
        seq = step.seq
    return seq


@dataclass(slots=True)
class Subject:
    """A row that moves along a pipeline, read inside the transaction that may move it.

    `trail` holds the entries that count, oldest first: a correcting action takes the last one
    off. `values` are the answers kept on the subject, by field key. `relative` says who holds
    a role on this very subject (`referent` → an account's id).
    """

    kind: str
    id: int
    tenant_id: int
    pipeline: str
    pipeline_version: int
    stage: str
    stage_since: datetime
    trail: tuple[Step, ...]
    seq: int
    head: str
    lock_version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    relative: Mapping[str, int | None] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def came_from(self) -> str | None:
        """The stage that the last counted move left; None where there is none."""
        return self.trail[-2].stage if len(self.trail) > 1 else None

    @property
    def entry_seq(self) -> int:
        """The journal's seq of the entry into the present stage."""
        return entry_seq(self.trail)

    def has_entered(self, stage: str) -> bool:
        """Whether a counted move already entered that stage."""
        return any(step.stage == stage for step in self.trail)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """The actor's roles, with those held on this subject."""
        if actor.id is None:
            return actor.roles
        own = [role for role, holder in self.relative.items() if holder == actor.id]
        return actor.roles.union(own) if own else actor.roles
