"""The values that a letter asks for, as its text names them, and those nobody can give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import nodes

from notifications.composing import Place, TemplateFault, tree_of
from notifications.letter_source import split_source
from notifications.template_environment import BODIES, SUBJECTS

_OF_JINJA = frozenset({"loop"})


def names_asked(source: str) -> list[tuple[str, int, Place]]:
    """(« dossier.titre », line, place), in order. Raises TemplateFault for a misspelt source."""
    try:
        subject, body = split_source(source)
    except ValueError:
        cause = "la première ligne est « Objet : » et l’objet de la lettre"
        raise TemplateFault(cause, 1, "objet") from None
    found: list[tuple[str, int, Place]] = []
    parts: tuple[tuple[str, Any, Place], ...] = (
        (subject, SUBJECTS, "objet"),
        (body, BODIES, "texte"),
    )
    for text, environment, place in parts:
        asked = _Names()
        asked.visit(tree_of(text, environment, place), {})
        found += [(name, line, place) for name, line in asked.found]
    return found


class _Names:
    """Names with their loops undone: « piece.label » is « pieces_manquantes.label »."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []

    def visit(self, node: nodes.Node, within: Mapping[str, str | None]) -> None:
        """Note the names of a node; `within` says what the names of its loops stand for."""
        path = _path(node, within)
        if path is not None:
            if path:
                self.found.append((path, node.lineno))
            return
        if isinstance(node, nodes.For):
            self._loop(node, within)
            return
        inner = dict(within)
        for child in node.iter_child_nodes():
            self.visit(child, inner)
            if isinstance(child, nodes.Assign):
                inner |= dict.fromkeys(_targets(child.target))

    def _loop(self, node: nodes.For, within: Mapping[str, str | None]) -> None:
        self.visit(node.iter, within)
        over = _path(node.iter, within) or None
        inner = {**within, **dict.fromkeys(_targets(node.target), over)}
        tests = [node.test] if node.test else []
        for child in (*tests, *node.body):
            self.visit(child, inner)
        for child in node.else_:
            self.visit(child, within)


def _targets(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name
    for child in node.iter_child_nodes():
        yield from _targets(child)


def _path(node: nodes.Node, within: Mapping[str, str | None]) -> str | None:
    """The dotted name that a node is; empty for what the letter made itself; None for no name."""
    if isinstance(node, nodes.Name):
        if node.ctx != "load" or node.name in _OF_JINJA:
            return ""
        return within[node.name] or "" if node.name in within else node.name
    if isinstance(node, nodes.Getattr):
        return _further(_path(node.node, within), node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        before, key = _path(node.node, within), node.arg.value
        # The n-th of a list is one of it.
        return before if isinstance(key, int) else _further(before, str(key))
    return None


def _further(before: str | None, name: str) -> str | None:
    return f"{before}.{name}" if before else before


def exists_in(name: str, examples: Iterable[Mapping[str, Any]]) -> bool:
    """Whether any of the examples has that value, were it empty."""
    return any(_found(name.split("."), example) for example in examples)


def _found(path: list[str], value: Any) -> bool:
    if not path:
        return True
    if isinstance(value, list | tuple):
        # Of an empty list nothing is known: its elements may have anything.
        return not value or any(_found(path, each) for each in value)
    if not isinstance(value, Mapping) or path[0] not in value:
        return False
    return value[path[0]] is None or _found(path[1:], value[path[0]])


def every_name(examples: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every dotted name of the examples: what may be meant by a misspelt one."""
    return {name for example in examples for name in _names("", example)}


def _names(before: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = f"{before}.{key}" if before else str(key)
            yield name
            yield from _names(name, inner)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _names(before, each)
