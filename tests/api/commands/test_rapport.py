"""`rapport`: the figures of a period in plain French, or why there are none."""

from __future__ import annotations

from tests.builders.commands import Run
from workflow.database import Database


def test_a_period_is_told_and_what_is_badly_asked_is_refused(run: Run, database: Database) -> None:
    code, said = run("rapport", "2026", "--chapitre", "microprojets", "--chapitre", "dla")
    assert code == 0
    assert "rapport d’activité : 2026\n(entre parenthèses : 2025)\n" in said
    assert "\nDispositif local d’accompagnement\n" in said
    assert "  Contacts : 1 (0)\n" in said
    assert "Vie associative" not in said
    for arguments, refusal in (
        (("2026-T9",), "- periode : Écrivez une période comme 2009"),
        (("--du", "2026-05-02", "--au", "2026-05-01"), "- au : La période finirait avant"),
        (("2026", "--chapitre", "jardin"), "- chapitres : Aucun chapitre ne s’appelle « jardin »"),
        (("2026", "--organisme", "Inconnu"), "Précisez l'organisme avec --organisme : «"),
    ):
        code, said = run("rapport", *arguments)
        assert code == 1
        assert refusal in said
