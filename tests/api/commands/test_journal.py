"""`journal`: what was rewritten is found."""

from __future__ import annotations

import re
from pathlib import Path

from tests.builders.commands import Run, execute
from workflow.database import Database


def test_a_sound_journal_is_told_with_what_was_read(run: Run, database: Database) -> None:
    code, said = run("journal", "verify")

    assert code == 0
    assert re.search(r"\d+ entrées de \d+ registres relues : aucune anomalie", said)


def test_an_altered_journal_is_told_entry_by_entry_and_fails(run: Run, database: Database) -> None:
    sqlite = database.is_sqlite
    execute(
        database,
        "DROP TRIGGER journal_no_update"
        if sqlite
        else "DROP TRIGGER journal_append_only ON journal",
        "UPDATE journal SET event = 'autre' WHERE subject_kind = 'dossier'",
    )

    code, said = run("journal", "verify")

    assert code == 1
    assert "dossier 1, entrée 1 : entrée altérée" in said


def test_an_anchor_kept_elsewhere_tells_a_journal_that_was_cut_and_sewn_up(
    run: Run, database: Database, tmp_path: Path
) -> None:
    anchors = tmp_path / "ancres.txt"
    assert run("journal", "ancrer", anchors)[0] == 0
    assert run("journal", "verify", "--ancre", anchors)[0] == 0
    triggers = ("journal_no_delete", "journal_payload_no_delete")
    on = ("", "") if database.is_sqlite else (" ON journal", " ON journal_payload")
    names = triggers if database.is_sqlite else ("journal_append_only", triggers[1])
    execute(
        database,
        *(f"DROP TRIGGER {name}{table}" for name, table in zip(names, on, strict=True)),
        "DELETE FROM journal WHERE subject_kind = 'dossier'",
        "DELETE FROM journal_payload WHERE subject_kind = 'dossier'",
        f"UPDATE dossier SET seq = 0, head = '{'0' * 64}'",
    )

    assert run("journal", "verify")[0] == 0
    code, said = run("journal", "verify", "--ancre", anchors)

    assert code == 1
    assert "l'entrée ancrée a disparu" in said


def test_anchors_never_replace_another_file(run: Run, database: Database, tmp_path: Path) -> None:
    kept = tmp_path / "ancres.txt"
    kept.write_text("celles d’hier")

    code, said = run("journal", "ancrer", kept)

    assert (code, said) == (1, f"Ce fichier existe déjà : {kept}\n")
    assert kept.read_text() == "celles d’hier"


def test_a_file_without_anchors_is_told_by_its_line(
    run: Run, database: Database, tmp_path: Path
) -> None:
    wrong = tmp_path / "courses.txt"
    wrong.write_text("[1, 2]\n")

    assert run("journal", "verify", "--ancre", wrong) == (
        1,
        f"La ligne 1 de {wrong} n'est pas une ancre du journal.\n",
    )
