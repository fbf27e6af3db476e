"""Four servers on one database, each with its own clients: every move is there, once."""

from __future__ import annotations

import random
from pathlib import Path

from api.migrate import upgrade
from tests.builders.postgres import PostgresServer
from tests.faults.campaign import campaign, found_faults

SERVERS = 4
MOVES = 400
MOVES_LONG = 10_000


def test_four_servers_share_a_sqlite_file(
    sqlite_on_disk: str, folder: Path, rng: random.Random, long_run: bool
) -> None:
    wanted = MOVES_LONG if long_run else MOVES
    with campaign(sqlite_on_disk, folder, rng, wanted, servers=SERVERS) as walking:
        walking.finish()

    assert walking.faults == []
    assert walking.tally.done >= wanted
    assert found_faults(sqlite_on_disk, walking.moves) == []


def test_four_servers_share_a_postgresql_database(
    durable_postgresql: PostgresServer, folder: Path, rng: random.Random, long_run: bool
) -> None:
    url, wanted = durable_postgresql.url(), MOVES_LONG if long_run else MOVES
    upgrade(url)
    with campaign(url, folder, rng, wanted, servers=SERVERS) as walking:
        walking.finish()

    assert walking.faults == []
    assert walking.tally.done >= wanted
    assert found_faults(url, walking.moves) == []


def test_servers_killed_in_turn_leave_their_neighbours_at_work(
    sqlite_on_disk: str, folder: Path, rng: random.Random
) -> None:
    with campaign(sqlite_on_disk, folder, rng, MOVES, servers=SERVERS) as walking:
        walking.suffer([walking.kill_one(rng)] * 8, rng)
        walking.finish()

    assert walking.faults == []
    assert found_faults(sqlite_on_disk, walking.moves) == []
