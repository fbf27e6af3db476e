"""The shapes that a pipeline is drawn with, and their sizes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from api.views.stages import PhaseTone

EdgeKind = Literal["avance", "retour", "sortie", "correction"]

BOX_WIDTH = 216
BOX_HEIGHT = 60
SIDE_WIDTH = 184
GAP = 52
LINE = 17
TRACK = 20
MARGIN = 14
LEFT_LABEL = 124
BETWEEN = 116


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A stage to draw."""

    key: str
    label: str
    tone: PhaseTone
    final: bool = False
    present: bool = False
    visited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An action to draw. `destination` is `None` when it returns where the dossier came from."""

    label: str
    origin: str
    destination: str | None
    kind: EdgeKind = "avance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stage drawn: its place, its words cut into lines, the letters of its notes."""

    node: Node
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    marks: tuple[str, ...] = ()

    def mark_at(self, rank: int) -> int:
        """The abscissa of the letter of that rank, on the left of the stage."""
        return self.x - 42 - 26 * rank

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2

    @property
    def centre(self) -> int:
        """The abscissa of its middle."""
        return self.x + self.width // 2

    @property
    def right(self) -> int:
        """The abscissa of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The height of its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One or several actions between the same two stages. `anchor` is that of SVG text."""

    path: str
    kind: EdgeKind
    lines: tuple[str, ...]
    x: int
    y: int
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramNote:
    """An action told rather than drawn."""

    mark: str
    label: str
    origins: str
    destination: str
    kind: EdgeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A drawing ready to be written as SVG, in its own units."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[DiagramNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """All the actions between the same two stages: they share an arrow."""

    origin: str
    destination: str
    kind: EdgeKind
    labels: tuple[str, ...]


def wrapped(labels: Iterable[str], width: int) -> tuple[str, ...]:
    """Labels cut into lines of that many letters at most."""
    return tuple(line for label in labels for line in textwrap.wrap(label, width))
