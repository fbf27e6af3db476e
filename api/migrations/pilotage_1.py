"""What « Pilotage » counts, by month, first version: tables, and the triggers that mark dossiers.

Counting a period's moves costs in proportion to them; adding up these counts in proportion to its
months. A change only marks its dossier, in its own transaction, whoever makes it: the clock counts
marked dossiers anew, and until it has, whoever reads takes what was counted of them away and what
they now are instead (see `grants/rapport/tally.py`). On PostgreSQL a dossier may be marked several
times, so that two moves never wait for each other. A backup leaves it all out. The triggers bear
another name than the tables: what fills a database at once and counts by itself leaves these in
place. This file never changes.
"""

from __future__ import annotations

from collections.abc import Iterator

_ATTRIBUTES = (
    *("organisme_id", "referent_id", "departement", "secteur"),
    *("montant_demande", "montant_accorde"),
)
_KEY = ("organisme_id", "pipeline", "nature", "mois", "etape", "detail", "precedent")
_MARK = "INSERT INTO compteur_touche (organisme_id, dossier_id) VALUES"
_MOVES = "NEW.subject_kind = 'dossier' AND (NEW.to_stage IS NOT NULL OR NEW.corrects IS NOT NULL)"


def _tables(integer: str, suffix: str) -> Iterator[str]:
    yield (
        "CREATE TABLE compteur_pilotage (organisme_id bigint NOT NULL,"
        " pipeline varchar(40) NOT NULL, nature varchar(60) NOT NULL, mois varchar(7) NOT NULL,"
        " etape varchar(40) NOT NULL, detail text NOT NULL, precedent text NOT NULL,"
        " nombre bigint NOT NULL, demande bigint NOT NULL, accorde bigint NOT NULL,"
        f" accordes bigint NOT NULL, PRIMARY KEY ({', '.join(_KEY)})){suffix}"
    )
    yield (
        f"CREATE TABLE compteur_parcours (dossier_id {integer} PRIMARY KEY, contenu text NOT NULL)"
    )


def _sqlite() -> Iterator[str]:
    yield from _tables("integer", " WITHOUT ROWID")
    yield (
        "CREATE TABLE compteur_touche (organisme_id bigint NOT NULL, dossier_id bigint NOT NULL,"
        " PRIMARY KEY (organisme_id, dossier_id)) WITHOUT ROWID"
    )
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _ATTRIBUTES)
    for name, when, marked in (
        ("mouvement", f"AFTER INSERT ON journal WHEN {_MOVES}", "NEW.tenant_id, NEW.subject_id"),
        ("ajout", "AFTER INSERT ON dossier", "NEW.organisme_id, NEW.id"),
        (
            "changement",
            f"AFTER UPDATE OF {', '.join(_ATTRIBUTES)} ON dossier WHEN {changed}",
            "NEW.organisme_id, NEW.id",
        ),
        ("retrait", "AFTER DELETE ON dossier", "OLD.organisme_id, OLD.id"),
    ):
        yield (
            f"CREATE TRIGGER pilotage_{name} {when}"
            f" BEGIN {_MARK} ({marked}) ON CONFLICT DO NOTHING; END"
        )


def _postgresql() -> Iterator[str]:
    yield from _tables("bigint", "")
    yield "CREATE TABLE compteur_touche (organisme_id bigint NOT NULL, dossier_id bigint NOT NULL)"
    yield "CREATE INDEX ix_compteur_touche ON compteur_touche (organisme_id, dossier_id)"
    for name, marked in (
        ("journal", "NEW.tenant_id, NEW.subject_id"),
        ("dossier", "NEW.organisme_id, NEW.id"),
        ("retrait", "OLD.organisme_id, OLD.id"),
    ):
        yield (
            f"CREATE FUNCTION pilotage_marque_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {_MARK} ({marked}); RETURN NULL; END $$"
        )
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _ATTRIBUTES)
    for name, when, condition, function in (
        ("mouvement", "INSERT ON journal", f" WHEN ({_MOVES})", "journal"),
        ("ajout", "INSERT ON dossier", "", "dossier"),
        (
            "changement",
            f"UPDATE OF {', '.join(_ATTRIBUTES)} ON dossier",
            f" WHEN ({changed})",
            "dossier",
        ),
        ("retrait", "DELETE ON dossier", "", "retrait"),
    ):
        yield (
            f"CREATE TRIGGER pilotage_{name} AFTER {when} FOR EACH ROW{condition}"
            f" EXECUTE FUNCTION pilotage_marque_{function}()"
        )


def statements(dialect: str) -> list[str]:
    """What makes the counts, empty, and marks what changes from then on."""
    return list(_sqlite() if dialect == "sqlite" else _postgresql())


def filling(_dialect: str) -> list[str]:
    """What has the dossiers that are there already counted: the clock does it."""
    return [
        "INSERT INTO compteur_touche (organisme_id, dossier_id)"
        " SELECT organisme_id, id FROM dossier"
    ]
