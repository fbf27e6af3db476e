"""A comparison of speeds is fair when each peer leaves the same rows behind.

The peers of the test environment are compared here; Django's is compared by `manage.py bench`
itself, which measures nothing before they all agree.
"""

from __future__ import annotations

import json
from collections.abc import Generator

import pytest
from sqlalchemy import text

from api.composition import default_engine
from benchmarks.agreement import PeersDisagree, check_agreement
from benchmarks.orders import AWAITED, NEXT, NOW, ORGANISME, Order, Orders, RunOut
from benchmarks.peers.bare_drivers import ByHandOnPostgresql, ByHandOnSqlite
from benchmarks.peers.by_hand import ByHand, RefusedByHand
from benchmarks.peers.house import House
from benchmarks.seeding import seed
from grants.dossiers.pieces.tables import Piece
from notifications.webhooks import subscribe
from workflow.database import Database


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    found = Database(database_url)
    yield found
    found.dispose()


@pytest.fixture
def orders(database: Database) -> Orders:
    return Orders(seed(database, 6))


@pytest.fixture
def house(database: Database) -> House:
    return House(database, default_engine())


@pytest.fixture
def by_hand(database_url: str, database_kind: str) -> Generator[ByHand]:
    peer = ByHandOnSqlite if database_kind == "sqlite" else ByHandOnPostgresql
    found = peer(database_url)
    yield found
    found.close()


def test_the_house_and_bare_sql_write_the_same_rows(
    database: Database, orders: Orders, house: House, by_hand: ByHand
) -> None:
    check_agreement(database, [house, by_hand], orders)


def test_they_find_the_same_ready_once_the_convention_is_there(
    database: Database, orders: Orders, house: House, by_hand: ByHand
) -> None:
    with database.unit_of_work() as session:
        for dossier in (1, 2):
            session.add(
                Piece(
                    organisme_id=ORGANISME,
                    dossier_id=dossier,
                    cle=AWAITED,
                    etat="validee",
                    par="Camille Exemple",
                    le=NOW,
                )
            )
    check_agreement(database, [house, by_hand], orders)
    with database.reading() as session:
        query = text("SELECT pret_pour FROM dossier WHERE id <= 2")
        assert session.connection().execute(query).scalars().all() == [NEXT, NEXT]


@pytest.fixture
def subscriber(database: Database, orders: Orders) -> None:
    """Another program that is told of the moves."""
    with database.unit_of_work() as session:
        subscribe(session, ORGANISME, "https://paie.example/moves", NOW, local=False)


@pytest.mark.usefixtures("subscriber")
def test_they_tell_the_same_to_whoever_subscribed(
    database: Database, orders: Orders, house: House, by_hand: ByHand
) -> None:
    check_agreement(database, [house, by_hand], orders)
    with database.reading() as session:
        bodies = session.connection().execute(text("SELECT body FROM annonce ORDER BY id")).all()
    first, second = (json.loads(body) for (body,) in bodies)
    assert first.keys() == second.keys()
    assert (first["id"], second["id"]) == ("dossier-1-5", "dossier-2-5")
    assert first["dossier"] == {"id": 1, "reference": "MP-2026-000001"}
    assert second["dossier"] == {"id": 2, "reference": "MP-2026-000002"}


class Forgetful:
    """A peer that leaves something out."""

    name = "oublieux"

    def __init__(self, peer: ByHand, database: Database, forgets: str) -> None:
        self._peer = peer
        self._database = database
        self._forgets = text(forgets)

    def move(self, order: Order) -> None:
        self._peer.move(order)
        with self._database.unit_of_work() as session:
            session.connection().execute(self._forgets, {"id": order.dossier_id})

    def close(self) -> None:
        self._peer.close()


@pytest.mark.usefixtures("subscriber")
@pytest.mark.parametrize(
    ("table", "forgets"),
    [
        ("courrier", "DELETE FROM courrier WHERE subject_id = :id"),
        ("dossier", "UPDATE dossier SET pret_pour = 'conventionner' WHERE id = :id"),
        ("annonce", "DELETE FROM annonce WHERE event_id LIKE 'dossier-' || :id || '-%'"),
    ],
)
def test_a_peer_that_does_less_is_found_out(
    database: Database, orders: Orders, house: House, by_hand: ByHand, table: str, forgets: str
) -> None:
    with pytest.raises(PeersDisagree, match=f"^{table}: "):
        check_agreement(database, [house, Forgetful(by_hand, database, forgets)], orders)


def test_bare_sql_refuses_what_the_house_refuses(orders: Orders, by_hand: ByHand) -> None:
    (order,) = orders.take(1)
    by_hand.move(order)
    with pytest.raises(RefusedByHand):
        by_hand.move(order)


def test_a_dossier_is_handed_out_once(orders: Orders) -> None:
    taken = [order.dossier_id for order in orders.take(6)]
    assert len(set(taken)) == 6
    with pytest.raises(RunOut):
        orders.take(1)
