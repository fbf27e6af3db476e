"""The house keeps its rules: what no linter says, said here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from api.composition import default_engine
from grants.comites.liens import LETTER as NEW_LINK
from workflow.pipeline import ENTRY

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("workflow", "notifications", "grants", "api")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
USUAL_FILE = 100


def files(*folders: str) -> list[Path]:
    """The Python files of these folders."""
    return [path for name in folders for path in sorted((ROOT / name).rglob("*.py"))]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_services_never_commit() -> None:
    assert [
        (named(path), node.lineno)
        for path in files("grants", "notifications", "workflow")
        if named(path) != "workflow/database.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ] == []


def test_a_file_is_a_room_and_not_a_hall() -> None:
    lengths = {named(path): length(path) for path in files(*FLOORS, "tests")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_most_files_are_short() -> None:
    lengths = sorted(map(length, files(*FLOORS)))
    assert lengths[len(lengths) // 2] <= USUAL_FILE


def length(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_a_function_fits_on_a_screen() -> None:
    """Migrations are lists of tables, as long as the schema is."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert [
        (named(path), node.name, lines_of_code(node))
        for path in files(*FLOORS)
        if "migrations" not in path.parts
        for node in ast.walk(parsed(path))
        if isinstance(node, kinds) and lines_of_code(node) > LONGEST_FUNCTION
    ] == []


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines from the first statement on: neither the signature nor the documentation."""
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    first = function.body[1 if documented else 0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_no_room_is_named_after_what_it_is_not() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc", "lib", "base"}
    assert [named(path) for path in files(*FLOORS) if path.stem in vague] == []


def test_a_package_under_tests_would_shadow_the_real_one() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


#: What the services of a consultation send to prestataires.
OF_A_CONSULTATION = (
    *("consultation", "consultation_repoussee", "lien_consultation", "consultation_close"),
    *("offre_retenue", "offre_non_retenue"),
)
#: Letters that no pipeline sends: whoever asks for one has it at once.
SENT_BY_HAND = {NEW_LINK, *OF_A_CONSULTATION}


def test_every_rule_effect_fact_and_letter_serves_in_some_pipeline() -> None:
    engine = default_engine()
    vocabulary = engine.vocabulary
    pipelines = [each.pipeline for each in engine.catalogue.every()]
    actions = [action for pipeline in pipelines for action in pipeline.actions]
    rules = [
        rule for pipeline in pipelines for stage in pipeline.stages for rule in stage.reminders
    ]
    guards = {ref.name for action in actions for ref in action.guards}
    guards |= {ref.name for rule in rules for ref in rule.conditions}
    assert guards == set(vocabulary.guards)
    assert {ref.name for action in actions for ref in action.effects} == set(vocabulary.effects)
    facts = {fact for guard in vocabulary.guards.values() for fact in guard.facts}
    facts |= {rule.anchor for rule in rules} - {ENTRY}
    assert facts == set(vocabulary.facts)
    letters = {key for action in actions for key in action.letters}
    letters |= {rule.letter for rule in rules if rule.letter is not None}
    assert letters | SENT_BY_HAND == set(vocabulary.letters)
