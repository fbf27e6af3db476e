"""Interleaved rounds: each peer in turn, so that a busy moment of the machine falls on all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.orders import Order, Orders, Peer

WARM_UP = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """What each peer did per second, one figure per round, in the order of the rounds."""

    by_peer: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """The median rate of a peer."""
        return statistics.median(self.by_peer[name])

    def spread(self, name: str) -> tuple[float, float]:
        """The first and third quartiles of a peer's rates."""
        first, _, third = statistics.quantiles(self.by_peer[name], n=4)
        return first, third

    def ratio(self, name: str, other: str) -> float:
        """The median of the ratios of two peers, taken round by round."""
        pairs = zip(self.by_peer[name], self.by_peer[other], strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


def measure_moves(
    peers: Sequence[Peer], orders: Orders, *, clients: int, rounds: int, batch: int
) -> Rates:
    """Each peer carries out `batch` orders per round, shared between that many clients."""
    with ThreadPoolExecutor(clients) as pool:

        def run(peer: Peer) -> float:
            shares = [orders.take(batch // clients) for _ in range(clients)]
            return _timed(lambda: list(pool.map(lambda share: _carry_out(peer, share), shares)))

        return interleave(
            {
                peer.name: lambda peer=peer: (batch // clients * clients) / run(peer)
                for peer in peers
            },
            rounds,
        )


def interleave(measures: Mapping[str, Callable[[], float]], rounds: int) -> Rates:
    """Take each measure once per round, in an order that turns; the first round only warms up."""
    names = list(measures)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + WARM_UP):
        start = number % len(names)
        for name in names[start:] + names[:start]:
            rate = measures[name]()
            if number >= WARM_UP:
                found[name].append(rate)
    return Rates(found)


def _carry_out(peer: Peer, orders: Sequence[Order]) -> None:
    for order in orders:
        peer.move(order)


def _timed(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
