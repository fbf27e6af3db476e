"""Where to draw the stages and arrows of a pipeline: a pure layout, no drawing.

The path forward runs down a spine. Ways back curve on its left, other ways out go to a column on
its right, beside the stage they leave. An action that may leave three stages or more, or that
returns where the dossier came from, would be a tangle of arrows: it becomes a lettered note.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from api.views.diagram_arrows import arrows_of, is_back, tracks_of
from api.views.diagram_shapes import (
    BETWEEN,
    BOX_HEIGHT,
    BOX_WIDTH,
    GAP,
    LEFT_LABEL,
    LINE,
    MARGIN,
    SIDE_WIDTH,
    TRACK,
    Arrow,
    Box,
    Diagram,
    DiagramNote,
    Edge,
    Node,
    Pair,
    wrapped,
)

__all__ = ["Arrow", "Box", "Diagram", "DiagramNote", "Edge", "Node", "draw"]

TANGLE = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def draw(nodes: Sequence[Node], edges: Sequence[Edge]) -> Diagram:
    """Lay out a pipeline. The first node is where a dossier starts; order is that of the file."""
    if not nodes:
        return Diagram(width=2 * MARGIN, height=2 * MARGIN, boxes=(), arrows=(), notes=())
    told = _tangled(edges)
    drawn = [edge for edge in edges if edge not in told]
    spine = _spine(nodes, edges)
    notes = _notes(nodes, [*told, *_beside(drawn, spine)])
    drawn = [edge for edge in drawn if edge not in _beside(drawn, spine)]
    pairs = _merged(drawn)
    boxes = _place(nodes, spine, pairs, edges, notes)
    arrows = arrows_of(boxes, spine, pairs)
    return Diagram(
        width=max(box.right for box in boxes.values()) + MARGIN,
        height=max(box.bottom for box in boxes.values()) + MARGIN,
        boxes=tuple(boxes[node.key] for node in nodes),
        arrows=arrows,
        notes=tuple(note for note, _ in notes),
    )


def _tangled(edges: Sequence[Edge]) -> list[Edge]:
    """The edges that are told in notes: from many stages, or back to no stage in particular."""
    origins: dict[tuple[str, str | None], int] = {}
    for edge in edges:
        name = (edge.label, edge.destination)
        origins[name] = origins.get(name, 0) + 1
    return [
        edge
        for edge in edges
        if edge.destination is None or origins[edge.label, edge.destination] >= TANGLE
    ]


def _spine(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[str]:
    """The longest path from the first stage, going down the file: its order settles a tie."""
    rank = {node.key: place for place, node in enumerate(nodes)}
    ahead: dict[str, list[str]] = {node.key: [] for node in nodes}
    for edge in edges:
        if edge.kind == "avance" and edge.destination is not None:
            ahead[edge.origin].append(edge.destination)
    longest: dict[str, list[str]] = {}
    for node in reversed(nodes):
        tails = [longest[to] for to in ahead[node.key] if rank[to] > rank[node.key]]
        longest[node.key] = [node.key, *max(tails, key=len, default=[])]
    return longest[nodes[0].key]


def _beside(edges: Iterable[Edge], spine: Sequence[str]) -> list[Edge]:
    """The edges that leave a stage outside the spine: few, and told in notes."""
    return [edge for edge in edges if edge.origin not in spine]


def _notes(nodes: Sequence[Node], told: Sequence[Edge]) -> list[tuple[DiagramNote, str | None]]:
    """One lettered note for each action told, with the stage it leads to."""
    labels = {node.key: node.label for node in nodes}
    grouped: dict[tuple[str, str | None], list[Edge]] = {}
    for edge in told:
        grouped.setdefault((edge.label, edge.destination), []).append(edge)
    notes: list[tuple[DiagramNote, str | None]] = []
    for rank, ((label, destination), edges) in enumerate(grouped.items()):
        note = DiagramNote(
            mark=LETTERS[rank % len(LETTERS)],
            label=label,
            origins=_origins(nodes, {edge.origin for edge in edges}),
            destination=labels[destination] if destination else "l’étape d’où vient le dossier",
            kind=edges[0].kind,
        )
        notes.append((note, destination))
    return notes


def _origins(nodes: Sequence[Node], origins: set[str]) -> str:
    """« toutes les étapes », « toutes les étapes en cours », or their names."""
    everything = {node.key for node in nodes}
    if origins == everything:
        return "toutes les étapes"
    if origins == {node.key for node in nodes if not node.final}:
        return "toutes les étapes en cours"
    missing = [node.label for node in nodes if node.key not in origins]
    if len(missing) == 1 and len(origins) > TANGLE:
        return f"toutes les étapes sauf « {missing[0]} »"
    return ", ".join(f"« {node.label} »" for node in nodes if node.key in origins)


def _merged(edges: Sequence[Edge]) -> list[Pair]:
    grouped: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        if edge.destination is not None:
            grouped.setdefault((edge.origin, edge.destination), []).append(edge)
    return [
        Pair(
            origin=origin,
            destination=destination,
            kind=same[0].kind,
            labels=tuple(edge.label for edge in same),
        )
        for (origin, destination), same in grouped.items()
    ]


def _place(
    nodes: Sequence[Node],
    spine: Sequence[str],
    pairs: Sequence[Pair],
    edges: Sequence[Edge],
    notes: Sequence[tuple[DiagramNote, str | None]],
) -> dict[str, Box]:
    """Every stage at its place: the spine from top to bottom, the others on its right."""
    rows = _rows(spine, pairs)
    beside = _side_rows(nodes, spine, edges)
    tracks = tracks_of(spine, pairs)
    left = MARGIN + (LEFT_LABEL + TRACK * (1 + max(tracks.values())) if tracks else 0)
    side = left + BOX_WIDTH + BETWEEN
    pitch = rows[-1] - rows[-2] if len(rows) > 1 else BOX_HEIGHT + GAP
    boxes: dict[str, Box] = {}
    for node in nodes:
        on_spine = node.key in spine
        row = spine.index(node.key) if on_spine else beside[node.key]
        y = rows[row] if row < len(rows) else rows[-1] + pitch * (row - len(rows) + 1)
        boxes[node.key] = Box(
            node=node,
            x=left if on_spine else side,
            y=y,
            width=BOX_WIDTH if on_spine else SIDE_WIDTH,
            height=BOX_HEIGHT,
            lines=wrapped([node.label], 23 if on_spine else 20)[:2],
            marks=tuple(note.mark for note, to in notes if to == node.key),
        )
    return boxes


def _rows(spine: Sequence[str], pairs: Sequence[Pair]) -> list[int]:
    """The height of each stage of the spine, with room for the words between two of them."""
    words = {
        (pair.origin, pair.destination): len(wrapped(pair.labels, 28))
        for pair in pairs
        if not is_back(pair, spine)
    }
    rows = [MARGIN]
    for above, below in itertools.pairwise(spine):
        lines = words.get((above, below), 1)
        rows.append(rows[-1] + BOX_HEIGHT + GAP + LINE * max(0, lines - 1))
    return rows


def _side_rows(
    nodes: Sequence[Node], spine: Sequence[str], edges: Sequence[Edge]
) -> dict[str, int]:
    """The row of each stage outside the spine: that of the first stage that leads to it."""
    taken: set[int] = set()
    rows: dict[str, int] = {}
    drawn_first = sorted(
        (node for node in nodes if node.key not in spine),
        key=lambda node: sum(edge.destination == node.key for edge in edges),
    )
    for node in drawn_first:
        origins = [
            spine.index(e.origin) for e in edges if e.destination == node.key and e.origin in spine
        ]
        row = min(origins, default=0)
        while row in taken:
            row += 1
        taken.add(row)
        rows[node.key] = row
    return rows
