"""Jinja2 for letters: values under their names, a few filters, and nothing that can be called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Never

from jinja2 import nodes, pass_context
from jinja2.ext import Extension
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS

from notifications.letter_filters import FILTERS, Link, Phrase, Typeset
from notifications.marks import marked, unmarked
from notifications.template_values import Absent, Group
from notifications.typography import french, quoted

_TAKEN_FILTERS = ("default", "join", "length", "first", "last", "upper", "lower", "capitalize")
_TAKEN_TESTS = ("defined", "undefined", "none", "even", "odd", "equalto", "in")
_OF_A_LOOP = frozenset({"index", "first", "last", "length"})
#: What a letter may be made of. Arithmetic that could fill the memory is not of it.
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Assign,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)


class Refused(Exception):
    """What a letter may not do: the sentence says it."""


def _words(value: Any) -> str:
    """What `{{ … }}` says."""
    kind = type(value)
    if kind is str:
        return french(value.strip())
    if kind in (Typeset, Link, Phrase):
        return str(value)
    if kind is bool:
        return "oui" if value else "non"
    if kind in (int, float):
        return str(value).replace(".", ",")
    if isinstance(value, Absent):
        return value.note()
    if isinstance(value, Group):
        raise Refused(f"« {value.place} » regroupe plusieurs valeurs : choisissez-en une")
    if kind in (list, tuple):
        raise Refused("une liste s’écrit avec « for » ou avec le filtre « liste »")
    raise Refused("cette valeur ne s’écrit pas dans une lettre")


@pass_context  # so that it is asked when a letter is written, never when it is compiled
def _in_subject(_context: Context, value: Any) -> str:
    return _words(value)


@pass_context
def _in_body(_context: Context, value: Any) -> str:
    """A mark that Markdown reads as a letter: the value takes its place once Markdown is read."""
    return "".join(map(_mark, value.parts)) if type(value) is Phrase else _mark(value)


def _mark(value: Any) -> str:
    words = _words(value)
    if type(value) is Link:
        return f"[{marked(words)}]({marked(value.href)})"
    return marked(words)


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Only names of plain values are looked up; everything else is refused with its reason."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`a.b`: a value of a group, or where a loop stands."""
        if isinstance(obj, Group):
            return obj[attribute] if attribute in obj else Absent(obj=obj, name=attribute)
        if isinstance(obj, Absent):
            return Absent(obj=obj, name=attribute)
        if isinstance(obj, LoopContext) and attribute in _OF_A_LOOP:
            return getattr(obj, attribute)
        raise Refused(f"« .{attribute} » n’existe pas ici")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`a["b"]`, or the n-th of a list."""
        if isinstance(obj, tuple) and type(argument) is int:
            return obj[argument] if -len(obj) <= argument < len(obj) else Absent(name=str(argument))
        if type(argument) is not str:
            raise Refused("entre crochets, écrivez le nom d’une valeur ou un rang")
        return self.getattr(obj, argument)

    def call(self, __context: Any, __obj: Any, *_: Any, **__: Any) -> Never:
        """Nothing is called from a letter."""
        raise Refused("une lettre n’appelle pas de fonction")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No attribute of any Python object, should anything else ask."""
        del obj, attr, value
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        """Nothing is called from a letter."""
        del obj
        return False


# A line of words that ends with a block keeps its end: only lines of blocks alone disappear.
_ALONE = re.compile(r"[ \t]*(?:\{%(?:(?!%\}).)*%\}[ \t]*)+")
_ENDS_WITH_A_BLOCK = re.compile(r"(?<![-+])%\}[ \t]*$")


class Typography(Extension):
    """What the template itself says is set right once, when it is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Keep the line ends that somebody who writes a letter sees."""
        del name, filename
        return "\n".join(
            line if _ALONE.fullmatch(line) else _ENDS_WITH_A_BLOCK.sub("+%}", line)
            for line in source.split("\n")
        )

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The words between the braces, with French typography."""
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", unmarked(french(quoted(token.value))))
            else:
                yield token


def _environment(finalize: Callable[[Context, Any], str]) -> LetterEnvironment:
    made = LetterEnvironment(
        undefined=Absent,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[Typography],
        cache_size=0,
    )
    made.globals.clear()
    made.filters.clear()
    made.filters.update({name: JINJA_FILTERS[name] for name in _TAKEN_FILTERS})
    made.filters.update(FILTERS)
    made.tests.clear()
    made.tests.update({name: JINJA_TESTS[name] for name in _TAKEN_TESTS})
    return made


SUBJECTS = _environment(_in_subject)
BODIES = _environment(_in_body)
