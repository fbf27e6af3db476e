"""The engine carries any pipeline: no file of it names one, nor anything that one is made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from api.composition import build_engine
from api.settings import ROOT
from workflow.pipeline import Pipeline

EXAMPLES = ROOT / "docs" / "examples" / "dispositifs"
#: Names that the engine has for things of its own: a connection is closed, an échéance planned.
OWN = frozenset({"close", "annulee", "destination", "plan", "situation"})
#: Words of any French sentence, which messages and documentation may say; never a name.
ORDINARY = frozenset({"avant", "fin", "lecture", "lieu", "ouverte", "pendant", "refuse", "suivi"})


@cache
def of_the_pipelines() -> dict[str, str]:
    """Every key and every label of every pipeline and letter, and what it is."""
    engine = build_engine(own=[EXAMPLES])
    found: dict[str, str] = {}
    for pipeline in engine.catalogue.newest():
        for kind, parts in _parts(pipeline):
            found |= {word: kind for word in parts if word}
    for letter in engine.vocabulary.letters.values():
        found |= {letter.key: "letter", letter.title: "title of a letter"}
    return found


def _parts(pipeline: Pipeline) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    yield "pipeline", (pipeline.key, pipeline.dispositif, pipeline.label, pipeline.prefix)
    for phase in pipeline.phases:
        yield "phase", (phase.key, phase.label)
    for sheet in pipeline.sheets:
        yield "sheet", (sheet.key, sheet.label)
    for field in pipeline.every_field():
        yield "field", (field.key,)
    for piece in pipeline.pieces:
        yield "pièce", (piece.key, piece.label)
    for stage in pipeline.stages:
        yield "stage", (stage.key, stage.label, stage.public_label)
        for rule in stage.reminders:
            yield "reminder", (rule.key, rule.label, rule.task)
    for action in pipeline.actions:
        yield "action", (action.key, action.label, action.done)


def names_in(path: Path) -> list[tuple[int, str]]:
    """Where a file names something of a pipeline: (line, word)."""
    text = path.read_text("utf-8")
    found = {each for each in words(ast.parse(text)) if each[1] in _known() - OWN}
    for match in _pattern().finditer(text):
        found.add((text.count("\n", 0, match.start()) + 1, match[0]))
    return sorted(found)


def _known() -> frozenset[str]:
    return frozenset(of_the_pipelines())


@cache
def _pattern() -> re.Pattern[str]:
    """What is looked for in the whole text, sentences and remarks included."""
    whole = sorted(_known() - OWN - ORDINARY, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, whole))})(?!\w)")


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name, and every whole string that is not the code of an error."""
    codes = error_codes(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in codes:
                yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.value.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def error_codes(tree: ast.Module) -> set[int]:
    """The values given to `code`, by identity: « refuse » is said of an action, not of a stage."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets)
    }


def engine_files() -> list[Path]:
    """Every file of the engine: Python and nothing else, so that nothing of it escapes."""
    return sorted(path for path in (ROOT / "workflow").rglob("*") if _is_ours(path))


def _is_ours(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def test_the_engine_names_no_dispositif_no_stage_and_no_action() -> None:
    assert {path.suffix for path in engine_files()} == {".py"}
    kinds = of_the_pipelines()
    assert [
        (path.name, line, word, kinds[word])
        for path in engine_files()
        for line, word in names_in(path)
    ] == []


def test_what_the_engine_may_say_is_said_by_it_and_named_by_a_pipeline() -> None:
    """An exemption that nobody needs any more is one to take away."""
    text = "\n".join(path.read_text("utf-8") for path in engine_files())
    said = {word for word in OWN | ORDINARY if re.search(rf"(?<!\w){word}(?!\w)", text)}
    assert said & _known() == OWN | ORDINARY


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('ready = stage == "accompagnement"\n', "accompagnement"),
        ('ended = stage in ("clos", "suivi")\n', "suivi"),
        ("def inscrire_cts(subject):\n    return subject\n", "inscrire_cts"),
        ("def move(sans_suite):\n    return sans_suite\n", "sans_suite"),
        ("found = move(selectionne=True)\n", "selectionne"),
        ("found = subject.comite_appui\n", "comite_appui"),
        ("class microprojets:\n    pass\n", "microprojets"),
        ('title = "Diagnostic"\n', "Diagnostic"),
        ('said = "Votre projet est en cours"\n', "Votre projet est en cours"),
        ('sentence = f"Passez par « Inscrire au comité », {name}."\n', "Inscrire au comité"),
        ('"""What the sheet `bilan_appui` asks."""\n', "bilan_appui"),
        ("# The phase of realisation comes last.\n", "realisation"),
        ('letter = "notification_accord"\n', "notification_accord"),
        ('subject = "Documents à fournir : il en manque"\n', "Documents à fournir"),
        ('reference = f"MP-{year}"\n', "MP"),
        ('bursary = "attribuee"\n', "attribuee"),
    ],
)  # fmt: skip
def test_a_name_is_found_wherever_it_is_written(tmp_path: Path, source: str, word: str) -> None:
    file = tmp_path / "engine.py"
    file.write_text(source, "utf-8")
    assert word in {found for _, found in names_in(file)}


def test_a_variant_of_the_engine_that_knows_one_stage_is_found_out(tmp_path: Path) -> None:
    engine = (ROOT / "workflow" / "engine.py").read_text("utf-8")
    assert ".automatic" in engine
    file = tmp_path / "engine.py"
    file.write_text(engine.replace(".automatic", '.automatic and subject.stage != "refuse"', 1))
    assert [word for _, word in names_in(file)] == ["refuse"]
