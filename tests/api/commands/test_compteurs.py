"""`compteurs`: what pages add up is what counting gives, and is made anew when it is not."""

from __future__ import annotations

import pytest

from tests.builders.commands import Run, execute
from workflow.database import Database


def test_sound_counts_are_told(run: Run, database: Database) -> None:
    assert run("compteurs", "verify") == (0, "Tous les compteurs sont justes.\n")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "UPDATE compteur_dossier SET nombre = 7",
            "Tableau : organisme 1, microprojets, étape contact, référent aucun",
        ),
        (
            "INSERT INTO compteur_pilotage VALUES"
            " (1, 'microprojets', 'entree', '2026-03', 'cts', '', '', 2, 0, 0, 0)",
            "Pilotage : organisme 1, microprojets, entree, 2026-03, étape cts",
        ),
    ],
)
def test_wrong_counts_are_named_and_made_anew(
    run: Run, database: Database, wrong: str, told: str
) -> None:
    assert run("compteurs", "refaire") == (0, "Dossiers recomptés : 1.\n")
    execute(database, wrong)
    code, said = run("compteurs", "verify")
    assert code == 1
    assert told in said
    assert "« manage.py compteurs refaire »" in said
    assert run("compteurs", "refaire")[0] == 0
    assert run("compteurs", "verify")[0] == 0
