"""A letter's source and its values → its subject and its blocks, or what stands in the way."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Template as Compiled
from jinja2 import TemplateSyntaxError, UndefinedError, nodes
from jinja2.environment import Environment

from notifications.document import Block, read_markdown
from notifications.filling import filled_blocks
from notifications.letter_filters import Unsuitable
from notifications.letter_source import split_source
from notifications.marks import TooManyValues, held
from notifications.template_environment import ALLOWED, BODIES, SUBJECTS, Refused
from notifications.template_syntax import in_french
from notifications.template_values import NotPlain, lacking, plain_context

Place = Literal["objet", "texte"]
#: What fits the column of the subject as sent; longer ones are cut after a word.
LONGEST_SUBJECT = 300
LONGEST_SOURCE = 20_000
LONGEST_LETTER = 100_000
_COMPILED_AT_ONCE = 256


class MissingValue(Exception):
    """Il manque des valeurs à cette lettre."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"{type(self).__doc__} {', '.join(self.names)}")


class TemplateFault(Exception):
    """Cette lettre ne peut pas être écrite : where in its text, and why."""

    def __init__(self, cause: str, line: int | None = None, place: Place = "texte") -> None:
        self.cause, self.line, self.place = cause, line, place
        super().__init__(f"{place}, ligne {line} : {cause}" if line else f"{place} : {cause}")


@dataclass(frozen=True, slots=True)
class Composed:
    """What a letter says."""

    subject: str
    blocks: tuple[Block, ...]


def compose(source: str, context: Mapping[str, Any]) -> Composed:
    """Write a letter. Raises MissingValue with every name, TemplateFault, NotPlain."""
    subject, body = _compiled(source)
    values = plain_context(context)
    asked: dict[str, None] = {}
    told: list[str] = []
    tokens = lacking.set(asked), held.set(told)
    try:
        title = _render(subject, values, "objet")
        text = _render(body, values, "texte")
    finally:
        lacking.reset(tokens[0])
        held.reset(tokens[1])
    if asked:
        raise MissingValue(tuple(asked))
    if len(text) + sum(map(len, told)) > LONGEST_LETTER:
        raise TemplateFault("cette lettre est trop longue")
    blocks = filled_blocks(_read(text), told)
    if not title.split() or not blocks:
        raise TemplateFault("rien n’est écrit", place="texte" if title.split() else "objet")
    return Composed(_shortened(" ".join(title.split())), blocks)


def tree_of(body: str, environment: Environment = BODIES, place: Place = "texte") -> nodes.Template:
    """The parsed template. Raises TemplateFault for what is misspelt or not allowed."""
    try:
        tree = environment.parse(body)
    except TemplateSyntaxError as error:
        raise TemplateFault(in_french(error.message), error.lineno, place) from None
    except RecursionError:
        raise TemplateFault("trop de blocs l’un dans l’autre", place=place) from None
    for node in _every(tree):
        if not isinstance(node, ALLOWED):
            cause = "cette écriture n’est pas permise dans une lettre"
            raise TemplateFault(cause, getattr(node, "lineno", None), place)
    return tree


@lru_cache(maxsize=_COMPILED_AT_ONCE)
def _read(text: str) -> tuple[Block, ...]:
    """Letters of one model that take the same turns have the same Markdown, values apart."""
    return read_markdown(text)


def _every(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.iter_child_nodes())


@lru_cache(maxsize=_COMPILED_AT_ONCE)
def _compiled(source: str) -> tuple[Compiled, Compiled]:
    if len(source) > LONGEST_SOURCE:
        raise TemplateFault(f"ce texte dépasse {LONGEST_SOURCE} caractères")
    try:
        subject, body = split_source(source)
    except ValueError:
        cause = "la première ligne est « Objet : » et l’objet de la lettre"
        raise TemplateFault(cause, 1, "objet") from None
    return _compile(subject, SUBJECTS, "objet"), _compile(body, BODIES, "texte")


def _compile(text: str, environment: Environment, place: Place) -> Compiled:
    tree = tree_of(text, environment, place)
    try:
        return environment.from_string(tree)
    except TemplateSyntaxError as error:
        raise TemplateFault(in_french(error.message), error.lineno, place) from None
    except (RecursionError, SyntaxError):
        raise TemplateFault("trop de blocs l’un dans l’autre", place=place) from None


def _render(template: Compiled, values: Mapping[str, Any], place: Place) -> str:
    try:
        return template.render(values)
    except UndefinedError as error:
        lacking.get()[str(error)] = None
        return ""
    except TooManyValues:
        raise TemplateFault("cette lettre est trop longue", place=place) from None
    except (Refused, Unsuitable, NotPlain) as error:
        raise TemplateFault(str(error), _line(error), place) from None
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        cause = "ces valeurs ne vont pas ensemble"
        raise TemplateFault(cause, _line(error), place) from error


def _line(error: Exception) -> int | None:
    """Where in the template: jinja gives the frames of the template its own line numbers."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno for each in reversed(frames) if each.filename == "<template>"), None)


def _shortened(subject: str) -> str:
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return subject[: LONGEST_SUBJECT - 1].rsplit(" ", 1)[0] + "…"
