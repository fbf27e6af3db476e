"""Misspelt words, corrected against the words that the organisme itself uses."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from grants.recherche.near import near_words, still_known
from grants.recherche.words import Groups

#: Nothing shorter is corrected: too many words are one letter away from it.
SHORTEST = 4
MOST_SPELLINGS = 3
_LONG = 6


def corrected(
    connection: Connection, organisme_id: int, words: tuple[str, ...]
) -> tuple[Groups, tuple[str, ...]]:
    """Each word as the organisme spells it, and the spellings that are not the ones typed."""
    doubtful = {
        word: _most_slips(word) for word in words if len(word) >= SHORTEST and word.isalpha()
    }
    meant = _meant(connection, organisme_id, doubtful) if doubtful else {}
    groups = tuple(meant.get(word, (word,)) for word in words)
    changed = [found for word, found in zip(words, groups, strict=True) if found != (word,)]
    return groups, tuple(spelling for found in changed for spelling in found)


def _meant(
    connection: Connection, organisme_id: int, typed: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """The nearest known words of each; not of one that begins a known word."""
    begun, known = near_words(connection, organisme_id, typed)
    near = {
        word: {other: distance for other in known if (distance := slips(word, other, most)) <= most}
        for word, most in typed.items()
        if word not in begun
    }
    held = still_known(
        connection, organisme_id, {other for each in near.values() for other in each}
    )
    return {
        word: spellings
        for word, each in near.items()
        if (spellings := _nearest({other: each[other] for other in held & each.keys()}))
    }


def _nearest(distances: Mapping[str, int]) -> tuple[str, ...]:
    fewest = min(distances.values(), default=0)
    nearest = sorted(other for other, distance in distances.items() if distance == fewest)
    return tuple(nearest[:MOST_SPELLINGS])


def slips(typed: str, known: str, most: int) -> int:
    """How many letters were left out, added, replaced or swapped; `most` + 1 when more."""
    more, letters, others = len(typed) - len(known), set(typed), set(known)
    # What makes a word shorter or longer brings no letter to one side, takes none from the other.
    if len(others - letters) > most - max(more, 0) or len(letters - others) > most + min(more, 0):
        return most + 1
    before: list[int] = []
    above = list(range(len(known) + 1))
    for row, letter in enumerate(typed, start=1):
        here = [row]
        for place, other in enumerate(known, start=1):
            cost = min(above[place] + 1, here[-1] + 1, above[place - 1] + (letter != other))
            if row > 1 and place > 1 and letter == known[place - 2] and typed[row - 2] == other:
                cost = min(cost, before[place - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return most + 1
        before, above = above, here
    return min(above[-1], most + 1)


def _most_slips(word: str) -> int:
    return 2 if len(word) >= _LONG else 1
