"""Where the time of a start goes: what is imported, by whom it was brought."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

from api.settings import ROOT

_HOUSE = (
    "import api.cli; from api.commands.run import load_all; load_all();"
    " from api.pages import openings; openings()['tableau']()"
)
_BARE = "import benchmarks.bare_app"
_OURS = {"workflow", "notifications", "grants", "api"}
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +(\S+)")
_RUNS = 5
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def measure() -> Mapping[str, float]:
    """Milliseconds of import in the quickest of five runs; looking makes them a little longer."""
    bare, house = _self_times(_BARE), _self_times(_HOUSE)
    taken: Counter[str] = Counter()
    for module, microseconds in house.items():
        taken[_brought_by(module, bare)] += microseconds
    return {part: total / 1000 for part, total in taken.most_common()}


def _brought_by(module: str, bare: Mapping[str, int]) -> str:
    if module.split(".", 1)[0] in _OURS:
        is_table = module.endswith(("tables", "_table"))
        return "nos tables (classes SQLModel)" if is_table else "notre code"
    if module in bare:
        return "bibliothèques que l'application nue charge aussi"
    return "bibliothèques en plus (structlog, Typer, Jinja…)"


def _self_times(statement: str) -> Mapping[str, int]:
    """Module → microseconds of its own, in the quickest of several fresh processes."""
    runs = (_one_run(statement) for _ in range(_RUNS))
    return min(runs, key=lambda times: sum(times.values()))


def _one_run(statement: str) -> Mapping[str, int]:
    command = [sys.executable, "-X", "importtime", "-c", f"import gc; gc.disable(); {statement}"]
    # As a server starts: with what Python compiled the first time.
    kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return {found[2]: int(found[1]) for found in _LINE.finditer(told.stderr)}
