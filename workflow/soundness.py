"""What makes a well-formed pipeline file unsound: each check yields (key, problem, remedy)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from workflow.graph import Edge, closure, edges
from workflow.pipeline import (
    ANY,
    ANY_NOT_FINAL,
    ENTRY,
    PREVIOUS,
    Action,
    Pipeline,
    ReminderRule,
    Stage,
)
from workflow.soundness_names import Found, faults_of_names
from workflow.vocabulary import Vocabulary

Repeatable = TypeVar("Repeatable")


def faults_of(
    pipeline: Pipeline, vocabulary: Vocabulary, unread: frozenset[str] = frozenset()
) -> list[Found]:
    """Every fault of one file, in the order of its parts.

    `unread` is empty for a file that was read whole. Otherwise it holds the names declared in the
    parts that could not be: they are presumed known, and the shape of the graph is not judged.
    """
    faults = [
        *_stages(pipeline, unread),
        *_destinations(pipeline, unread),
        *_duplicates(pipeline),
        *_by_the_system(pipeline),
        *_moments(pipeline),
        *_pieces(pipeline, unread),
    ]
    if not unread:
        faults += _shape(pipeline)
    return faults + list(faults_of_names(pipeline, vocabulary, unread))


def _stages(pipeline: Pipeline, unread: frozenset[str]) -> Iterator[Found]:
    keys = {stage.key for stage in pipeline.stages} | unread
    phases = {phase.key for phase in pipeline.phases} | unread
    sheets = {sheet.key for sheet in pipeline.sheets} | unread
    if pipeline.initial not in keys:
        yield "initial", f"étape inconnue « {pipeline.initial} »", "nommez une étape du fichier"
    for stage in pipeline.stages:
        where = f"stage.{stage.key}"
        if stage.phase not in phases:
            yield f"{where}.phase", f"phase inconnue « {stage.phase} »", "déclarez-la en [[phase]]"
        for sheet in stage.editable:
            if sheet not in sheets:
                yield f"{where}.editable", f"fiche inconnue « {sheet} »", "déclarez-la en [[sheet]]"


def _destinations(pipeline: Pipeline, unread: frozenset[str]) -> Iterator[Found]:
    keys = {stage.key for stage in pipeline.stages} | unread
    for action in pipeline.actions:
        where = f"action.{action.key}"
        if not action.from_:
            yield f"{where}.from", "aucune étape de départ", "nommez-en au moins une"
        for origin in dict.fromkeys(action.from_):
            if origin not in keys | {ANY, ANY_NOT_FINAL}:
                remedy = f"nommez une étape du fichier, « {ANY} » ou « {ANY_NOT_FINAL} »"
                yield f"{where}.from", f"étape inconnue « {origin} »", remedy
        for origin in _repeated(action.from_):
            yield f"{where}.from", f"« {origin} » est écrit deux fois", "gardez-en un seul"
        if action.to not in keys | {PREVIOUS}:
            remedy = f"nommez une étape du fichier ou « {PREVIOUS} »"
            yield f"{where}.to", f"étape inconnue « {action.to} »", remedy
        if action.corrects and action.to != PREVIOUS:
            remedy = f"une action qui corrige mène à « {PREVIOUS} »"
            yield f"{where}.to", "correction vers une étape fixe", remedy


def _duplicates(pipeline: Pipeline) -> Iterator[Found]:
    for kind, keys in (
        ("stage", [stage.key for stage in pipeline.stages]),
        ("phase", [phase.key for phase in pipeline.phases]),
        ("sheet", [sheet.key for sheet in pipeline.sheets]),
        ("piece", [piece.key for piece in pipeline.pieces]),
        ("parameters", [parameter.key for parameter in pipeline.parameters]),
    ):
        for key in _repeated(keys):
            yield f"{kind}.{key}", "clé déclarée deux fois", "gardez-en une seule"
    leaving = [(origin, act.key) for act in pipeline.actions for origin in pipeline.origins(act)]
    for origin, key in _repeated(leaving):
        problem = f"deux actions de cette clé quittent « {origin} »"
        yield f"action.{key}", problem, "renommez l'une des deux"
    for action in pipeline.actions:
        where = f"action.{action.key}"
        for key in _repeated(field.key for field in action.fields):
            yield f"{where}.field.{key}", "champ demandé deux fois", "gardez-en un"
        for part, names in (("letters", action.letters), ("roles", action.roles)):
            for name in _repeated(names):
                yield f"{where}.{part}", f"« {name} » est écrit deux fois", "gardez-en un seul"
    for key in _repeated(field.key for sheet in pipeline.sheets for field in sheet.fields):
        yield f"sheet.field.{key}", "champ présent deux fois dans les fiches", "gardez-en un seul"
    for key in _repeated(rule.key for stage in pipeline.stages for rule in stage.reminders):
        yield f"reminder.{key}", "relance déclarée deux fois", "renommez l'une des deux"


def _repeated(keys: Iterable[Repeatable]) -> list[Repeatable]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _pieces(pipeline: Pipeline, unread: frozenset[str]) -> Iterator[Found]:
    """What each expected document is waited for by: actions of the file, that people take."""
    keys = {action.key for action in pipeline.actions} | unread
    by_itself = {action.key for action in pipeline.actions if action.timer is not None}
    for piece in pipeline.pieces:
        where = f"piece.{piece.key}.required_for"
        for action in dict.fromkeys(piece.required_for):
            if action not in keys:
                yield where, f"action inconnue « {action} »", "nommez une [[action]] du fichier"
            elif action in by_itself:
                problem = f"« {action} » se fait à une date, sans attendre personne"
                yield where, problem, "nommez une action que quelqu'un fait"
        for action in _repeated(piece.required_for):
            yield where, f"« {action} » est écrit deux fois", "gardez-en un seul"


# --- The graph ---------------------------------------------------------------------------------


def _shape(pipeline: Pipeline) -> Iterator[Found]:
    ways = edges(pipeline)
    stages = {stage.key for stage in pipeline.stages}
    reached = closure([pipeline.initial], ((edge.origin, edge.target) for edge in ways))
    moves = [edge for edge in ways if not edge.action.corrects]
    exits = {edge.origin for edge in moves if edge.target != edge.origin}
    finals = [stage.key for stage in pipeline.stages if stage.final]
    ending = closure(finals, ((edge.target, edge.origin) for edge in moves))
    for stage in pipeline.stages:
        where = f"stage.{stage.key}"
        if stage.key not in reached and pipeline.initial in stages:
            yield where, "aucune action n'y mène", "ajoutez une action, ou retirez l'étape"
        if stage.final:
            continue
        if stage.key not in exits:
            yield where, "impasse : aucune action n'en sort", "ajoutez une action ou final = true"
        elif stage.key not in ending:
            remedy = "ajoutez une action qui mène à une étape finale"
            yield where, "aucune suite d'actions ne mène d'ici à une fin", remedy
    yield from _automatic_loops(ways)


def _automatic_loops(ways: Iterable[Edge]) -> Iterator[Found]:
    """Automatic actions that would lead to each other with nothing to hold them back."""
    automatic = [edge for edge in ways if edge.action.automatic]
    pairs = [(edge.origin, edge.target) for edge in automatic]
    looping = [edge for edge in automatic if edge.origin in closure([edge.target], pairs)]
    for edge in looping:
        if edge.action.guards and edge.origin != edge.target:
            continue
        problem = f"automatique, elle tourne en rond depuis « {edge.origin} »"
        remedy = "donnez-lui une garde qui l'arrête, ou une autre destination"
        yield f"action.{edge.action.key}", problem, remedy


# --- What the system does by itself ------------------------------------------------------------


def _by_the_system(pipeline: Pipeline) -> Iterator[Found]:
    for action in pipeline.actions:
        where = f"action.{action.key}"
        if action.automatic and action.timer is not None:
            problem = "à la fois automatique et minutée"
            yield where, problem, "gardez automatic ou timer, l'un des deux"
        if action.by_system and action.corrects:
            problem = "le système ne corrige pas une erreur à la place d'une personne"
            yield where, problem, "retirez automatic, timer ou corrects"
        if action.by_system and (action.reason or any(field.required for field in action.fields)):
            problem = "le système ne peut ni motiver ni remplir un champ obligatoire"
            yield where, problem, "retirez reason et required de cette action"
        yield from _timer(f"{where}.timer", action)


def _timer(where: str, action: Action) -> Iterator[Found]:
    timer = action.timer
    if timer is None:
        return
    if timer.anchor == ENTRY and timer.after.days < 0:
        yield f"{where}.after", "délai négatif depuis l'entrée", "écrivez un délai positif"
    for event in sorted({*timer.restart_on} & {*timer.stop_on}):
        problem = f"« {event} » la relance et l'arrête à la fois"
        yield f"{where}.restart_on", problem, "gardez-le d'un seul côté"


def _moments(pipeline: Pipeline) -> Iterator[Found]:
    for stage in pipeline.stages:
        where = f"stage.{stage.key}"
        if stage.idle_after is not None and stage.idle_after.days <= 0:
            yield f"{where}.idle_after", "délai nul ou négatif", "écrivez un délai positif"
        for rule in stage.reminders:
            yield from _reminder_moments(f"{where}.reminder.{rule.key}", stage, rule)


def _reminder_moments(where: str, stage: Stage, rule: ReminderRule) -> Iterator[Found]:
    if rule.every is not None and rule.every.days <= 0:
        yield f"{where}.every", "délai nul ou négatif", "écrivez un délai positif"
    for delay in _repeated(rule.at):
        yield f"{where}.at", f"« {delay} » est écrit deux fois", "gardez-en un seul"
    if rule.at and "at_most" in rule.model_fields_set:
        yield f"{where}.at_most", "sans effet avec « at »", "retirez-le, ou écrivez « every »"
    if rule.anchor == ENTRY and any(delay.days < 0 for delay in rule.at):
        problem = f"délai négatif depuis l'entrée dans « {stage.key} »"
        yield f"{where}.at", problem, "écrivez un délai positif, ou changez « anchor »"
