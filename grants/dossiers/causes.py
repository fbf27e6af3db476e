"""Why a reminder is still owed, or not any more: its conditions, and the date that it announces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from grants.dossiers.reading import load_facts, parameters_of, situation_with
from grants.organisation.identity import software
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.guards import Refusal
from workflow.pipeline import ENTRY, ReminderRule
from workflow.subject import Subject


class Cause(NamedTuple):
    """A rule looked at on a dossier, with the facts that it asks: each is read once."""

    subject: Subject
    rule: ReminderRule
    facts: Mapping[str, Any]


def rule_of(engine: Engine, subject: Subject, key: str) -> ReminderRule | None:
    """The rule of that key in the stage where the dossier stands, if it still has it."""
    pipeline, own = engine.machine(subject).pipeline, parameters_of(engine, subject)
    return _of_key(pipeline.reminders(subject.stage, own), key)


def rule_at(
    engine: Engine, pipeline: str, version: int, stage: str, key: str
) -> ReminderRule | None:
    """The reminder of that key in a stage of a pipeline's version, at its usual moments."""
    known = engine.catalogue.machine(pipeline, version).pipeline.stage(stage).reminders
    return _of_key(known, key)


def _of_key(reminders: Iterable[ReminderRule], key: str) -> ReminderRule | None:
    return next((rule for rule in reminders if rule.key == key), None)


def cause_of(connection: Connection, engine: Engine, subject: Subject, rule: ReminderRule) -> Cause:
    """What a rule hangs on, read in this transaction."""
    facts = load_facts(connection, engine, subject, facts_asked(engine, rule))
    return Cause(subject, rule, facts)


def facts_asked(engine: Engine, rule: ReminderRule) -> set[str]:
    """The facts that a rule hangs on."""
    guards = engine.vocabulary.guards
    names = {fact for each in rule.conditions for fact in guards[each.name].facts}
    if rule.anchor != ENTRY:
        names.add(rule.anchor)
    return names


def gone(engine: Engine, cause: Cause, now: datetime) -> tuple[Refusal, ...]:
    """Why the conditions of the rule do not all hold any more: a reminder dies with its cause."""
    if not cause.rule.conditions:
        return ()
    identity = software(cause.subject.tenant_id)
    situation = situation_with(engine, cause.subject, identity, now, cause.facts)
    return engine.against(situation, cause.rule.conditions)


def is_over(cause: Cause, echeance: Mapping[str, Any], now: datetime) -> bool:
    """Whether the reminder announces something that has already come: too late to be of use."""
    rule = cause.rule
    if rule.anchor == ENTRY or not _announces(rule, echeance["occurrence"]):
        return False
    value, announced = cause.facts[rule.anchor], echeance["anchored_on"]
    if isinstance(value, datetime) and to_paris(value).date() == announced:
        return value <= now
    today: date = to_paris(now).date()
    return announced < today


def _announces(rule: ReminderRule, occurrence: int) -> bool:
    """Whether this occurrence comes before the date that the rule hangs on."""
    return occurrence <= len(rule.delays) and rule.delays[occurrence - 1].days < 0


def place_of(rule: ReminderRule, occurrence: int) -> str:
    """Which one of its rule a reminder is: « Pièces à fournir (2 sur 4) »."""
    most = len(rule.delays)
    return rule.label if most == 1 else f"{rule.label} ({occurrence} sur {most})"


def cause_told(engine: Engine, subject: Subject, rule: ReminderRule) -> str:
    """The conditions of a rule in words, as its letter and the dossier's page say them."""
    guards, pipeline = engine.vocabulary.guards, engine.machine(subject).pipeline
    said = [guards[each.name].told(pipeline, each) for each in rule.conditions]
    return ", ".join(filter(None, said))
