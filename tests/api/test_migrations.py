from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, String, text

from api import migrate
from api.migrate import (
    MIGRATIONS,
    BrokenReferences,
    ForeignDatabase,
    NewerDatabase,
    OlderDatabase,
    State,
    apply,
    head,
    migrating,
    require_current,
    revisions,
    state,
    upgrade,
    write_migration,
)
from api.schema import DECLARED
from api.schema_comparison import catalogue, compare, differences
from tests.builders.databases import Databases
from tests.builders.filled_rows import count_rows, fill
from workflow.errors import DatabaseGone


def execute(url: str, *statements: str) -> None:
    with migrating(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


# --- The history ------------------------------------------------------------------------------


def test_the_migrations_form_one_line_numbered_in_its_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)

    assert script.get_heads() == [head()]
    assert [each.revision for each in script.walk_revisions()] == list(reversed(revisions()))


def test_every_file_that_declares_a_table_is_known_to_the_migrations() -> None:
    root = MIGRATIONS.parent.parent
    declaring = {
        path
        for floor in ("workflow", "notifications", "grants", "api")
        for path in (root / floor).rglob("*.py")
        if ", table=True)" in path.read_text("utf-8")
    }

    assert {Path(str(module.__file__)) for module in DECLARED} == declaring


def test_the_migrations_make_what_the_models_say(databases: Databases, database_kind: str) -> None:
    with (
        databases.fresh(database_kind, None) as migrated,
        databases.fresh(database_kind, None) as modelled,
    ):
        assert compare(migrated, modelled) == []


DEPARTURES = {
    "index": ["DROP INDEX ix_dossier_etape"],
    "partial index": [
        "DROP INDEX ix_echeance_due",
        "CREATE INDEX ix_echeance_due ON echeance (due_at)",
    ],
    "column": ["ALTER TABLE note ADD COLUMN couleur VARCHAR(10)"],
    "table": ["CREATE TABLE oubliee (id INTEGER PRIMARY KEY)"],
}
ONLY_ON = {
    "sqlite": {"trigger": ["DROP TRIGGER journal_no_update"]},
    "postgresql": {
        "trigger": ["DROP TRIGGER journal_append_only ON journal"],
        "check": ["ALTER TABLE dossier DROP CONSTRAINT ck_dossier_plafond"],
        "function": [
            "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        ],
    },
}


def test_the_comparison_sees_each_kind_of_departure(
    databases: Databases, database_kind: str
) -> None:
    departures = DEPARTURES | ONLY_ON[database_kind]
    unseen = []
    for name, statements in departures.items():
        with databases.fresh(database_kind, upgrade) as url:
            with migrating(url) as connection:
                before = catalogue(connection)
            execute(url, *statements)
            with migrating(url) as connection:
                if not differences(catalogue(connection), before):
                    unseen.append(name)
    assert unseen == []


def test_the_comparison_sees_a_missing_check_on_sqlite(databases: Databases) -> None:
    with databases.fresh("sqlite", upgrade) as url, migrating(url) as connection:
        before = catalogue(connection)
        kept = [line for line in before if "ck_dossier_montant_accorde" not in line]

        found = differences(frozenset(kept), before)

    assert len(found) == 1
    assert "montant_accorde <= montant_demande" in found[0]


# --- One step ---------------------------------------------------------------------------------


@pytest.mark.parametrize("step", revisions()[1:])
def test_a_filled_database_keeps_every_row_through_a_step(
    databases: Databases, database_kind: str, step: str
) -> None:
    before = revisions()[revisions().index(step) - 1]
    with databases.fresh(database_kind, None) as url:
        upgrade(url, before)
        with migrating(url) as connection:
            fill(connection)
            filled = count_rows(connection)

        upgrade(url, step)

        with migrating(url) as connection:
            kept = count_rows(connection)
    assert all(filled.values())
    assert {table: kept.get(table) for table in filled} == filled


def test_upgrading_a_filled_database_that_is_up_to_date_changes_nothing(
    databases: Databases, database_kind: str
) -> None:
    with databases.fresh(database_kind, upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
            filled = count_rows(connection), catalogue(connection)

        upgrade(url)

        with migrating(url) as connection:
            assert (count_rows(connection), catalogue(connection)) == filled


def test_a_migration_that_fails_leaves_nothing_behind(empty_database_url: str) -> None:
    def fail(connection: Connection) -> None:
        apply(connection)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError), migrating(empty_database_url) as connection:
        fail(connection)

    assert state(empty_database_url) is State.EMPTY


def test_remaking_a_table_on_sqlite_keeps_what_refers_to_it(databases: Databases) -> None:
    with databases.fresh("sqlite", upgrade) as url:
        with migrating(url) as connection:
            fill(connection)
            filled = count_rows(connection)

        with migrating(url) as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("dossier", recreate="always") as dossier:
                dossier.alter_column("lieu", type_=String(400))

        with migrating(url) as connection:
            assert count_rows(connection) == filled


def test_a_migration_that_breaks_a_reference_is_undone(databases: Databases) -> None:
    with databases.fresh("sqlite", upgrade) as url:
        with migrating(url) as connection:
            fill(connection)

        with pytest.raises(BrokenReferences, match="contact"):
            execute(url, "DELETE FROM structure")

        with migrating(url) as connection:
            assert count_rows(connection)["structure"] == 2


def test_several_programs_that_start_together_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_database_url] * 4))

    assert state(empty_database_url) is State.CURRENT


# --- Where a database stands ------------------------------------------------------------------


def test_a_database_says_where_it_stands(empty_database_url: str) -> None:
    stands = [state(empty_database_url)]
    for revision in revisions():
        upgrade(empty_database_url, revision)
        stands.append(state(empty_database_url))

    older = [State.OLDER] * (len(revisions()) - 1)
    assert stands == [State.EMPTY, *older, State.CURRENT]


def test_a_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")

    assert state(database_url) is State.NEWER
    with pytest.raises(NewerDatabase, match=r"La base \(9999\) est plus récente"):
        upgrade(database_url)


def test_a_database_of_another_program_is_refused_and_left_alone(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE recettes (id INTEGER PRIMARY KEY)")

    assert state(empty_database_url) is State.FOREIGN
    with pytest.raises(ForeignDatabase):
        upgrade(empty_database_url)


def test_an_older_database_says_which_command_upgrades_it(empty_database_url: str) -> None:
    upgrade(empty_database_url, revisions()[0])

    with (
        pytest.raises(OlderDatabase, match=r"manage\.py migrations upgrade"),
        migrating(empty_database_url) as connection,
    ):
        require_current(connection)


def test_a_database_that_cannot_be_reached_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseGone):
        state(f"sqlite:///{tmp_path}/absent/base.sqlite")


# --- Writing the next one ---------------------------------------------------------------------


def test_the_next_migration_is_written_with_what_the_models_have_and_the_database_lacks(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, history)
    monkeypatch.setattr(migrate, "MIGRATIONS", history)
    with databases.fresh("sqlite", upgrade) as url, migrating(url) as connection:
        connection.execute(text("DROP INDEX ix_dossier_etape"))
        connection.execute(text("ALTER TABLE note DROP COLUMN le"))

        path = write_migration(connection, "Note avec sa date")

    written = path.read_text("utf-8")
    number = f"{len(revisions()):04d}"
    assert path.name == f"{number}_note_avec_sa_date.py"
    assert f"revision = '{number}'" in written
    assert "ix_dossier_etape" in written
    assert "sa.Column('le', sa.DateTime(timezone=True), nullable=False)" in written
