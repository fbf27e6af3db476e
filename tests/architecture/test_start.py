"""A start loads what the first page needs, and the rest waits for whoever asks for it.

Where one of these tests fails on something new, import it in the function that uses it.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Everything that `run` does before it serves, then the first page that most people see.
STARTED = """
import sys
import api.cli
from api.commands.run import load_all
load_all()
from api.composition import default_engine
from api.pages import openings
default_engine()
openings()["tableau"]()
print(*sys.modules, sep="\\n")
"""
# The names known when the engine is built, then those of every module there is.
NAMED = """
import importlib, pkgutil
from api.composition import assemble_vocabulary
KINDS = ("guards", "facts", "effects", "events", "field_types", "references")
names = lambda whole: {(kind, name) for kind in KINDS for name in getattr(whole, kind)}
at_start = names(assemble_vocabulary())
for floor in map(importlib.import_module, ("grants", "notifications", "workflow")):
    for module in pkgutil.walk_packages(floor.__path__, floor.__name__ + "."):
        importlib.import_module(module.name)
print(*sorted(names(assemble_vocabulary()) - at_start), sep="\\n")
"""
#: Libraries that write letters, read files, draw, send or keep time: none is for a first page.
LATER = (
    *("alembic", "apscheduler", "argon2", "babel", "css_inline", "docx", "holidays", "icalendar"),
    *("lxml", "markdown_it", "openpyxl", "phonenumbers", "PIL", "psycopg", "pwdlib", "pygments"),
    *("pypdf", "rich", "smtplib", "sqlalchemy.dialects.postgresql", "stdnum", "typst", "xml"),
)
#: The tables that the first page reads; each other one costs as much as a small page.
TABLES = {
    "grants.comites.tables",
    "grants.dossiers.etiquettes.tables",
    "grants.dossiers.tables",
    "grants.organisation.tables",
    "grants.structures.tables",
    "workflow.pipeline_table",
}
OURS = ("api.", "grants.", "notifications.", "workflow.")


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The modules of a program that has just started."""
    return frozenset(_said_by(STARTED).split())


def _said_by(program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-c", program]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("library", LATER)
def test_a_start_loads_no_library_that_only_some_page_needs(
    library: str, loaded: frozenset[str]
) -> None:
    assert [each for each in sorted(loaded) if f"{each}.".startswith(f"{library}.")] == []


def test_a_start_loads_no_page_but_the_one_asked_for(loaded: frozenset[str]) -> None:
    assert {each for each in loaded if each.startswith("api.pages.")} == {"api.pages.tableau"}
    assert "api.v1.contract" not in loaded


def test_a_start_builds_the_tables_of_the_first_page_and_no_other(loaded: frozenset[str]) -> None:
    tables = {
        each for each in loaded if each.startswith(OURS) and each.endswith(("tables", "_table"))
    }
    assert sorted(tables - TABLES) == []


def test_the_engine_knows_every_name_from_the_start() -> None:
    """What a page that is opened later registers would be missing: in French, on every screen."""
    assert _said_by(NAMED).split() == []


@pytest.mark.parametrize("floor", ["api", "grants", "notifications", "workflow"])
def test_rows_are_written_by_statements(floor: str) -> None:
    """A session that writes objects follows their foreign keys to tables nobody has loaded."""
    objects = {"add", "add_all", "merge", "flush", "bulk_save_objects"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in objects
        and isinstance(node.value, ast.Name)
        and node.value.id == "session"
    ]
    assert found == []
