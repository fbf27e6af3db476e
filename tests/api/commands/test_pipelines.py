"""`pipelines`: files against dossiers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from api.composition import default_engine
from api.settings import ROOT
from api.startup import ready_pipelines
from tests.builders.commands import Run, execute
from tests.builders.offices import NOW
from workflow.database import Database


def test_the_shipped_pipelines_are_sound_and_listed(run: Run, database: Database) -> None:
    code, said = run("pipelines", "check")
    assert code == 0
    assert re.fullmatch(r"\d+ dispositifs, sans défaut\.\n", said)
    code, said = run("pipelines", "list")
    assert code == 0
    assert "microprojets.toml" in said


def test_a_pipeline_is_drawn_as_mermaid(run: Run) -> None:
    code, said = run("pipelines", "diagram", "microprojets")

    assert code == 0
    assert "stateDiagram" in said
    assert "accompagnement" in said


def test_an_unknown_pipeline_names_those_that_exist(run: Run) -> None:
    code, said = run("pipelines", "diagram", "microprojet")

    assert code == 1
    assert said.startswith("Il n'y a pas de dispositif « microprojet »")
    assert "microprojets" in said


def test_dossiers_of_a_version_without_a_file_stop_the_start(run: Run, database: Database) -> None:
    execute(database, "UPDATE dossier SET pipeline_version = 7")

    code, said = run("pipelines", "check")
    assert code == 1
    assert "microprojets version 7 (1 dossier)" in said
    code, said = run("demo", "--2009")
    assert code == 1
    assert said.startswith("Des dossiers suivent un dispositif qu'aucun fichier ne décrit plus")


def test_a_file_changed_under_a_followed_version_is_told_and_from_1_0_refused(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api import startup
    from workflow.pipeline_versions import ChangedPipelines

    catalogue = default_engine().catalogue
    ready_pipelines(database, catalogue, NOW)
    changed = f"UPDATE pipeline_version SET digest = '{'f' * 64}' WHERE key = 'microprojets'"
    execute(database, changed)

    code, said = run("pipelines", "check")
    assert code == 0
    assert "Modifiés sous une version suivie : microprojets version 1 (1 dossier)" in said
    assert [each.key for each in ready_pipelines(database, catalogue, NOW)] == ["microprojets"]
    assert ready_pipelines(database, catalogue, NOW) == ()

    execute(database, changed)
    monkeypatch.setattr(startup, "STABLE", True)
    with pytest.raises(ChangedPipelines, match="microprojets version 1"):
        ready_pipelines(database, catalogue, NOW)


def test_pipelines_of_one_s_own_are_checked_with_the_others(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(ROOT / "docs/examples/dispositifs", tmp_path / "les_notres"))
    monkeypatch.setenv("MICROPROJETS_DISPOSITIFS", str(folder))
    code, said = run("pipelines", "list")
    assert code == 0
    assert "bourse.toml" in said
    code, said = run("pipelines", "diagram", "appel_en_deux_tours")
    assert code == 0
    assert "designer_laureat" in said

    # A process reads a folder once: the spoilt one is another.
    folder = Path(shutil.copytree(folder, tmp_path / "abimes"))
    monkeypatch.setenv("MICROPROJETS_DISPOSITIFS", str(folder))
    spoilt = folder / "bourse.toml"
    spoilt.write_text(spoilt.read_text("utf-8").replace('prefix = "BI"', 'prefix = "MP"'), "utf-8")
    (folder / "bourse" / "bourse_merci.md").unlink()
    code, said = run("pipelines", "check")
    assert code == 1
    assert (
        "bourse.toml · prefix : « MP » commence déjà les références de microprojets.toml →" in said
    )
    assert "bourse.toml · action.terminer.letters : lettre inconnue « bourse_merci » →" in said
    code, said = run("demo", "--2009")
    assert (code, "bourse_merci" in said) == (1, True)
