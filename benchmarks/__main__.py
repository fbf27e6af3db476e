"""`python3 manage.py bench [--only …]`: measure, keep, print, write `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeVar

from benchmarks import (
    exports,
    imports,
    letters,
    lists,
    machine,
    moves,
    offers,
    pages,
    posts,
    shares,
    startup,
    sweeps,
    takeovers,
)
from benchmarks.moves import Effort
from benchmarks.places import KINDS
from benchmarks.record import Measures, record, recorded, taken_now
from benchmarks.report import PAGE, page_of

PARTS = (
    *("moves", "posts", "offers", "list", "pages-sqlite", "pages-postgresql", "export"),
    *("takeover", "letters", "reminders", "start", "shares"),
)
# Many short rounds: what else the machine does then falls on every peer alike.
_FULL, _QUICK = Effort(rounds=60, batch=64), Effort(rounds=4, batch=64)
Result = TypeVar("Result")


def main() -> None:
    """Measure what is asked. Each part is kept with its day; a quick run is only printed."""
    chosen = _arguments()
    effort = _QUICK if chosen.quick else Effort(chosen.rounds, _FULL.batch)
    described = machine.describe()
    measures = Measures() if chosen.quick else recorded()
    for part in chosen.only or PARTS:
        measures.taken[part] = taken_now(_HOW.get(part, "").format(effort=effort))
        _MEASURED[part](measures, effort)
        if not chosen.quick:
            record(measures)
            PAGE.write_text(page_of(measures, described), "utf-8")
    print(page_of(measures, described))


_HOW = {
    "moves": "{effort.rounds} séries de {effort.batch} mouvements, le double à huit clients",
    "posts": "{effort.rounds} séries de {effort.batch} mouvements, le double à huit clients",
    "list": "{effort.rounds} séries",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short series, to see that it works")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts only")
    rounds = "how many series of each measure"
    parser.add_argument("--rounds", type=int, default=_FULL.rounds, help=rounds)
    return parser.parse_args()


def _moves(measures: Measures, effort: Effort) -> None:
    measures.moves = [one for kind in KINDS for one in _alone(moves.measure, kind, effort)]


def _posts(measures: Measures, effort: Effort) -> None:
    measures.posts = [one for kind in KINDS for one in _alone(posts.measure, kind, effort)]


def _offers(measures: Measures, effort: Effort) -> None:
    calls = effort.batch * 10
    measures.offers = {kind: _alone(offers.measure, kind, effort.rounds, calls) for kind in KINDS}


def _list(measures: Measures, effort: Effort) -> None:
    found = [_alone(lists.measure, kind, effort.rounds, effort.batch) for kind in KINDS]
    measures.lists = [one for each in found for one in each]


def _pages(kind: str, measures: Measures, effort: Effort) -> None:
    sizes = pages.QUICK_SIZES if effort == _QUICK else pages.SIZES
    measures.growth[kind] = _alone(pages.measure, kind, sizes, max(5, effort.rounds // 3))


def _export(measures: Measures, effort: Effort) -> None:
    sizes = exports.QUICK_SIZES if effort == _QUICK else exports.SIZES
    measures.exports = [one for kind in KINDS for one in _alone(exports.measure, kind, sizes)]


def _takeover(measures: Measures, effort: Effort) -> None:
    size = takeovers.QUICK_ROWS if effort == _QUICK else takeovers.ROWS
    measures.takeovers = [_alone(takeovers.measure, kind, size) for kind in KINDS]


def _reminders(measures: Measures, effort: Effort) -> None:
    sizes = sweeps.QUICK if effort == _QUICK else sweeps.FULL
    measures.reminders = [_alone(sweeps.measure, kind, *sizes) for kind in KINDS]


def _letters(measures: Measures, effort: Effort) -> None:
    measures.letters = _alone(letters.measure, max(3, effort.rounds // 3), 12)


def _start(measures: Measures, effort: Effort) -> None:
    measures.start = _alone(startup.measure, max(3, effort.rounds // 5))
    measures.imports = _alone(imports.measure)


def _shares(measures: Measures, effort: Effort) -> None:
    measures.shares = _alone(shares.measure, effort.batch * 5)


_MEASURED: dict[str, Callable[[Measures, Effort], None]] = {
    "moves": _moves,
    "posts": _posts,
    "offers": _offers,
    "list": _list,
    **{f"pages-{kind}": partial(_pages, kind) for kind in KINDS},
    "export": _export,
    "takeover": _takeover,
    "letters": _letters,
    "reminders": _reminders,
    "start": _start,
    "shares": _shares,
}


def _alone(measure: Callable[..., Result], *arguments: object) -> Result:
    """Each measure has a process of its own: nothing of the one before is left in memory."""
    print(f"… {measure.__module__} {arguments}", file=sys.stderr, flush=True)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(measure, *arguments).result()


if __name__ == "__main__":
    main()
