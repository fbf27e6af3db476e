"""The locks: what the program imports is there for its users, at the version that was tested."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("workflow", "notifications", "grants", "api")


def pins(lock: str) -> dict[str, set[str]]:
    """Each library of a lock, with its version on each platform."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if match := re.match(r"([a-z0-9-]+)(?:\[.*\])?==(\S+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def imported() -> set[str]:
    """The top-level modules that the program imports and does not contain."""
    names: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names.add(node.module.partition(".")[0])
    return names - set(PACKAGES) - sys.stdlib_module_names


def test_every_library_that_the_program_imports_is_locked_for_its_users() -> None:
    providers = packages_distributions()
    locked = set(pins("requirements.lock"))
    missing = {
        module
        for module in imported()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in providers.get(module, [])} & locked
    }
    assert not missing


def test_the_tests_run_on_the_versions_that_users_have() -> None:
    tested = pins("requirements-test.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins(
        "requirements.lock"
    )


def test_the_locks_name_no_machine_and_no_registry() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)
