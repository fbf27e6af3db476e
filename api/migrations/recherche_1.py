"""The search index, first version: its tables, and the triggers that keep it with what it finds.

It is derived: triggers write it in the transaction of the change, whoever makes it, and a backup
leaves it out. Every word is glued to its organisme and its kind (`00002asjardin`: organisme 42,
a structure): a search reads its own organisme's words and no other's, and costs the same
whatever the others hold. The texts are not kept twice: SQLite's FTS5 table is contentless, and
what is taken out of it is told again from the old row. This file never changes: another version
is another file, whose migration drops these objects and makes its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: What stands between two words, as both databases must agree.
SEPARATORS = (
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0\u00a1\u00a7\u00ab\u00b0\u00b7\u00bb\u00bf"
    "\u02bc\u2009\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u202f\u20ac\u2116"
)
#: Letters that no decomposition turns into plain ones.
LETTERS = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"} | {
    "ß": "ss"
}


@dataclass(frozen=True, slots=True)
class Source:
    """One table whose rows are found: its columns, and the text made of one row (`{row}`)."""

    table: str
    letter: str
    code: int
    columns: tuple[str, ...]
    text: str

    def of(self, row: str) -> str:
        """The text of a row: NEW, OLD, or the table itself."""
        return self.text.replace("{row}", row)


_PHONE = (
    "' ' || coalesce({row}.telephone, '') || ' ' ||"
    " replace(coalesce({row}.telephone, ''), '+33', '0')"
)
#: The letters stand outside the digits of an organisme; the codes tell the kind of a row's id.
SOURCES = (
    Source(
        "structure",
        "s",
        0,
        ("nom", "siret", "rna", "commune", "email", "telephone"),
        "coalesce({row}.nom, '') || ' ' || coalesce({row}.siret, '') || ' ' ||"
        " coalesce({row}.rna, '') || ' ' || coalesce({row}.commune, '') || ' ' ||"
        " coalesce({row}.email, '') || " + _PHONE,
    ),
    Source(
        "personne",
        "p",
        1,
        ("nom", "email", "telephone"),
        "coalesce({row}.nom, '') || ' ' || coalesce({row}.email, '') || " + _PHONE,
    ),
    Source(
        "dossier",
        "t",
        2,
        ("reference", "titre", "objet"),
        "coalesce({row}.reference, '') || ' ' || replace(coalesce({row}.reference, ''), '-', '')"
        " || ' ' || coalesce({row}.titre, '') || ' ' || coalesce({row}.objet, '')",
    ),
    Source("note", "n", 3, ("texte",), "coalesce({row}.texte, '')"),
    Source(
        "fichier",
        "z",
        4,
        ("nom", "retire_le"),
        "CASE WHEN {row}.retire_le IS NULL THEN {row}.nom ELSE '' END",
    ),
)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- SQLite -----------------------------------------------------------------------------------


#: SQLite's parser before 3.46 gives up beyond about thirty calls, each inside the other.
_CALLS_AT_ONCE = 20


def _replaced() -> Iterator[tuple[str, str]]:
    """One space for each separator, and plain letters for joined ones."""
    yield from ((character, " ") for character in SEPARATORS)
    yield from LETTERS.items()


def _indexed(source: Source, row: str, among: str = "") -> str:
    """SQL that reads the id and the glued words of rows, cleaned a few characters at a time."""
    key = f"{row}.id * 8 + {source.code}"
    prefix = f"' ' || printf('%06x', {row}.organisme_id) || '{source.letter}'"
    steps = [f"etape_0 (cle, prefixe, texte) AS (SELECT {key}, {prefix}, {source.of(row)}{among})"]
    for number, some in enumerate(_batched(list(_replaced())), start=1):
        cleaned = "texte"
        for character, plain in some:
            cleaned = f"replace({cleaned}, {_quoted(character)}, {_quoted(plain)})"
        steps.append(
            f"etape_{number} (cle, prefixe, texte) AS"
            f" (SELECT cle, prefixe, {cleaned} FROM etape_{number - 1})"
        )
    glued = f"replace(' ' || texte, ' ', prefixe) AS texte FROM etape_{len(steps) - 1}"
    return f"WITH {', '.join(steps)} SELECT cle, {glued}"


def _batched(pairs: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    for start in range(0, len(pairs), _CALLS_AT_ONCE):
        yield pairs[start : start + _CALLS_AT_ONCE]


def _added(source: Source, row: str, among: str = "") -> str:
    return f"INSERT INTO recherche (rowid, texte) {_indexed(source, row, among)}"


def _taken_out(source: Source) -> str:
    return (
        "INSERT INTO recherche (recherche, rowid, texte)"
        f" SELECT 'delete', cle, texte FROM ({_indexed(source, 'OLD')})"
    )


def _sqlite() -> Iterator[str]:
    yield (
        "CREATE VIRTUAL TABLE recherche USING fts5(texte, content='', columnsize=0, detail=none,"
        " prefix='9 10', tokenize=\"unicode61 remove_diacritics 2\")"
    )
    yield "CREATE VIRTUAL TABLE recherche_mot USING fts5vocab(recherche, 'row')"
    for source in SOURCES:
        table, columns = source.table, ", ".join(source.columns)
        added = _added(source, "NEW")
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in source.columns)
        for name, when, body in (
            ("ajout", f"AFTER INSERT ON {table}", f"{added};"),
            (
                "changement",
                f"AFTER UPDATE OF {columns} ON {table} WHEN {changed}",
                f"{_taken_out(source)}; {added};",
            ),
            ("retrait", f"AFTER DELETE ON {table}", f"{_taken_out(source)};"),
        ):
            yield f"CREATE TRIGGER recherche_{table}_{name} {when} BEGIN {body} END"


# --- PostgreSQL -------------------------------------------------------------------------------


def _words_function() -> str:
    text = "texte"
    for letter, plain in LETTERS.items():
        text = f"replace({text}, {_quoted(letter)}, '{plain}')"
    spaces = " " * len(SEPARATORS)
    folded = f"lower(regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]+', '', 'g'))"
    return (
        "CREATE FUNCTION recherche_mots(texte text) RETURNS text[] LANGUAGE sql IMMUTABLE"
        " PARALLEL SAFE AS $$ SELECT coalesce(array_agg(DISTINCT left(mot, 200)), '{}')"
        f" FROM unnest(string_to_array(translate({folded}, {_quoted(SEPARATORS)}, '{spaces}'),"
        " ' ')) AS mot WHERE mot <> '' $$"
    )


_GLUED_FUNCTION = """CREATE FUNCTION recherche_vecteur(organisme bigint, lettre text, mots text[])
    RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT CASE WHEN organisme > 16777215 THEN to_hex(organisme)
            ELSE lpad(to_hex(organisme), 6, '0') END || lettre || mot
        FROM unnest(mots) AS mot)) $$"""
# No unique index: two writers of one new word would wait for each other. The same word may
# stand twice; whoever reads it asks for distinct ones.
_KNOWN_FUNCTION = """CREATE FUNCTION recherche_retient(organisme bigint, mots text[])
    RETURNS void LANGUAGE sql AS $$
    INSERT INTO recherche_mot (organisme_id, mot)
    SELECT organisme, nouveau.mot FROM unnest(mots) AS nouveau(mot)
    WHERE length(nouveau.mot) BETWEEN 3 AND 40 AND nouveau.mot !~ '[0-9]' AND NOT EXISTS (
        SELECT 1 FROM recherche_mot AS connu
        WHERE connu.organisme_id = organisme AND connu.mot = nouveau.mot) $$"""


def _trigger_function(source: Source) -> str:
    keeps = (
        "PERFORM recherche_retient(NEW.organisme_id, trouves);" if source.letter in "spt" else ""
    )
    return f"""CREATE FUNCTION recherche_{source.table}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE trouves text[];
    BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM recherche WHERE id = OLD.id * 8 + {source.code};
            RETURN NULL;
        END IF;
        trouves := recherche_mots({source.of("NEW")});
        INSERT INTO recherche (id, vecteur) VALUES (NEW.id * 8 + {source.code},
            recherche_vecteur(NEW.organisme_id, '{source.letter}', trouves))
        ON CONFLICT (id) DO UPDATE SET vecteur = EXCLUDED.vecteur;
        {keeps}
        RETURN NULL;
    END $$"""


def _postgresql() -> Iterator[str]:
    yield "CREATE TABLE recherche (id bigint PRIMARY KEY, vecteur tsvector NOT NULL)"
    # A pending list would make the searches after a write slower than those before it.
    yield (
        "CREATE INDEX ix_recherche_vecteur ON recherche USING gin (vecteur) WITH (fastupdate = off)"
    )
    yield "CREATE TABLE recherche_mot (organisme_id bigint NOT NULL, mot text NOT NULL)"
    yield "CREATE INDEX ix_recherche_mot ON recherche_mot (organisme_id, mot)"
    yield from (_words_function(), _GLUED_FUNCTION, _KNOWN_FUNCTION)
    for source in SOURCES:
        table, columns = source.table, ", ".join(source.columns)
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in source.columns)
        yield _trigger_function(source)
        for name, when, condition in (
            ("ajout", "INSERT OR DELETE", ""),
            ("changement", f"UPDATE OF {columns}", f" WHEN ({changed})"),
        ):
            yield (
                f"CREATE TRIGGER recherche_{table}_{name} AFTER {when} ON {table} FOR EACH ROW"
                f"{condition} EXECUTE FUNCTION recherche_{table}()"
            )


# --- What a migration runs --------------------------------------------------------------------


def statements(dialect: str) -> list[str]:
    """What makes the index, empty, and keeps it from then on."""
    return list(_sqlite() if dialect == "sqlite" else _postgresql())


def filling(dialect: str) -> list[str]:
    """What puts into an empty index the rows that are there already."""
    return [_filled(source, dialect) for source in SOURCES] + (
        [] if dialect == "sqlite" else _words_kept()
    )


def _filled(source: Source, dialect: str) -> str:
    table = source.table
    if dialect == "sqlite":
        return _added(source, table, f" FROM {table}")
    words = f"recherche_mots({source.of(table)})"
    return (
        f"INSERT INTO recherche (id, vecteur) SELECT {table}.id * 8 + {source.code},"
        f" recherche_vecteur({table}.organisme_id, '{source.letter}', {words}) FROM {table}"
    )


def _words_kept() -> list[str]:
    return [
        "INSERT INTO recherche_mot (organisme_id, mot)"
        f" SELECT DISTINCT {source.table}.organisme_id, mot"
        f" FROM {source.table}, unnest(recherche_mots({source.of(source.table)})) AS mot"
        " WHERE length(mot) BETWEEN 3 AND 40 AND mot !~ '[0-9]'"
        for source in SOURCES
        if source.letter in "spt"
    ]
