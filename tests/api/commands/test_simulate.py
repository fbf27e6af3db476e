"""`simulate`: said in a table or for a program, refused in one line."""

from __future__ import annotations

import json

import pytest

from tests.builders.commands import Run
from workflow.database import Database


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--until", "bientôt"], "« bientôt » n'est pas une date. Écrivez une date"),
        (["--until", "31/12/2009"], "Le 31 décembre 2009 est passé"),
        (["--until", "31/12/2099", "--organisme", "Ailleurs"], "Il y a : Aide 34."),
        ([], "il manque"),
    ],
)
def test_what_cannot_be_played_is_told_in_one_line(
    database: Database, run: Run, arguments: list[str], told: str
) -> None:
    code, said = run("simulate", *arguments)
    assert code != 0
    assert told in said


def test_it_is_told_to_people_and_to_programs(database: Database, run: Run) -> None:
    code, said = run("simulate", "--until", "31/12/2099", "--organisme", "aide 34")
    assert code == 0
    assert "tâche" in said
    code, said = run("simulate", "--until", "31/12/2099", "--json")
    assert code == 0
    assert all(each["organisme"] == "Aide 34" for each in json.loads(said))
