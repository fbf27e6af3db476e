"""What a letter may see: plain values under their names, and each one it lacks, named.

A context is copied into `Group`s that know their place (« dossier.montant_accorde »), so that a
value that is not there can say which one it is. Nothing but these copies reaches a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Never

from jinja2 import Undefined
from jinja2.utils import missing

#: The names of the values that the letter being written asked for in vain.
lacking: ContextVar[dict[str, None]] = ContextVar("lacking")


class NotPlain(TypeError):
    """Une lettre ne reçoit que des textes, des nombres, des oui ou non, des listes et des noms."""


class Group(dict[str, Any]):
    """Values under their names. Without the ones that are empty: a letter asks whether they are."""

    __slots__ = ("place",)

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.place = place


class Absent(Undefined):
    """A value that is not there: false when asked, noted down when written."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] | None = None,
    ) -> None:
        del hint, exc
        place = f"{obj.place}." if isinstance(obj, Group | Absent) else ""
        # Compared or added to, it raises UndefinedError with its place.
        super().__init__(hint=f"{place}{name}", name=f"{place}{name}")

    @property
    def place(self) -> str:
        """Its dotted name."""
        return str(self._undefined_name)

    def note(self) -> str:
        """Write it down as lacking; it reads as nothing."""
        lacking.get()[self.place] = None
        return ""

    def __str__(self) -> str:
        return self.note()

    def __iter__(self) -> Iterator[Never]:
        self.note()
        return iter(())

    def __len__(self) -> int:
        self.note()
        return 0


def plain_context(context: Mapping[str, Any]) -> dict[str, Any]:
    """A context as a letter sees it. Raises NotPlain for what is not plain data."""
    return _filled("", context)


def _filled(place: str, values: Mapping[str, Any]) -> dict[str, Any]:
    within = f"{place}." if place else ""
    return {
        _name(key): _plain(f"{within}{key}", value)
        for key, value in values.items()
        if value is not None and value != ""
    }


def _name(key: Any) -> str:
    if type(key) is not str:
        raise NotPlain(NotPlain.__doc__)
    return key


def _plain(place: str, value: Any) -> Any:
    kind = type(value)
    if kind in (str, int, bool, float):
        return value
    if isinstance(value, Mapping):
        return Group(place, _filled(place, value))
    if kind in (list, tuple):
        return tuple(_plain(place, each) for each in value if each is not None)
    raise NotPlain(f"{place} : {NotPlain.__doc__}")
