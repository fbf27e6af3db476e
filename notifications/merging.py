"""Reminders that are due together to one person make one e-mail: each its own part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from notifications.composing import Composed, MissingValue
from notifications.document import Block, Heading, Paragraph, Run
from notifications.template_versions import Template
from notifications.typography import french
from notifications.words import number_in_words
from notifications.writing import composed_of

Part = tuple[Template, Mapping[str, Any], str]


def merged(parts: Sequence[Part]) -> Composed:
    """The subject and the blocks of several letters in one, what they all say said once.

    Raises MissingValue with the names of all parts, TemplateFault.
    """
    composed, lacking = [], []
    for template, context, _reference in parts:
        try:
            composed.append(composed_of(template, context))
        except MissingValue as error:
            lacking += error.names
    if lacking:
        raise MissingValue(tuple(dict.fromkeys(lacking)))
    if len(composed) == 1:
        return composed[0]
    references = tuple(dict.fromkeys(reference for _, _, reference in parts))
    return Composed(_subject(len(parts), references), _blocks(composed, parts, len(references) > 1))


def _subject(count: int, references: Sequence[str]) -> str:
    number = number_in_words(count).capitalize()
    if len(references) > 1:
        return f"{number} rappels pour vos dossiers"
    return f"{number} rappels pour votre dossier {references[0]}".rstrip()


def _blocks(
    composed: Sequence[Composed], parts: Sequence[Part], several: bool
) -> tuple[Block, ...]:
    """The greeting, each letter under its subject, and how to answer."""
    opening = _common([each.blocks for each in composed])[:1]
    rests = [each.blocks[len(opening) :] for each in composed]
    closing = _common([rest[::-1] for rest in rests])[::-1]
    introduction = f"Ce message réunit {number_in_words(len(composed))} rappels."
    blocks: list[Block] = [*opening, Paragraph((Run(introduction),))]
    for each, rest, (_, _, reference) in zip(composed, rests, parts, strict=True):
        subject = french(each.subject)
        title = f"{subject} ({reference})" if several and reference else subject
        blocks.append(Heading(1, (Run(title),)))
        blocks += map(_lower, rest[: len(rest) - len(closing)])
    return (*blocks, *closing)


def _common(sequences: Sequence[tuple[Block, ...]]) -> tuple[Block, ...]:
    """What they all begin with; never the whole of one, which would leave it empty."""
    alike = takewhile(lambda each: len(set(each)) == 1, zip(*sequences, strict=False))
    shortest = min(map(len, sequences))
    return tuple(each[0] for each in alike)[: max(shortest - 1, 0)]


def _lower(block: Block) -> Block:
    return Heading(block.level + 1, block.runs) if isinstance(block, Heading) else block
