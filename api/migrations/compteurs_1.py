"""How many dossiers stand where, and for how much, first version: tables and their triggers.

Counting an organisme's dossiers costs in proportion to them; adding up these costs in proportion
to the places where they stand. Triggers keep them in the transaction of the change, whoever
makes it; a backup leaves them out. On SQLite, where one writes at a time, the count itself is
changed. On PostgreSQL two moves that touch one count would wait for each other, or lock each
other out for good: each adds its differences to a table of their own, that readers add up with
the counts and that the clock folds into them. Nobody is 0 and no département is empty, so that
they can be part of a key. This file never changes.
"""

from __future__ import annotations

from collections.abc import Iterator

_KEY = ("organisme_id", "pipeline", "stage", "referent_id", "departement")
_SUMS = ("nombre", "demande", "accorde")
_COLUMNS = ", ".join((*_KEY, *_SUMS))
_WATCHED = (*_KEY, "montant_demande", "montant_accorde")
_TYPES = (
    "organisme_id bigint NOT NULL, pipeline varchar(40) NOT NULL, stage varchar(40) NOT NULL,"
    " referent_id bigint NOT NULL, departement varchar(3) NOT NULL, nombre bigint NOT NULL,"
    " demande bigint NOT NULL, accorde bigint NOT NULL"
)
_IN_KEY = f"PRIMARY KEY ({', '.join(_KEY)})"


def _place(row: str) -> str:
    return (
        f"{row}.organisme_id, {row}.pipeline, {row}.stage,"
        f" coalesce({row}.referent_id, 0), coalesce({row}.departement, '')"
    )


def _amounts(row: str, sign: str) -> str:
    return (
        f"{sign}1, {sign}coalesce({row}.montant_demande, 0),"
        f" {sign}coalesce({row}.montant_accorde, 0)"
    )


def _added(table: str) -> str:
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _SUMS)
    return f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {sums}"


def _sqlite() -> Iterator[str]:
    yield f"CREATE TABLE compteur_dossier ({_TYPES}, {_IN_KEY}) WITHOUT ROWID"
    yield f"CREATE VIEW compteur_present AS SELECT {_COLUMNS} FROM compteur_dossier"
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _WATCHED)
    plus, minus = (
        f"INSERT INTO compteur_dossier ({_COLUMNS})"
        f" VALUES ({_place(row)}, {_amounts(row, sign)}) {_added('compteur_dossier')};"
        for row, sign in (("NEW", ""), ("OLD", "-"))
    )
    for name, when, body in (
        ("ajout", "AFTER INSERT ON dossier", plus),
        (
            "changement",
            f"AFTER UPDATE OF {', '.join(_WATCHED)} ON dossier WHEN {changed}",
            f"{minus} {plus}",
        ),
        ("retrait", "AFTER DELETE ON dossier", minus),
    ):
        yield f"CREATE TRIGGER compteur_{name} {when} BEGIN {body} END"


def _postgresql() -> Iterator[str]:
    yield f"CREATE TABLE compteur_dossier ({_TYPES}, {_IN_KEY})"
    yield f"CREATE TABLE compteur_ecart ({_TYPES})"
    yield "CREATE INDEX ix_compteur_ecart ON compteur_ecart (organisme_id)"
    yield (
        f"CREATE VIEW compteur_present AS SELECT {_COLUMNS} FROM compteur_dossier"
        f" UNION ALL SELECT {_COLUMNS} FROM compteur_ecart"
    )
    yield (
        "CREATE FUNCTION compteur_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO compteur_ecart ({_COLUMNS})"
        f" VALUES ({_place('OLD')}, {_amounts('OLD', '-')}),"
        f" ({_place('NEW')}, {_amounts('NEW', '')}); RETURN NULL; END $$"
    )
    # A statement that writes many dossiers adds one line for each place, not for each dossier.
    for name, rows, sign in (("ajoute", "arrives", ""), ("retire", "partis", "-")):
        yield (
            f"CREATE FUNCTION compteur_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" INSERT INTO compteur_ecart ({_COLUMNS}) SELECT organisme_id, pipeline, stage,"
            f" coalesce(referent_id, 0), coalesce(departement, ''), {sign}count(*),"
            f" {sign}coalesce(sum(montant_demande), 0), {sign}coalesce(sum(montant_accorde), 0)"
            f" FROM {rows} GROUP BY 1, 2, 3, 4, 5; RETURN NULL; END $$"
        )
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _WATCHED)
    yield (
        f"CREATE TRIGGER compteur_changement AFTER UPDATE OF {', '.join(_WATCHED)} ON dossier"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION compteur_change()"
    )
    yield (
        "CREATE TRIGGER compteur_ajout AFTER INSERT ON dossier REFERENCING NEW TABLE AS arrives"
        " FOR EACH STATEMENT EXECUTE FUNCTION compteur_ajoute()"
    )
    yield (
        "CREATE TRIGGER compteur_retrait AFTER DELETE ON dossier REFERENCING OLD TABLE AS partis"
        " FOR EACH STATEMENT EXECUTE FUNCTION compteur_retire()"
    )


def statements(dialect: str) -> list[str]:
    """What makes the counts, empty, and keeps them from then on."""
    return list(_sqlite() if dialect == "sqlite" else _postgresql())


def filling(_dialect: str) -> list[str]:
    """What counts the dossiers that are there already."""
    return [
        f"INSERT INTO compteur_dossier ({_COLUMNS}) SELECT organisme_id, pipeline, stage,"
        " coalesce(referent_id, 0), coalesce(departement, ''), count(*),"
        " coalesce(sum(montant_demande), 0), coalesce(sum(montant_accorde), 0)"
        " FROM dossier GROUP BY 1, 2, 3, 4, 5"
    ]
