"""The engine: what can be done now, what cannot and why, and the move itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.errors import Refused, UnknownAction
from workflow.guards import Attempt, Refusal, Situation
from workflow.loader import Catalogue
from workflow.machine import PipelineMachine, destination
from workflow.pipeline import PREVIOUS, Action, Reference
from workflow.subject import Actor, Step, Subject
from workflow.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Offer:
    """One action of the present stage: allowed, or refused with all its reasons at once."""

    action: Action
    to: str | None
    refusals: tuple[Refusal, ...] = ()
    role_missing: bool = False

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Move:
    """A move that was made in memory: what the journal, the échéances and the letters need."""

    action: Action
    from_stage: str
    to_stage: str
    first_entry: bool
    at: datetime
    actor: Actor
    role: str
    trail: tuple[Step, ...]
    corrects: int | None = None
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class Engine:
    """Answers `actions` and `apply` for every pipeline version, over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, catalogue: Catalogue) -> None:
        self.vocabulary = vocabulary
        self.catalogue = catalogue
        self._needed: dict[tuple[str, int, str, str | None], frozenset[str]] = {}

    def machine(self, subject: Subject) -> PipelineMachine:
        """The compiled version of the pipeline that the subject was opened with."""
        return self.catalogue.machine(subject.pipeline, subject.pipeline_version)

    def actions(self, situation: Situation) -> tuple[Offer, ...]:
        """Each action that a person could take from here, with every reason against it."""
        subject = situation.subject
        return tuple(
            self._offer(action, situation)
            for action in self.machine(subject).leaving(subject.stage).values()
            if action.roles
        )

    def automatic(self, situation: Situation) -> Action | None:
        """The first automatic action whose guards all pass, if any."""
        subject = situation.subject
        for action in self.machine(subject).leaving(subject.stage).values():
            if action.automatic and not self._check(Attempt(situation, action)).refusals:
                return action
        return None

    def forward(self, subject: Subject) -> tuple[Action, ...]:
        """The actions by which people take the subject on, in the order of the file."""
        return tuple(
            action
            for action in self.machine(subject).leaving(subject.stage).values()
            if action.roles and action.tone == "avance" and action.to != subject.stage
        )

    def ready_for(self, situation: Situation) -> Action | None:
        """The first action forward that only its form and its author are missing for, if any."""
        for action in self.forward(situation.subject):
            refusals = self._check(Attempt(situation, action)).refusals
            if all(refusal.code == "role" for refusal in refusals):
                return action
        return None

    def apply(
        self,
        situation: Situation,
        key: str,
        values: Mapping[str, Any],
        reason: str | None = None,
    ) -> Move:
        """Move the subject, or raise Refused with every reason. Only memory is touched."""
        subject = situation.subject
        action = self.find(subject, key)
        attempt = self._check(Attempt(situation, action, values, reason))
        if attempt.refusals:
            raise Refused(action.label, attempt.refusals)
        origin, target = subject.stage, destination(action, subject)
        assert target is not None, "checked by _way_back"
        self.machine(subject).fire(subject, attempt)
        return Move(
            action=action,
            from_stage=origin,
            to_stage=target,
            first_entry=not action.corrects and not subject.has_entered(target),
            at=situation.at,
            actor=situation.actor,
            role=_role_used(action, situation),
            trail=_next_trail(subject, action, target),
            corrects=subject.trail[-1].seq if action.corrects else None,
            reason=reason,
            values={**dict.fromkeys(action.clears), **values},
        )

    def find(self, subject: Subject, key: str) -> Action:
        """The action of that key here. Raises UnknownAction, or Refused when it is elsewhere."""
        machine = self.machine(subject)
        action = machine.leaving(subject.stage).get(key)
        if action is not None:
            return action
        elsewhere = machine.pipeline.action(key)
        if elsewhere is None:
            raise UnknownAction(action=key)
        stage = machine.pipeline.stage(subject.stage)
        sentence = f"Ce n'est pas une action de l'étape « {stage.label} »."
        raise Refused(elsewhere.label, (Refusal("etape", sentence),))

    def facts_needed(self, subject: Subject, key: str | None = None) -> frozenset[str]:
        """The facts that the guards of the stage's actions (or of one action) declare."""
        asked = (subject.pipeline, subject.pipeline_version, subject.stage, key)
        needed = self._needed.get(asked)
        if needed is None:
            # A loaded pipeline never changes, and a move asks three times.
            needed = self._needed[asked] = self._facts_declared(subject, key)
        return needed

    def _facts_declared(self, subject: Subject, key: str | None) -> frozenset[str]:
        return frozenset(
            fact
            for action in self.machine(subject).leaving(subject.stage).values()
            if key is None or action.key == key
            for reference in action.guards
            for fact in self.vocabulary.guards[reference.name].facts
        )

    def against(
        self, situation: Situation, conditions: tuple[Reference, ...]
    ) -> tuple[Refusal, ...]:
        """Why the guards named by a reminder's `while` do not all pass any more; nothing if so."""
        attempt, guards = Attempt(situation), self.vocabulary.guards
        return tuple(
            refusal
            for reference in conditions
            for refusal in guards[reference.name].refusals(attempt, reference)
        )

    def _offer(self, action: Action, situation: Situation) -> Offer:
        attempt = self._check(Attempt(situation, action))
        missing = any(refusal.code == "role" for refusal in attempt.refusals)
        return Offer(action, destination(action, situation.subject), attempt.refusals, missing)

    def _check(self, attempt: Attempt) -> Attempt:
        action, situation = attempt.action, attempt.situation
        assert action is not None
        refusals = [
            *self._role(action, situation),
            *_way_back(action, situation.subject),
            *_owed(action, attempt),
        ]
        for reference in action.guards:
            refusals += self.vocabulary.guards[reference.name].refusals(attempt, reference)
        attempt.refusals = tuple(refusals)
        attempt.checked = True
        return attempt

    def _role(self, action: Action, situation: Situation) -> tuple[Refusal, ...]:
        actor = situation.actor
        if actor.id is None and action.by_system:
            return ()
        roles = situation.subject.roles_of(actor)
        if action.roles and not roles.isdisjoint(action.roles):
            return ()
        return (Refusal("role", self._reserved_to(action)),)

    def _reserved_to(self, action: Action) -> str:
        if not action.roles:
            return "Cette action n'est ouverte à personne."
        labels = [self.vocabulary.roles.get(role, role) for role in action.roles]
        listed = " et ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
        return f"Action réservée : {listed}."


