"""The organisme's words that a typed one may be, brought by an index of their pieces.

See `api/migrations/mots_proches_1.py`: how many words the organisme uses costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from sqlalchemy import Connection, Select, column, func, literal, select, table
from sqlalchemy import union_all as all_of

from grants.recherche.index import Kind, prefix_of

#: What spellings are learnt from.
_NAMES: tuple[Kind, ...] = ("structure", "personne", "dossier")
_LAST = "\U0010ffff"
_P = table("recherche_proche", column("organisme_id"), column("cle"), column("mot"))
_R = table("recherche", column("recherche"))
_T = table("recherche_mot", column("term"))
_W = table("recherche_mot", column("organisme_id"), column("mot"))


def near_words(
    connection: Connection, organisme_id: int, typed: Mapping[str, int]
) -> tuple[set[str], set[str]]:
    """The words typed that begin a known one; the known words that any of them may be.

    `typed` says how many slips are believed of each word.
    """
    keys = {key for word, most in typed.items() for key in keys_of(word, most)}
    begun = _begun_on_sqlite if connection.dialect.name == "sqlite" else _begun_on_postgresql
    near = select(literal("").label("tape"), _P.c.mot).where(
        _P.c.organisme_id == organisme_id, _P.c.cle.in_(sorted(keys))
    )
    found = connection.execute(all_of(near, *begun(organisme_id, typed))).all()
    return {word for word, _ in found if word}, {mot for word, mot in found if not word}


def still_known(connection: Connection, organisme_id: int, words: Collection[str]) -> set[str]:
    """Those of these words that a name still holds; PostgreSQL keeps its words for good."""
    if connection.dialect.name != "sqlite" or not words:
        return set(words)
    each = func.json_each(json.dumps(sorted(words))).table_valued("value")
    word = each.c.value
    terms = [literal(f'"{prefix_of(organisme_id, kind)}').concat(word) for kind in _NAMES]
    meant = terms[0]
    for term in terms[1:]:
        meant = meant.concat('" OR ').concat(term)
    held = select(_R.c.recherche).where(_R.c.recherche.op("MATCH")(meant.concat('"'))).exists()
    return set(connection.execute(select(word).where(held)).scalars())


def _begun_on_sqlite(organisme_id: int, words: Iterable[str]) -> Iterator[Select[str, str]]:
    for word in words:
        for kind in _NAMES:
            first = prefix_of(organisme_id, kind) + word
            some = select(_T.c.term).where(_T.c.term >= first, _T.c.term < first + _LAST)
            yield _told(word, some)


def _begun_on_postgresql(organisme_id: int, words: Iterable[str]) -> Iterator[Select[str, str]]:
    mot = _W.c.mot.collate("C")
    for word in words:
        some = select(_W.c.mot).where(
            _W.c.organisme_id == organisme_id, mot >= word, mot < word + _LAST
        )
        yield _told(word, some)


def _told(word: str, some: Select[str]) -> Select[str, str]:
    """The word itself, when there are some."""
    return select(literal(word), literal("")).select_from(some.limit(1).subquery())


def keys_of(word: str, most: int) -> Iterator[str]:
    """Where a piece of each word within `most` slips (1 or 2) of this one stands in the index.

    A known word has one piece more than slips: one is whole, or its ends were only swapped with
    its neighbours'. What was added or left out before it moves it; there are slips for as much.
    """
    for length in range(len(word) - most, len(word) + most + 1):
        more = len(word) - length
        for rank, start, end in _pieces(length, most):
            for shift in range(-most, most + 1):
                left = most - abs(shift) - abs(more - shift)
                if left >= 0:
                    for piece in _readings(word, start + shift, end + shift, left):
                        yield f"{length}.{rank}.{piece}"


def _pieces(length: int, most: int) -> Iterator[tuple[int, int, int]]:
    """How a known word of this length was cut: rank, start and end of each piece."""
    cuts = (0, length // 2, length) if most == 1 else (0, length // 3, 2 * length // 3, length)
    first = 4 if most == 1 else 1
    for place, (start, end) in enumerate(pairwise(cuts)):
        yield first + place, start, end


def _readings(word: str, start: int, end: int, swaps: int) -> Iterator[str]:
    """A piece of the word, as it is; with its first letter, or its last, swapped back."""
    if start < 0 or end > len(word):
        return
    yield word[start:end]
    if not swaps:
        return
    before, after = word[start - 1 : start] if start else "", word[end : end + 1]
    if before:
        yield before + word[start + 1 : end]
    if after:
        yield word[start : end - 1] + after
    if before and after and swaps > 1 and end - start > 1:
        yield before + word[start + 1 : end - 1] + after
