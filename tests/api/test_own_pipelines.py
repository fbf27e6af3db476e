"""Pipelines that an installation brings: whatever is wrong is told at once, before it starts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from api.composition import PIPELINES, build_engine, engine_of
from api.settings import ROOT, FaultySettings, Settings, load_settings
from tests.builders.offices import SECRET
from workflow.loader import FaultyPipelines

EXAMPLES = ROOT / "docs" / "examples" / "dispositifs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples, to be spoilt."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "les_notres"))


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def faults(folder: Path) -> dict[tuple[str, str], str]:
    """What is wrong: (file, key) → the problem."""
    with pytest.raises(FaultyPipelines) as raised:
        build_engine(own=[folder])
    assert all(fault.remedy for fault in raised.value.faults)
    return {(fault.file, fault.key): fault.problem for fault in raised.value.faults}


def test_they_come_beside_the_shipped_ones_and_after_them() -> None:
    settings = Settings(secret=SECRET, own_pipelines=(EXAMPLES,))
    engine = engine_of(settings)
    assert engine is engine_of(settings)
    keys = [each.key for each in engine.catalogue.current()]
    shipped = [each.key for each in engine_of(Settings(secret=SECRET)).catalogue.current()]
    assert sorted(keys) == sorted([*shipped, "appel_en_deux_tours", "bourse"])
    assert engine.vocabulary.letters["bourse_refus"].dispositif == "bourse"


def test_every_fault_of_pipelines_and_letters_is_listed_together(folder: Path) -> None:
    change(folder / "bourse.toml", 'to = "attribuee"', 'to = "accordee"')
    change(folder / "bourse.toml", '"bourse_refus"', '"bourse_refusee"')
    change(folder / "appel_en_deux_tours.toml", 'prefix = "AP"', 'prefix = "MP"')
    change(folder / "bourse" / "bourse_merci.md", 'to = "porteur"', 'to = "voisin"')
    change(folder / "appel" / "appel_ecarte.md", "{{ action.motif }}", "{{ action.motiv }}")
    change(folder / "appel" / "appel_acheve.md", "{{ referent | joindre }}", "{{ referent | }}")
    (folder / "bourse" / "relance_pieces.md").write_text("+++\n", "utf-8")
    found = faults(folder)
    assert found["bourse.toml", "action.attribuer.to"] == "étape inconnue « accordee »"
    assert found["bourse.toml", "action.ne_pas_attribuer.letters"] == (
        "lettre inconnue « bourse_refusee »"
    )
    assert "MP" in found["appel_en_deux_tours.toml", "prefix"]
    assert "microprojets.toml" in found["appel_en_deux_tours.toml", "prefix"]
    assert found["bourse/bourse_merci.md", "to"] == "valeur inconnue"
    assert "vouliez-vous dire « action.motif »" in found["appel/appel_ecarte.md", "texte, ligne 5"]
    assert ("appel/appel_acheve.md", "texte, ligne 7") in found
    assert "microprojets" in found["bourse/relance_pieces.md", "fichier"]


def test_a_shipped_pipeline_is_not_replaced(folder: Path) -> None:
    shutil.copy(PIPELINES / "microprojets.toml", folder / "le_notre.toml")
    change(folder / "le_notre.toml", "version = 1\n", "version = 2\n")
    assert faults(folder)["le_notre.toml", "key"] == (
        "« microprojets » est la clé d’un dispositif livré"
    )


def test_only_dossiers_follow_them_and_only_porteurs_are_written_to(folder: Path) -> None:
    change(folder / "bourse.toml", "version = 1\n", 'version = 1\nsubject = "seance"\n')
    change(folder / "appel_en_deux_tours.toml", '["appel_acheve"]', '["convocation_membres"]')
    found = faults(folder)
    assert "seance" in found["bourse.toml", "subject"]
    assert "convocation_membres" in found["appel_en_deux_tours.toml", "action.achever.letters"]


def test_several_folders_are_named_and_each_must_be_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path / "donnees"))
    other = tmp_path / "d_autres"
    other.mkdir()
    shutil.move(folder / "bourse.toml", other)
    shutil.move(folder / "bourse", other)
    monkeypatch.setenv("MICROPROJETS_DISPOSITIFS", f" {folder}{os.pathsep}{other}{os.pathsep}")
    settings = load_settings()
    assert settings.own_pipelines == (folder, other)
    assert engine_of(settings).catalogue.latest("bourse") is not None
    monkeypatch.setenv("MICROPROJETS_DISPOSITIFS", str(tmp_path / "perdu"))
    with pytest.raises(FaultySettings, match=r"MICROPROJETS_DISPOSITIFS : « .*perdu »"):
        load_settings()


def test_a_folder_without_a_pipeline_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert faults(tmp_path / "vide") == {("vide", "dossier"): "aucun dispositif à cet endroit"}
