"""The blocks of a letter as plain data and back: for another process, for the printed page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from notifications.document import Block, Heading, Listing, Paragraph, Quote, Run, Runs, Table

#: A run: its words, or what is said of them.
Told = str | Mapping[str, Any]


def data_of(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks → plain data."""
    return [_block(block) for block in blocks]


def blocks_of(data: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Plain data → blocks. Raises KeyError, TypeError for what is none."""
    return tuple(_read(each) for each in data)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(runs):
            return {"kind": "paragraph", "runs": _runs(runs)}
        case Heading(level, runs):
            return {"kind": "heading", "level": level, "runs": _runs(runs)}
        case Quote(blocks):
            return {"kind": "quote", "blocks": [_block(each) for each in blocks]}
        case Listing(items, start):
            told = [[_block(each) for each in item] for item in items]
            return {"kind": "listing", "start": start, "items": told}
        case Table(head, rows, right):
            told = [[_runs(cell) for cell in row] for row in rows]
            return {"kind": "table", "head": list(map(_runs, head)), "rows": told, "right": right}


def _runs(runs: Runs) -> list[Told]:
    return [_run(run) for run in runs]


def _run(run: Run) -> Told:
    """Words alone as they are; otherwise, with what is said of them."""
    if not (run.strong or run.em or run.href):
        return run.text
    told: dict[str, Any] = {"text": run.text}
    if run.strong:
        told["strong"] = True
    if run.em:
        told["em"] = True
    if run.href:
        told["href"] = run.href
    return told


def _read(told: Mapping[str, Any]) -> Block:
    match told["kind"]:
        case "paragraph":
            return Paragraph(_read_runs(told["runs"]))
        case "heading":
            return Heading(int(told["level"]), _read_runs(told["runs"]))
        case "quote":
            return Quote(blocks_of(told["blocks"]))
        case "listing":
            return Listing(tuple(blocks_of(item) for item in told["items"]), told["start"])
        case _:
            rows = tuple(tuple(map(_read_runs, row)) for row in told["rows"])
            right = tuple(bool(each) for each in told["right"])
            return Table(tuple(map(_read_runs, told["head"])), rows, right)


def _read_runs(told: Sequence[Told]) -> Runs:
    return tuple(
        Run(each)
        if isinstance(each, str)
        else Run(str(each["text"]), "strong" in each, "em" in each, str(each.get("href", "")))
        for each in told
    )
