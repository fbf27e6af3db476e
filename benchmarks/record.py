"""What was measured, part by part, each with its day: a whole run need not be one sitting."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.exports import ExportResult
from benchmarks.letters import LetterRates
from benchmarks.lists import ListResult
from benchmarks.moves import MoveResult
from benchmarks.pages import GrowthResult
from benchmarks.posts import PostResult
from benchmarks.rounds import Rates
from benchmarks.startup import StartResult
from benchmarks.sweeps import SweepMeasures
from benchmarks.takeovers import TakeoverResult

RECORD = Path(__file__).with_name("results.json")
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Taken:
    """When a part was measured, on which code, how long, and what else the machine did then."""

    at: datetime
    code: str
    how: str
    load: str


@dataclass(slots=True)
class Measures:
    """All that the benchmarks found, and when each part was."""

    taken: dict[str, Taken] = field(default_factory=dict)
    moves: list[MoveResult] = field(default_factory=list)
    posts: list[PostResult] = field(default_factory=list)
    offers: dict[str, Rates] = field(default_factory=dict)
    lists: list[ListResult] = field(default_factory=list)
    growth: dict[str, GrowthResult] = field(default_factory=dict)
    exports: list[ExportResult] = field(default_factory=list)
    takeovers: list[TakeoverResult] = field(default_factory=list)
    letters: LetterRates | None = None
    reminders: list[SweepMeasures] = field(default_factory=list)
    start: StartResult | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    imports: Mapping[str, float] = field(default_factory=dict)


_READ = TypeAdapter(Measures)


def recorded() -> Measures:
    """What the last runs found."""
    return _READ.validate_json(RECORD.read_bytes()) if RECORD.exists() else Measures()


def record(measures: Measures) -> None:
    """Keep what was found for the next page."""
    RECORD.write_bytes(_READ.dump_json(measures, indent=1) + b"\n")


def taken_now(how: str) -> Taken:
    """A part that begins to be measured at this moment."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return Taken(datetime.now(UTC), _code(), how, load)


def _code() -> str:
    """The revision of the code; « + » where it holds something that no revision has yet."""
    told = [_git("rev-parse", "--short", "HEAD"), "+" if _git("status", "--porcelain") else ""]
    return "".join(told)


def _git(*arguments: str) -> str:
    command = [shutil.which("git") or "git", "-C", str(_ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
