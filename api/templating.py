"""How templates are compiled: kept for the next start, drawing once what is always the same."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from api.wording import FILTERS

_MOST_REMEMBERED = 1024
_MARKUP = re.compile("[&<>'\"]")
_OPTIONS: dict[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


def environment_of(templates: Path, *, reload: bool) -> Environment:
    """Where the pages' templates are compiled and drawn, with the filters of French wording."""
    environment = _Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        auto_reload=reload,
        bytecode_cache=CompiledTemplates(templates),
        **_OPTIONS,
    )
    environment.filters.update(FILTERS)
    known: dict[str, Any] = environment.globals
    known["remembered"] = remembered
    return environment


def remembered(macro: Callable[..., str], most: int = _MOST_REMEMBERED) -> Callable[..., str]:
    """A macro that says nothing but what follows from its arguments, drawn once for each.

    A page holds hundreds of icons, badges and initials, few of them different, in a frame that
    is the same from page to page: drawing them again took half of its time.
    """
    known = lru_cache(maxsize=most, typed=True)(macro)

    def draw(*given: object, **named: object) -> str:
        try:
            return known(*given, **named)
        except TypeError:  # an argument that may change is never a key
            return macro(*given, **named)

    return draw


def written(value: object) -> str:
    """A value as it stands in the output: escaped, unless it is markup of ours.

    The same text as markupsafe's `escape`, that wraps each in an object for whoever adds to it:
    here it is joined to the rest of the page and forgotten.
    """
    if type(value) is str:
        plain = value.isalnum() or _MARKUP.search(value) is None
        return value if plain else escape(value)
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)


class _Generator(CodeGenerator):
    """Writes values by `written`, wherever escaping is not left to be decided while drawing."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class _Environment(Environment):
    code_generator_class = _Generator
    written = staticmethod(written)


class CompiledTemplates(FileSystemBytecodeCache):
    """What compiling the templates gave, kept beside them as Python keeps its own modules.

    A start then reads it instead of compiling again. Where nothing may be written, nothing is
    kept; what another version of Jinja or of this module gave is another file.
    """

    def __init__(self, templates: Path) -> None:
        made_with = f"{jinja2.__version__}{sorted(FILTERS)}{Path(__file__).read_text('utf-8')}"
        tag = hashlib.sha256(made_with.encode()).hexdigest()[:12]
        super().__init__(str(templates / "__pycache__"), f"%s.{tag}.jinja")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, where that is possible."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
