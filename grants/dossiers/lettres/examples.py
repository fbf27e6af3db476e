"""Letters tried before there is anything to send: on examples, or on a real dossier.

Two examples try a text: one where every value is there, one where only those are that the
original text takes for granted. A real dossier borrows from the first what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.dossiers.lettres.context import context_of
from grants.dossiers.lettres.named import naming
from grants.dossiers.lettres.reading import read_around
from grants.dossiers.lettres.uses import uses_of
from grants.dossiers.lettres.variables import variables_of
from notifications.composing import MissingValue
from notifications.letters import Letter
from notifications.template_versions import Template, original
from notifications.writing import composed_of
from workflow.engine import Engine
from workflow.subject import Subject

#: What a dossier never lacks.
_ALWAYS = frozenset(
    {
        "organisme.nom",
        "organisme.departements",
        "referent.nom",
        *(f"dossier.{key}" for key in ("reference", "projet", "dispositif", "depuis")),
        *("action.libelle", "action.par"),
        *(f"relance.{key}" for key in ("numero", "sur", "cause", "depuis")),
    }
)
# Each value found lacking may open a passage that lacks others.
_MOST_ROUNDS = 8


def examples_of(engine: Engine, letter: Letter) -> tuple[dict[str, Any], dict[str, Any]]:
    """A context where everything is there, and one where what may be missing is."""
    full = example_of(engine, letter)
    bare, _ = completed(original(letter), _bare(engine, letter), full)
    return full, bare


def example_of(engine: Engine, letter: Letter) -> dict[str, Any]:
    """A context in which every value that the letter may use is there."""
    context: dict[str, Any] = {}
    for variable in variables_of(engine, letter):
        _put(context, variable.name, variable.example)
    return context


def preview_context(
    connection: Connection, engine: Engine, subject: Subject, template: Template, at: datetime
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a letter would say of a real dossier, and the names of the values it had to borrow.

    The action is the first that makes it due, the reminder that of the example. Raises
    TemplateFault.
    """
    letter = template.letter
    around = read_around(connection, engine, subject, uses_of((letter,)))
    context = context_of(engine, subject, subject.stage, around, at)
    example = example_of(engine, letter)
    moves = naming(engine, letter).by_moves
    if moves:
        told = example["action"]
        context["action"] = {"libelle": moves[0].label, "motif": None, "par": told["par"]}
    if "relance" in example:
        context["relance"] = example["relance"]
    return completed(template, context, example)


def completed(
    template: Template, context: Mapping[str, Any], example: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The context with what the text lacks taken from an example, and the names of that.

    Raises TemplateFault.
    """
    whole, borrowed = deepcopy(dict(context)), dict[str, None]()
    for name in _events(template.letter):
        if not whole.get(name) and example.get(name):
            whole[name], borrowed[name] = deepcopy(example[name]), None
    for _ in range(_MOST_ROUNDS):
        try:
            composed_of(template, whole)
        except MissingValue as error:
            fresh = [name for name in error.names if name not in borrowed]
            taken = {name: value for name in fresh if (value := _found(example, name)) is not None}
            if not taken:
                break
            for name, value in taken.items():
                _put(whole, name, value)
            borrowed |= dict.fromkeys(taken)
        else:
            break
    return whole, tuple(borrowed)


def _events(letter: Letter) -> list[str]:
    return [each.removesuffix(".ics") for each in letter.attachments if each.endswith(".ics")]


def _bare(engine: Engine, letter: Letter) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for variable in variables_of(engine, letter):
        value = variable.example if variable.name in _ALWAYS else None
        if variable.within:
            # A thing of a list has its first name, and may have nothing else.
            first = variable.example[0]
            value = [{key: first[key] if not rank else None for rank, key in enumerate(first)}]
        _put(context, variable.name, value)
    return context


def _put(context: dict[str, Any], name: str, value: Any) -> None:
    group, _, inner = name.partition(".")
    if not inner:
        context[group] = deepcopy(value)
        return
    if not isinstance(context.get(group), dict):
        context[group] = {}
    context[group][inner] = deepcopy(value)


def _found(example: Mapping[str, Any], name: str) -> Any:
    group, _, inner = name.partition(".")
    within = example.get(group)
    if not inner:
        return within
    return within.get(inner) if isinstance(within, Mapping) else None
