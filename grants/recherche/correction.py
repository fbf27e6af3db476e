"""Misspelt words, corrected against the words that the organisme itself uses."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, column, func, or_, select, table
from sqlalchemy import union_all as all_of

from grants.recherche.index import Kind, prefix_of
from grants.recherche.words import Groups

#: Nothing shorter is corrected: too many words are one letter away from it.
SHORTEST = 4
MOST_SPELLINGS = 3
_LONG = 6
_AFTER_DIGITS = chr(ord("9") + 1)
_NAMES: tuple[Kind, ...] = ("structure", "personne", "dossier")
_T = table("recherche_mot", column("term"))
_W = table("recherche_mot", column("organisme_id"), column("mot"))


def corrected(
    connection: Connection, organisme_id: int, words: tuple[str, ...]
) -> tuple[Groups, tuple[str, ...]]:
    """Each word as the organisme spells it, and the spellings that are not the ones typed."""
    doubtful = [word for word in words if len(word) >= SHORTEST and word.isalpha()]
    known = _near_words(connection, organisme_id, doubtful) if doubtful else set()
    groups = tuple(_spellings(word, known) if word in doubtful else (word,) for word in words)
    changed = [found for word, found in zip(words, groups, strict=True) if found != (word,)]
    return groups, tuple(spelling for found in changed for spelling in found)


def slips(typed: str, known: str, most: int) -> int:
    """How many letters were left out, added, replaced or swapped; `most` + 1 when more."""
    if abs(len(typed) - len(known)) > most or len(set(typed) ^ set(known)) > 2 * most:
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


def _spellings(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The nearest known words; the word itself when it begins one, or when nothing is near."""
    near: list[tuple[int, str]] = []
    most = _most_slips(word)
    for other in known:
        if other.startswith(word):
            return (word,)
        distance = slips(word, other, most)
        if distance <= most:
            near.append((distance, other))
    nearest = sorted(other for distance, other in near if distance == min(near)[0])
    return tuple(nearest[:MOST_SPELLINGS]) or (word,)


def _near_words(connection: Connection, organisme_id: int, words: list[str]) -> set[str]:
    """The organisme's words that may be one of these: they share enough of its letters."""
    if connection.dialect.name == "postgresql":
        query = select(_W.c.mot).where(
            _W.c.organisme_id == organisme_id, or_(*[_may_be(_W.c.mot, word) for word in words])
        )
        return set(connection.execute(query).scalars())
    branches = []
    for kind in _NAMES:
        prefix = prefix_of(organisme_id, kind)
        word_of = func.substr(_T.c.term, len(prefix) + 1)
        branches.append(
            select(word_of).where(
                _T.c.term > f"{prefix}{_AFTER_DIGITS}",  # numbers, most of the words, are skipped
                _T.c.term < prefix[:-1] + chr(ord(prefix[-1]) + 1),
                or_(*[_may_be(word_of, word) for word in words]),
            )
        )
    return set(connection.execute(all_of(*branches)).scalars())


def _may_be(known: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Two slips leave one of three pieces whole; a short word keeps an end of it."""
    if len(word) >= _LONG:
        third = len(word) // 3
        pieces = (word[:third], word[third : 2 * third], word[2 * third :])
        shares = or_(*[known.like(f"%{piece}%") for piece in pieces])
    else:
        shares = or_(known.like(f"{word[0]}%"), known.like(f"%{word[-1]}"))
    most = _most_slips(word)
    near = func.length(known).between(len(word) - most, len(word) + most) & shares
    return or_(near, known.like(f"{word}%"))
