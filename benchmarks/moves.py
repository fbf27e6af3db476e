"""(a) One full move: the house's, the same in bare SQL, the same in Django."""

from __future__ import annotations

from dataclasses import dataclass

from api.composition import build_engine
from benchmarks.agreement import check_agreement
from benchmarks.orders import Peer
from benchmarks.peers.bare_drivers import ByHandOnPostgresql, ByHandOnSqlite
from benchmarks.peers.by_hand import ByHand
from benchmarks.peers.django_orm import DjangoOrm
from benchmarks.peers.house import House
from benchmarks.places import filled_database
from benchmarks.rounds import WARM_UP, Rates, measure_moves
from workflow.database import Database

CLIENTS = (1, 8)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    batch: int


@dataclass(frozen=True, slots=True)
class MoveResult:
    """The rates of every peer on one kind of database, with that many clients."""

    kind: str
    clients: int
    rates: Rates


def measure(kind: str, effort: Effort) -> list[MoveResult]:
    """Check that the peers agree, then measure them with one client and with eight."""
    with filled_database(kind, _dossiers_for(effort)) as (url, orders):
        database = Database(url)
        peers: list[Peer] = [House(database, build_engine()), _by_hand(kind, url), DjangoOrm(url)]
        check_agreement(database, peers, orders)
        results: list[MoveResult] = []
        for clients in CLIENTS:
            batch = effort.batch * (1 if clients == 1 else 2)
            rates = measure_moves(peers, orders, clients=clients, rounds=effort.rounds, batch=batch)
            results.append(MoveResult(kind, clients, rates))
        for peer in peers:
            peer.close()
    return results


def _by_hand(kind: str, url: str) -> ByHand:
    return ByHandOnSqlite(url) if kind == "sqlite" else ByHandOnPostgresql(url)


def _dossiers_for(effort: Effort) -> int:
    agreement, peers, per_round = 3, 3, effort.batch * 3
    return agreement + peers * (effort.rounds + WARM_UP) * per_round
