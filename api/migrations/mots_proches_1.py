"""The index of near words, first version: what a misspelt word is corrected with.

Every word of an organisme is cut in three. Somebody who slips twice leaves one of the three
pieces whole, a little further or nearer: the pieces of what was typed bring the few words that
it may be, however many the organisme uses. Words of six letters at most are also cut in two, for
the shortest ones typed, in which one slip is believed (see `grants/recherche/near.py`).

It is derived as the search is: triggers write it, whoever makes the change, and a backup leaves
it out. A word that nothing holds any more may stay in it: whoever reads it asks the search again.
On SQLite an index of one text at a time (`recherche_decoupe`) cuts and folds words as the search
itself does. This file never changes: another version is another file, whose migration drops these
objects and makes its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.migrations.recherche_1 import LETTERS, SOURCES, Source

#: Names are spelt wrong; not what a note says at length, nor what files are called.
_NAMING = "spt"
_HALVED = 6
_KNOWN = "length({mot}) BETWEEN 3 AND 40"
# What SQLite's own index takes for a letter, and the search for what stands between two.
_BETWEEN = "\u02bc"

_PIECE = """length(mot) || '.' || rang || '.' || CASE rang
        WHEN 1 THEN substr(mot, 1, length(mot) / 3)
        WHEN 2 THEN substr(mot, length(mot) / 3 + 1, 2 * length(mot) / 3 - length(mot) / 3)
        WHEN 3 THEN substr(mot, 2 * length(mot) / 3 + 1)
        WHEN 4 THEN substr(mot, 1, length(mot) / 2)
        ELSE substr(mot, length(mot) / 2 + 1) END"""
_RANKS = " UNION ALL ".join(f"SELECT {rank} AS rang" for rank in range(1, 6))


def _pieces_of(words: str) -> str:
    """SQL that cuts words: `words` is what reads them, with their organisme."""
    return (
        f"SELECT organisme_id, {_PIECE}, mot FROM ({words}) AS nouveau"
        f" CROSS JOIN ({_RANKS}) AS rangs WHERE rang <= 3 OR length(mot) <= {_HALVED}"
    )


# --- SQLite -----------------------------------------------------------------------------------


def _naming() -> Iterator[Source]:
    return (source for source in SOURCES if source.letter in _NAMING)


def _cut(source: Source) -> str:
    """What the triggers of a table run: cut the new text, keep the words not known yet."""
    text = source.of("NEW")
    for letter, plain in (*LETTERS.items(), (_BETWEEN, " ")):
        text = f"replace({text}, '{letter}', '{plain}')"
    words = (
        "SELECT NEW.organisme_id AS organisme_id, term AS mot FROM recherche_decoupe_mot"
        f" WHERE {_KNOWN.format(mot='term')} AND term NOT GLOB '*[0-9]*' AND NOT EXISTS ("
        "SELECT 1 FROM recherche_proche AS connu WHERE connu.organisme_id = NEW.organisme_id"
        " AND connu.cle = length(term) || '.1.' || substr(term, 1, length(term) / 3)"
        " AND connu.mot = term)"
    )
    return (
        f"INSERT INTO recherche_decoupe (rowid, texte) VALUES (1, {text});"
        f" INSERT OR IGNORE INTO recherche_proche (organisme_id, cle, mot) {_pieces_of(words)};"
        " INSERT INTO recherche_decoupe (recherche_decoupe) VALUES ('delete-all');"
    )


def _sqlite() -> Iterator[str]:
    yield (
        "CREATE TABLE recherche_proche (organisme_id INTEGER NOT NULL, cle TEXT NOT NULL,"
        " mot TEXT NOT NULL, PRIMARY KEY (organisme_id, cle, mot)) WITHOUT ROWID"
    )
    yield (
        "CREATE VIRTUAL TABLE recherche_decoupe USING fts5(texte, content='', columnsize=0,"
        ' detail=none, tokenize="unicode61 remove_diacritics 2")'
    )
    yield "CREATE VIRTUAL TABLE recherche_decoupe_mot USING fts5vocab(recherche_decoupe, 'row')"
    for source in _naming():
        table, columns = source.table, ", ".join(source.columns)
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in source.columns)
        for name, when in (
            ("ajout", f"AFTER INSERT ON {table}"),
            ("changement", f"AFTER UPDATE OF {columns} ON {table} WHEN {changed}"),
        ):
            yield f"CREATE TRIGGER recherche_proche_{table}_{name} {when} BEGIN {_cut(source)} END"


def _known_on_sqlite() -> str:
    """The words that the search holds, numbers skipped."""
    kinds = " UNION ALL ".join(
        f"SELECT '{letter}' AS lettre, '{chr(ord(letter) + 1)}' AS suivante" for letter in _NAMING
    )
    organisme = "printf('%06x', organisme.id)"
    word = f"substr(term, length({organisme}) + 2)"
    return (
        f"SELECT DISTINCT organisme.id AS organisme_id, {word} AS mot"
        f" FROM organisme CROSS JOIN ({kinds}) AS genre CROSS JOIN recherche_mot"
        f" WHERE term > {organisme} || lettre || ':' AND term < {organisme} || suivante"
        f" AND {word} NOT GLOB '*[0-9]*'"
    )


# --- PostgreSQL -------------------------------------------------------------------------------

_KEPT_FUNCTION = f"""CREATE OR REPLACE FUNCTION recherche_retient(organisme bigint, mots text[])
    RETURNS void LANGUAGE sql AS $$
    WITH inconnu AS (
        INSERT INTO recherche_mot (organisme_id, mot)
        SELECT organisme, candidat.mot FROM unnest(mots) AS candidat(mot)
        WHERE length(candidat.mot) BETWEEN 3 AND 40 AND candidat.mot !~ '[0-9]' AND NOT EXISTS (
            SELECT 1 FROM recherche_mot AS connu
            WHERE connu.organisme_id = organisme AND connu.mot = candidat.mot)
        RETURNING organisme_id, mot)
    INSERT INTO recherche_proche (organisme_id, cle, mot)
    {_pieces_of("SELECT organisme_id, mot FROM inconnu")} $$"""


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE TABLE recherche_proche"
        " (organisme_id bigint NOT NULL, cle text NOT NULL, mot text NOT NULL)"
    )
    yield "CREATE INDEX ix_recherche_proche ON recherche_proche (organisme_id, cle, mot)"
    # Words that begin alike stand together only in the order of their bytes.
    yield 'CREATE INDEX ix_recherche_mot_debut ON recherche_mot (organisme_id, mot COLLATE "C")'
    yield _KEPT_FUNCTION


# --- What a migration runs --------------------------------------------------------------------


def statements(dialect: str) -> list[str]:
    """What makes the index, empty, and keeps it from then on."""
    return list(_sqlite() if dialect == "sqlite" else _postgresql())


def filling(dialect: str) -> list[str]:
    """What puts into an empty index the words that the search holds already."""
    known = (
        f"SELECT organisme_id, mot FROM ({_known_on_sqlite()}) WHERE {_KNOWN.format(mot='mot')}"
        if dialect == "sqlite"
        else "SELECT DISTINCT organisme_id, mot FROM recherche_mot"
    )
    return [f"INSERT INTO recherche_proche (organisme_id, cle, mot) {_pieces_of(known)}"]
