"""The link by which whoever receives reminders stops them."""

from __future__ import annotations

import pytest

from notifications.hooks import NoHooks
from notifications.suspensions import RAPPELS, lift, suspensions
from notifications.unsubscribe import find_stop_link, stop_reminders, stop_token
from tests.builders.courriers import NOW, TENANT, frozen_row, put
from workflow.database import Database
from workflow.errors import NotFound

SECRET = b"s" * 40


def test_a_link_stops_the_reminders_of_its_reader_once_and_for_good(database: Database) -> None:
    (id,) = put(database, frozen_row(1, reminder=True, recipient_email="Anne1@example.org"))
    token = stop_token(SECRET, id)
    assert "anne" not in token
    with database.unit_of_work() as session:
        assert not find_stop_link(session.connection(), SECRET, token).stopped
        for _ in range(2):
            assert stop_reminders(session, NoHooks(), SECRET, token, NOW).stopped
        (found,) = suspensions(session.connection(), TENANT)
        assert (found.email, found.reason, found.by) == (
            "anne1@example.org",
            RAPPELS,
            "Anne Essai 1",
        )
        assert find_stop_link(session.connection(), SECRET, token).stopped
        assert suspensions(session.connection(), TENANT + 1) == []
        assert suspensions(session.connection(), TENANT, after=found.email) == []
        assert lift(session.connection(), TENANT, found.email)
        assert not lift(session.connection(), TENANT, found.email)


def test_no_other_link_does_anything(database: Database) -> None:
    (id,) = put(database, frozen_row(1, reminder=True))
    token = stop_token(SECRET, id)
    with database.unit_of_work() as session:
        for wrong in (
            "",
            "-",
            f"{id}",
            f"{id}-",
            token[:-1],
            f"{token}a",
            f"0{token}",
            token.replace(f"{id}-", f"{id + 1}-", 1),
            stop_token(b"t" * 40, id),
            stop_token(SECRET, id + 1),
            f"{'9' * 30}-x",
            f"{id}-é",
            f"²{token}",
        ):
            with pytest.raises(NotFound):
                stop_reminders(session, NoHooks(), SECRET, wrong, NOW)
        assert suspensions(session.connection(), TENANT) == []
