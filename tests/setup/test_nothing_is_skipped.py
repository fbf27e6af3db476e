"""A test that is skipped, expected to fail, or without its browser fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The rules are those of the real conftest.py; the folder and its tests are thrown away.
FILES = {
    "conftest.py": "from tests.conftest import *",
    "test_library.py": "import pytest\npytest.importorskip('a_library_that_nobody_has')",
    "test_file.py": "import pytest\npytest.skip('not on this system', allow_module_level=True)",
    "test_one_by_one.py": """
import unittest
import pytest

def test_passes():
    pass

def test_calls_skip():
    pytest.skip("not now")

@pytest.mark.skip(reason="later")
def test_is_marked(): ...

@pytest.mark.skipif(True, reason="not today")
def test_is_marked_with_a_condition(): ...

@pytest.mark.xfail(reason="known fault")
def test_is_expected_to_fail():
    assert False

def test_raises_the_exception_of_unittest():
    raise unittest.SkipTest("not this time")

@pytest.fixture
def database():
    pytest.skip("no database")

def test_has_a_fixture_that_skips(database): ...

def test_needs_a_browser(page): ...
""",
}


OUTCOMES = [
    "PASSED test_one_by_one.py::test_passes",
    "ERROR test_library.py",
    "ERROR test_file.py",
    "FAILED test_one_by_one.py::test_calls_skip",
    "ERROR test_one_by_one.py::test_is_marked ",
    "ERROR test_one_by_one.py::test_is_marked_with_a_condition",
    "FAILED test_one_by_one.py::test_is_expected_to_fail",
    "FAILED test_one_by_one.py::test_raises_the_exception_of_unittest",
    "ERROR test_one_by_one.py::test_has_a_fixture_that_skips",
    "ERROR test_one_by_one.py::test_needs_a_browser[chromium] - Failed: Chromium est introuvable",
]


def test_each_way_to_skip_is_a_failure(tmp_path: Path) -> None:
    for name, source in FILES.items():
        (tmp_path / name).write_text(source)
    # In a worker process as the real ones, and on a PATH without any browser.
    options = ["-n", "1", "-rA", "-c", os.devnull, "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": str(tmp_path), "COLUMNS": "200"},
    )
    missing = [line for line in OUTCOMES if line not in done.stdout]
    assert not missing, done.stdout + done.stderr
    assert "skipped" not in done.stdout.splitlines()[-1]
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
