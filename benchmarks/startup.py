"""(d) From the command to the first answered page, and the memory that it then holds."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.places import filled_database
from benchmarks.posts import house_visitor
from benchmarks.servers import Server, free_port, get, serving, status_of, wait_for

HOUSE, BARE = "Microprojets", "FastAPI + SQLModel nus"
_OK = 200
_PAGES = 30


class NoPage(RuntimeError):
    """The first answer was not the page that was asked for."""


@dataclass(frozen=True, slots=True)
class StartResult:
    """Seconds to the first page and resident MB after thirty, one figure per start."""

    seconds: Mapping[str, Sequence[float]]
    memory: Mapping[str, Sequence[float]]

    def ratio(self) -> float:
        """The median of the ratios of the two times, taken start by start."""
        pairs = zip(self.seconds[HOUSE], self.seconds[BARE], strict=True)
        return statistics.median(mine / bare for mine, bare in pairs)


def measure(starts: int) -> StartResult:
    """Start each application in turn on a database that is there, as on any morning."""
    seconds: dict[str, list[float]] = {HOUSE: [], BARE: []}
    memory: dict[str, list[float]] = {HOUSE: [], BARE: []}
    with filled_database("sqlite", 200) as (url, _orders), tempfile.TemporaryDirectory() as name:
        cookie, _csrf = house_visitor(url)
        folder = Path(name)
        launches: dict[str, tuple[Callable[[], AbstractContextManager[Server]], bytes]] = {
            HOUSE: (lambda: _house(url, folder), get("/tableau", cookie)),
            BARE: (lambda: _bare(folder), get("/")),
        }
        for number in range(starts + 1):
            for each, (launch, request) in launches.items():
                taken, held = _start(launch, request)
                if number:  # the first one only fills the system's caches
                    seconds[each].append(taken)
                    memory[each].append(held)
    return StartResult(seconds, memory)


def _start(
    launch: Callable[[], AbstractContextManager[Server]], request: bytes
) -> tuple[float, float]:
    began = time.perf_counter()
    with launch() as server:
        answer = wait_for(server, request)
        taken = time.perf_counter() - began
        if status_of(answer) != _OK:
            raise NoPage(answer[:300].decode("utf-8", "replace"))
        for _ in range(_PAGES):
            wait_for(server, request)
        return taken, server.memory()


def _house(url: str, folder: Path) -> AbstractContextManager[Server]:
    environment = {"DATABASE_URL": url, "MICROPROJETS_DONNEES": str(folder)}
    port = free_port()
    return serving("api.cli", ["run", "--port", str(port)], environment, port)


def _bare(folder: Path) -> AbstractContextManager[Server]:
    port = free_port()
    environment = {
        "BENCH_BARE_URL": f"sqlite:///{folder / 'bare.sqlite'}",
        "BENCH_BARE_PORT": str(port),
    }
    return serving("benchmarks.bare_app", [], environment, port)