def _way_back(action: Action, subject: Subject) -> tuple[Refusal, ...]:
    if action.to != PREVIOUS or subject.came_from is not None:
        return ()
    return (Refusal("aucune_etape_precedente", "Il n'y a aucune étape à laquelle revenir."),)


def _owed(action: Action, attempt: Attempt) -> list[Refusal]:
    """What a form would have asked for: nothing moves without it, wherever it comes from."""
    if attempt.values is None:
        return []
    missing = [
        Refusal("champ_manquant", f"Il manque « {field.label} ».", field.key)
        for field in action.fields
        if field.required and attempt.values.get(field.key) is None
    ]
    if action.reason and not attempt.reason:
        missing.append(Refusal("motif_manquant", "Indiquez le motif.", "motif"))
    return missing


def _next_trail(subject: Subject, action: Action, target: str) -> tuple[Step, ...]:
    if action.corrects:
        return subject.trail[:-1]
    return (*subject.trail, Step(subject.seq + 1, target))


def _role_used(action: Action, situation: Situation) -> str:
    """The actor's own role at that time; the one held on this subject where only that one does."""
    actor = situation.actor
    if not action.roles or actor.holds(action.roles):
        return actor.role
    held = situation.subject.roles_of(actor)
    return next((role for role in action.roles if role in held), actor.role)
