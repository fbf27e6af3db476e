"""`backup`, `restore`, `demo`, `migrations`: what goes in and out of the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.migrate import migrating, revisions, upgrade
from tests.builders.commands import Run
from tests.builders.filled_rows import count_rows, fill
from workflow.database import Database


def test_a_backup_goes_to_the_data_folder_and_comes_back_elsewhere(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run("backup")
    assert code == 0
    (path,) = (tmp_path / "donnees" / "sauvegardes").iterdir()
    assert str(path) in said
    with database.reading() as session:
        before = count_rows(session.connection())

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'ailleurs.sqlite'}")
    code, said = run("restore", path)

    assert code == 0, said
    assert "aucune anomalie" in said
    with migrating(f"sqlite:///{tmp_path / 'ailleurs.sqlite'}") as connection:
        assert count_rows(connection) == before


def test_a_restoration_over_data_is_refused_on_one_line(
    run: Run, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "sauvegarde.zip"
    run("backup", path)

    code, said = run("restore", path)

    assert code == 1
    assert said.startswith("Cette base contient déjà des données")
    assert said.count("\n") == 1


def test_a_backup_to_a_folder_that_is_not_there_names_it(
    run: Run, database: Database, tmp_path: Path
) -> None:
    code, said = run("backup", tmp_path / "absent" / "sauvegarde.zip")

    assert code == 1
    assert said.startswith(f"Le dossier {tmp_path / 'absent'} n'existe pas")


def test_a_demonstration_is_added_beside_what_is_there_and_never_twice(
    run: Run, database: Database
) -> None:
    code, said = run("demo", "--2009")
    assert code == 0, said
    assert "direction@claie.example" in said
    with database.reading() as session:
        loaded = count_rows(session.connection())

    code, said = run("demo", "--2009")

    assert code == 1
    assert said.startswith("La démonstration est déjà chargée")
    with database.reading() as session:
        assert count_rows(session.connection()) == loaded


# --- Migrations -------------------------------------------------------------------------------


def test_an_older_database_is_saved_before_it_is_upgraded(
    run: Run, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    upgrade(empty_database_url, revisions()[1])
    with migrating(empty_database_url) as connection:
        fill(connection)
        before = count_rows(connection)

    code, said = run("migrations", "upgrade")

    assert code == 0
    (saved,) = (tmp_path / "donnees" / "sauvegardes").iterdir()
    assert str(saved) in said
    with migrating(empty_database_url) as connection:
        after = count_rows(connection)
    made = {"comite": before["seance"]}  # each séance has its comité
    assert after == dict.fromkeys(after, 0) | made | before, "the tables that are new are empty"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'copie.sqlite'}")
    run("restore", saved)
    with migrating(f"sqlite:///{tmp_path / 'copie.sqlite'}") as connection:
        assert count_rows(connection) == after
    assert run("migrations", "upgrade")[1].startswith("La base était déjà à jour")


def test_the_migrations_agree_with_the_models(run: Run) -> None:
    assert run("migrations", "check") == (0, "Les migrations donnent les tables des modèles.\n")
