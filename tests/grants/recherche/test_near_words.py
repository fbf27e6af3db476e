"""The index of near words brings what reading every word of the organisme would."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import Session

from grants.recherche.correction import MOST_SPELLINGS, SHORTEST, corrected, slips
from grants.structures.tables import Structure
from tests.builders.offices import Office
from workflow.columns import GENESIS
from workflow.database import Database, table_of
from workflow.texts import fold

_LONG = 6
_SYLLABLES = ("ba", "ab", "la", "eu", "é", "œ", "ri", "ir", "n", "t", "Or", "ÇA")


def _words(chance: random.Random, number: int) -> list[str]:
    """Words so alike that each has others near it."""
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 6))) for _ in range(number)]


def _write(session: Session, office: Office, names: Iterable[str]) -> None:
    rows = [
        {"organisme_id": office.id, "nom": nom, "nom_cle": fold(nom), "seq": 0, "head": GENESIS}
        for nom in names
    ]
    session.connection().execute(insert(table_of(Structure)), rows)


def _slipped(word: str, chance: random.Random) -> str:
    letters = list(word)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(letters))
        slip = chance.choice(("left out", "added", "replaced", "swapped"))
        if slip == "left out" and len(letters) > 1:
            del letters[place]
        elif slip == "added":
            letters.insert(place, chance.choice("abelnorst"))
        elif slip == "replaced":
            letters[place] = chance.choice("abelnorst")
        else:
            letters[place : place + 2] = reversed(letters[place : place + 2])
    return "".join(letters)


def _by_reading_them_all(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """What a word becomes when every known one is looked at."""
    most = 2 if len(typed) >= _LONG else 1
    near = sorted((slips(typed, other, most), other) for other in known if len(other) > 2)
    if len(typed) < SHORTEST or any(other.startswith(typed) for other in known):
        return (typed,)
    nearest = [other for distance, other in near if distance == near[0][0] <= most]
    return tuple(nearest[:MOST_SPELLINGS]) or (typed,)


def _corrections(database: Database, office: Office, words: Iterable[str]) -> dict[str, object]:
    with database.reading() as session:
        connection = session.connection()
        return {word: corrected(connection, office.id, (word,))[0][0] for word in words}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_word_is_corrected_as_if_every_known_one_was_looked_at(
    database: Database, office: Office, other_office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    names = _words(chance, 300)
    with database.unit_of_work() as session:
        _write(session, office, names)
        _write(session, other_office, _words(chance, 50))
    known = {fold(nom) for nom in names}
    typed = {_slipped(word, chance) for word in sorted(known)[:200]} | set(
        map(fold, _words(chance, 50))
    )

    found = _corrections(database, office, typed)

    assert found == {word: _by_reading_them_all(word, known) for word in typed}
    changed = [word for word, spellings in found.items() if spellings != (word,)]
    assert 50 < len(changed) < len(typed)


def test_several_words_are_corrected_together(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        _write(session, office, ["Jardin solidaire", "Jarret", "Potager"])
    with database.reading() as session:
        groups, spellings = corrected(
            session.connection(), office.id, ("jadrin", "sol", "2024", "pottaegr", "soli", "rien")
        )
    assert groups == (("jardin",), ("sol",), ("2024",), ("potager",), ("soli",), ("rien",))
    assert spellings == ("jardin", "potager")


def test_words_follow_the_names_that_change(database: Database, office: Office) -> None:
    structures = table_of(Structure)
    with database.unit_of_work() as session:
        _write(session, office, ["Jardin"])
        session.connection().execute(update(structures).values(nom="L’Œuvre d’Évian"))
    found = _corrections(database, office, ("ouevre", "evain"))
    assert found == {"ouevre": ("oeuvre",), "evain": ("evian",)}


def test_a_word_that_no_name_holds_any_more_is_proposed_no_more(
    database: Database, office: Office
) -> None:
    """PostgreSQL keeps the words that were known once: it proposes them still."""
    structures = table_of(Structure)
    with database.unit_of_work() as session:
        _write(session, office, ["Jardin", "Jarden vert"])
        connection = session.connection()
        connection.execute(update(structures).where(structures.c.nom == "Jardin").values(nom="Pré"))
    forgotten = () if database.is_sqlite else ("jardin",)
    found = _corrections(database, office, ("jardyn",))
    assert found == {"jardyn": ("jarden", *forgotten)}
    with database.unit_of_work() as session:
        session.connection().execute(delete(structures))
    found = _corrections(database, office, ("jardyn",))
    assert found == {"jardyn": ("jarden", *forgotten) if forgotten else ("jardyn",)}


def test_words_with_digits_are_no_spelling(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        _write(session, office, ["Jardin2 et Jardi9n"])
    assert _corrections(database, office, ("jadrin", "jardan")) == {
        "jadrin": ("jadrin",),
        "jardan": ("jardan",),
    }
