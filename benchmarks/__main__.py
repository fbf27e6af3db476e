"""`python3 manage.py bench [--quick] [--only …]`: measure, print, write `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

from benchmarks import (
    exports,
    imports,
    letters,
    machine,
    moves,
    offers,
    pages,
    posts,
    shares,
    startup,
    sweeps,
)
from benchmarks.moves import Effort
from benchmarks.places import KINDS
from benchmarks.report import PAGE, Measures, page_of

PARTS = ("moves", "posts", "offers", "pages", "export", "letters", "reminders", "start")
# Many short rounds: what else the machine does then falls on every peer alike.
_FULL, _QUICK = Effort(rounds=60, batch=64), Effort(rounds=4, batch=64)
Result = TypeVar("Result")


def main() -> None:
    """Measure what is asked. A partial or quick run is printed and not written."""
    chosen = _arguments()
    effort = _QUICK if chosen.quick else _FULL
    described, measures = machine.describe(), Measures()
    _measure(measures, chosen.only or PARTS, effort)
    how = f"{effort.rounds} séries de {effort.batch} mouvements, le double à huit clients"
    page = page_of(measures, described, datetime.now(UTC), how)
    print(page)
    if not chosen.quick and not chosen.only:
        PAGE.write_text(page, "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short series, to see that it works")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts only")
    return parser.parse_args()


def _measure(measures: Measures, parts: tuple[str, ...] | list[str], effort: Effort) -> None:
    for kind in KINDS:
        if "moves" in parts:
            measures.moves += _alone(moves.measure, kind, effort)
        if "posts" in parts:
            measures.posts += _alone(posts.measure, kind, effort)
        if "offers" in parts:
            measures.offers[kind] = _alone(offers.measure, kind, effort.rounds, effort.batch * 10)
        if "pages" in parts:
            sizes = pages.QUICK_SIZES if effort == _QUICK else pages.SIZES
            measures.growth.append(_alone(pages.measure, kind, sizes, max(5, effort.rounds // 3)))
        if "export" in parts:
            sizes = exports.QUICK_SIZES if effort == _QUICK else exports.SIZES
            measures.exports += _alone(exports.measure, kind, sizes)
    _measure_letters(measures, parts, effort)
    if "start" in parts:
        measures.start = _alone(startup.measure, max(3, effort.rounds // 5))
        measures.imports = _alone(imports.measure)
    if "moves" in parts:
        measures.shares = _alone(shares.measure, effort.batch * 5)


def _measure_letters(
    measures: Measures, parts: tuple[str, ...] | list[str], effort: Effort
) -> None:
    if "reminders" in parts:
        sizes = sweeps.QUICK if effort == _QUICK else sweeps.FULL
        measures.reminders += [_alone(sweeps.measure, kind, *sizes) for kind in KINDS]
    if "letters" in parts:
        measures.letters = _alone(letters.measure, max(3, effort.rounds // 3), 12)


def _alone(measure: Callable[..., Result], *arguments: object) -> Result:
    """Each measure has a process of its own: nothing of the one before is left in memory."""
    print(f"… {measure.__module__} {arguments}", file=sys.stderr, flush=True)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(measure, *arguments).result()


if __name__ == "__main__":
    main()
