"""What the reminders of many dossiers ask, read once for all of them: facts, letters, rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.causes import cause_told, facts_asked, rule_of
from grants.dossiers.lettres.reading import PIECES, RENDEZ_VOUS, Gathered, gather
from grants.dossiers.lettres.uses import uses_of
from grants.dossiers.pieces.guards import HANDED_IN_SO_FAR
from grants.dossiers.reading import load_facts, load_facts_of_many
from workflow import echeances
from workflow.calendar import next_opening
from workflow.engine import Engine
from workflow.pipeline import ReminderRule
from workflow.subject import Subject

Dues = list[tuple[Mapping[str, Any], Subject]]


@dataclass(frozen=True, slots=True)
class Known:
    """A rule at an organisme's moments: the facts that it asks, its conditions in words.

    `appointed`: its letter says the appointment.
    """

    rule: ReminderRule
    asked: frozenset[str]
    told: str
    appointed: bool


@dataclass(slots=True)
class Look:
    """One look at dossiers in a transaction. Without `read`, each asks for itself."""

    connection: Connection
    engine: Engine
    now: datetime
    gathered: Gathered = field(default_factory=Gathered)
    _facts: dict[str, dict[int, Any]] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], Known | None] = field(default_factory=dict)
    _open: dict[str, bool] = field(default_factory=dict)
    _restarts: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    def read(self, dues: Iterable[Dues]) -> None:
        """Ask at once what these reminders hang on, and what their letters say."""
        wanted: dict[str, dict[int, Subject]] = {}
        dossiers, appointed = set[int](), set[int]()
        for theirs in dues:
            for echeance, subject in theirs:
                known = self.known(subject, echeance["rule"])
                if known is None or known.rule.letter is None:
                    continue
                dossiers.add(subject.id)
                for name in known.asked:
                    wanted.setdefault(name, {})[subject.id] = subject
                if known.appointed:
                    appointed.add(subject.id)
        self._facts = load_facts_of_many(self.connection, self.engine, wanted)
        self.gathered = gather(self.connection, dossiers, appointed)

    def is_open(self, territoire: str) -> bool:
        """Whether reminders may leave just now."""
        known = self._open.get(territoire)
        if known is None:
            known = self._open[territoire] = next_opening(self.now, territoire) <= self.now
        return known

    def known(self, subject: Subject, key: str) -> Known | None:
        """The rule of that key in the stage where the dossier stands, if it still has it."""
        place = (
            *(subject.pipeline, subject.pipeline_version, subject.stage, key),
            subject.row["parametres"],
        )
        if place not in self._known:
            rule = rule_of(self.engine, subject, key)
            self._known[place] = None if rule is None else self._as_known(subject, rule)
        return self._known[place]

    def facts(self, subject: Subject, known: Known) -> Mapping[str, Any]:
        """What a rule hangs on, and what its letter lists."""
        found: dict[str, Any] = {}
        missing: list[str] = []
        for name in known.asked:
            of_many = self._facts.get(name)
            if of_many is not None and subject.id in of_many:
                found[name] = of_many[subject.id]
            else:
                missing.append(name)
        if missing:
            found |= load_facts(self.connection, self.engine, subject, missing)
        return found

    def restarts(self, subject: Subject, event: str) -> bool:
        """Whether a fact of that name changes anything to the timed actions of a dossier."""
        place = (subject.pipeline, subject.pipeline_version, subject.stage, event)
        if place not in self._restarts:
            pipeline = self.engine.machine(subject).pipeline
            self._restarts[place] = bool(echeances.listening(pipeline, subject.stage, event))
        return self._restarts[place]

    def _as_known(self, subject: Subject, rule: ReminderRule) -> Known:
        letters = self.engine.vocabulary.letters
        uses = uses_of((letters[rule.letter],)) if rule.letter else frozenset[str]()
        listed = {HANDED_IN_SO_FAR} if uses & PIECES else set[str]()
        asked = frozenset(facts_asked(self.engine, rule) | listed)
        told = cause_told(self.engine, subject, rule)
        return Known(rule, asked, told, RENDEZ_VOUS in uses)
