"""The names that a pipeline file uses, against the vocabulary and against its own parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflow.guards import Guard
from workflow.pipeline import ENTRY, Action, Pipeline, Reference, ReminderRule, Timer
from workflow.soundness_fields import (
    Found,
    faults_of_field,
    faults_of_parameter,
    known,
    same_type_everywhere,
)
from workflow.subject import SYSTEM_ROLE
from workflow.vocabulary import Effect, Vocabulary


def faults_of_names(
    pipeline: Pipeline, vocabulary: Vocabulary, unread: frozenset[str]
) -> Iterator[Found]:
    """Every name that nothing answers to. `unread` names are presumed declared."""
    for parameter in pipeline.parameters:
        yield from faults_of_parameter(parameter, vocabulary)
    for sheet in pipeline.sheets:
        for field in sheet.fields:
            yield from faults_of_field(f"sheet.{sheet.key}.field.{field.key}", field, vocabulary)
    yield from same_type_everywhere(pipeline)
    own = _Own(pipeline, unread)
    for stage in pipeline.stages:
        for sheet, roles in stage.editable.items():
            where = f"stage.{stage.key}.editable.{sheet}"
            if not roles:
                yield where, "aucun rôle ne peut la modifier", "nommez un rôle, ou retirez-la"
            yield from _roles(where, roles, vocabulary)
        for rule in stage.reminders:
            where = f"stage.{stage.key}.reminder.{rule.key}"
            yield from _reminder(where, rule, own, vocabulary)
    for action in pipeline.actions:
        yield from _action(f"action.{action.key}", action, own, vocabulary)


class _Own:
    """What a file declares, the parts that could not be read included."""

    def __init__(self, pipeline: Pipeline, unread: frozenset[str]) -> None:
        self.sheets = {sheet.key for sheet in pipeline.sheets} | unread
        self.fields = {field.key for field in pipeline.every_field()} | unread
        # A move to another stage ends its delays: no timer needs to name it.
        self.on_the_spot = unread | {
            action.key for action in pipeline.actions if action.to in pipeline.origins(action)
        }


def _action(where: str, action: Action, own: _Own, vocabulary: Vocabulary) -> Iterator[Found]:
    if action.key in vocabulary.events:
        problem = "cette clé est déjà celle d'un fait du journal"
        yield where, problem, "donnez une autre clé à l'action"
    if not action.roles and not action.by_system:
        remedy = "ajoutez roles = […], ou automatic / timer"
        yield f"{where}.roles", "aucun rôle ne peut la faire", remedy
    yield from _roles(f"{where}.roles", action.roles, vocabulary)
    for field in action.fields:
        yield from faults_of_field(f"{where}.field.{field.key}", field, vocabulary)
    for key in action.clears:
        if key not in own.fields:
            yield f"{where}.clears", f"champ inconnu « {key} »", "nommez un champ du fichier"
    yield from _references(f"{where}.guards", action.guards, own, vocabulary.guards)
    yield from _references(f"{where}.effects", action.effects, own, vocabulary.effects)
    for letter in action.letters:
        yield from _letter(f"{where}.letters", letter, vocabulary)
    yield from _timer(f"{where}.timer", action.timer, own, vocabulary)


def _timer(where: str, timer: Timer | None, own: _Own, vocabulary: Vocabulary) -> Iterator[Found]:
    """A timer hears the facts of the journal, and the moves that stay where they are."""
    if timer is None:
        return
    yield from _anchor(f"{where}.anchor", timer.anchor, vocabulary)
    heard = {*vocabulary.events, *own.on_the_spot}
    for part, events in (("restart_on", timer.restart_on), ("stop_on", timer.stop_on)):
        for event in events:
            if event not in heard:
                yield f"{where}.{part}", f"fait inconnu « {event} »", known(heard)


def _reminder(where: str, rule: ReminderRule, own: _Own, vocabulary: Vocabulary) -> Iterator[Found]:
    yield from _anchor(f"{where}.anchor", rule.anchor, vocabulary)
    yield from _references(f"{where}.while", rule.conditions, own, vocabulary.guards)
    if rule.letter is not None:
        yield from _letter(f"{where}.letter", rule.letter, vocabulary)
        yield from _roles(f"{where}.to", (rule.to,), vocabulary)
    if rule.task is not None:
        yield from _roles(f"{where}.task_for", (rule.task_for,), vocabulary)


def _roles(where: str, roles: Iterable[str], vocabulary: Vocabulary) -> Iterator[Found]:
    given = {role for role in vocabulary.roles if role != SYSTEM_ROLE}
    for role in dict.fromkeys(roles):
        if role not in given:
            yield where, f"rôle inconnu « {role} »", known(given)


def _letter(where: str, letter: str, vocabulary: Vocabulary) -> Iterator[Found]:
    if letter not in vocabulary.letters:
        yield where, f"lettre inconnue « {letter} »", "ajoutez-la au catalogue des lettres"


def _anchor(where: str, anchor: str, vocabulary: Vocabulary) -> Iterator[Found]:
    dates = {name for name, fact in vocabulary.facts.items() if fact.is_date}
    if anchor not in dates | {ENTRY}:
        yield where, f"date inconnue « {anchor} »", known(dates | {ENTRY})


def _references(
    where: str,
    references: tuple[Reference, ...],
    own: _Own,
    names: Mapping[str, Guard] | Mapping[str, Effect],
) -> Iterator[Found]:
    for reference in references:
        item = names.get(reference.name)
        if item is None:
            yield where, f"nom inconnu « {reference.name} »", known(names)
        elif (item.argument is None) != (reference.argument is None):
            remedy = f"écrivez {reference.name}" + ("(…)" if item.argument else " sans argument")
            yield where, f"argument inattendu ou manquant : « {reference} »", remedy
        elif item.argument == "sheet" and reference.argument not in own.sheets:
            yield where, f"fiche inconnue « {reference.argument} »", "nommez une [[sheet]]"
        elif item.argument == "field" and reference.argument not in own.fields:
            yield where, f"champ inconnu « {reference.argument} »", "nommez un champ du fichier"
