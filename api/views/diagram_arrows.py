"""The arrows of a pipeline: down the spine, back on its left, out on its right."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from api.views.diagram_shapes import GAP, LINE, TRACK, Arrow, Box, Pair, wrapped


def is_back(pair: Pair, spine: Sequence[str]) -> bool:
    """Whether it goes up the spine, or comes back to the same stage."""
    return (
        pair.origin in spine
        and pair.destination in spine
        and spine.index(pair.destination) <= spine.index(pair.origin)
    )


def tracks_of(spine: Sequence[str], pairs: Sequence[Pair]) -> dict[Pair, int]:
    """How far left each way back runs: beside the stage, or beyond those that it passes by."""
    tracks: dict[Pair, int] = {}
    for pair in pairs:
        if not is_back(pair, spine):
            continue
        low, high = spine.index(pair.destination), spine.index(pair.origin)
        crossed = {
            track
            for other, track in tracks.items()
            if low < spine.index(other.origin) and spine.index(other.destination) < high
        }
        tracks[pair] = next(n for n in itertools.count(1) if n not in crossed)
    return tracks


def arrows_of(
    boxes: Mapping[str, Box], spine: Sequence[str], pairs: Sequence[Pair]
) -> tuple[Arrow, ...]:
    """Every pair as an arrow, drawn by where it leads."""
    arrows: list[Arrow] = []
    tracks = tracks_of(spine, pairs)
    for pair in pairs:
        origin, destination = boxes[pair.origin], boxes[pair.destination]
        if pair.origin == pair.destination:
            arrows.append(_loop(origin, pair))
        elif is_back(pair, spine):
            arrows.append(_back(origin, destination, pair, tracks[pair]))
        elif pair.destination not in spine:
            arrows.append(_out(origin, destination, pair))
        elif spine.index(pair.destination) == spine.index(pair.origin) + 1:
            arrows.append(_down(origin, destination, pair))
        else:
            arrows.append(_skip(origin, destination, pair))
    return tuple(arrows)


def _down(origin: Box, destination: Box, pair: Pair) -> Arrow:
    lines = wrapped(pair.labels, 28)
    top = (origin.bottom + destination.y) // 2 - LINE * (len(lines) - 1) // 2
    return Arrow(
        path=f"M{origin.centre} {origin.bottom} V{destination.y}",
        kind=pair.kind,
        lines=lines,
        x=origin.centre + 14,
        y=top + 4,
        anchor="start",
    )


def _back(origin: Box, destination: Box, pair: Pair, track: int) -> Arrow:
    lines = wrapped(pair.labels, 19)
    x = origin.x - TRACK * track - 8
    start, end = origin.middle - 10, destination.middle + 10
    middle = (start + end) // 2
    return Arrow(
        path=f"M{origin.x} {start} H{x + 10} Q{x} {start} {x} {start - 10} "
        f"V{end + 10} Q{x} {end} {x + 10} {end} H{destination.x}",
        kind=pair.kind,
        lines=lines,
        x=x - 10,
        y=middle - LINE * (len(lines) - 1) // 2 + 4,
        anchor="end",
    )


def _loop(box: Box, pair: Pair) -> Arrow:
    lines = wrapped(pair.labels, 19)
    x, low = box.x - 26, box.middle + 20
    high = box.middle + 6
    return Arrow(
        path=f"M{box.x} {low} H{x + 6} Q{x} {low} {x} {low - 6} "
        f"V{high + 6} Q{x} {high} {x + 6} {high} H{box.x}",
        kind=pair.kind,
        lines=lines,
        x=x - 8,
        y=(low + high) // 2 - LINE * (len(lines) - 1) // 2 + 4,
        anchor="end",
    )


def _out(origin: Box, destination: Box, pair: Pair) -> Arrow:
    lines = wrapped(pair.labels, 16)
    if origin.y == destination.y:
        path = f"M{origin.right} {origin.middle} H{destination.x}"
    else:
        bend = destination.x - 24
        path = f"M{origin.right} {origin.middle} H{bend} V{destination.middle} H{destination.x}"
    return Arrow(
        path=path,
        kind=pair.kind,
        lines=lines,
        x=origin.right + 12,
        y=origin.middle - 8 - LINE * (len(lines) - 1),
        anchor="start",
    )


def _skip(origin: Box, destination: Box, pair: Pair) -> Arrow:
    lines = wrapped(pair.labels, 16)
    x = origin.right + TRACK
    return Arrow(
        path=f"M{origin.right} {origin.middle + 12} H{x} V{destination.middle - 21} "
        f"H{destination.right}",
        kind=pair.kind,
        lines=lines,
        x=x + 8,
        y=origin.bottom + GAP // 2,
        anchor="start",
    )
