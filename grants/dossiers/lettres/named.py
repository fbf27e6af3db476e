"""Where the pipelines name a letter: by their moves, by their reminders."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.letters import Letter
from workflow.engine import Engine
from workflow.pipeline import Action, Pipeline, ReminderRule


@dataclass(frozen=True, slots=True)
class Naming:
    """Who makes a letter due."""

    pipelines: tuple[Pipeline, ...]
    by_moves: tuple[Action, ...]
    by_reminders: tuple[ReminderRule, ...]


def naming(engine: Engine, letter: Letter) -> Naming:
    """The pipelines in force that name a letter, with their moves and their reminders."""
    pipelines: list[Pipeline] = []
    moves: list[Action] = []
    reminders: list[ReminderRule] = []
    for pipeline in engine.catalogue.newest():
        mine = [each for each in pipeline.actions if letter.key in each.letters]
        rules = [
            rule
            for stage in pipeline.stages
            for rule in stage.reminders
            if rule.letter == letter.key
        ]
        if mine or rules:
            pipelines.append(pipeline)
        moves += mine
        reminders += rules
    return Naming(tuple(pipelines), tuple(moves), tuple(reminders))
