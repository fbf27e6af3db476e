"""Killed among thousands of moves, the server loses, halves and doubles none it acknowledged."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from api.migrate import upgrade
from tests.builders.postgres import PostgresServer
from tests.faults.campaign import campaign, found_faults

MOVES = 2000
KILLS = 20
KILLS_LONG = 200


def test_no_acknowledged_move_is_lost_halved_or_doubled_on_sqlite(
    sqlite_on_disk: str, folder: Path, rng: random.Random, long_run: bool
) -> None:
    with campaign(sqlite_on_disk, folder, rng, MOVES) as walking:
        walking.suffer([walking.kill] * (KILLS_LONG if long_run else KILLS), rng)
        walking.finish()

    assert walking.faults == []
    assert found_faults(sqlite_on_disk, walking.moves) == []


def test_no_acknowledged_move_is_lost_halved_or_doubled_on_postgresql(
    durable_postgresql: PostgresServer, folder: Path, rng: random.Random, long_run: bool
) -> None:
    url = durable_postgresql.url()
    upgrade(url)

    def kill_postgresql() -> None:
        durable_postgresql.kill()
        durable_postgresql.start()
        walking.keep_up()

    with campaign(url, folder, rng, MOVES) as walking:
        kills = [walking.kill] * (KILLS_LONG if long_run else KILLS)
        walking.suffer([*kills, *[kill_postgresql] * (10 if long_run else 1)], rng)
        walking.finish()

    assert walking.faults == []
    assert found_faults(url, walking.moves) == []


@pytest.mark.parametrize(
    ("broken", "moves", "kills", "sign"),
    [
        ("acknowledging before committing", 120, 12, "perdu"),
        ("ignoring keys", 300, 20, "doublé"),
        ("writing letters afterwards", 120, 12, "à moitié"),
    ],
    ids=["hasty", "forgetful", "in two steps"],
)
def test_a_server_broken_on_purpose_is_caught(
    sqlite_on_disk: str,
    folder: Path,
    rng: random.Random,
    broken: str,
    moves: int,
    kills: int,
    sign: str,
) -> None:
    with campaign(sqlite_on_disk, folder, rng, moves, broken=broken) as walking:
        walking.suffer([walking.kill] * kills, rng)
        walking.finish()

    kinds = {fault.partition(" : ")[0] for fault in found_faults(sqlite_on_disk, walking.moves)}
    assert sign in kinds
