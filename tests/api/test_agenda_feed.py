"""The agenda by a personal link: a file that a calendar reads without signing in."""

from __future__ import annotations

from grants.relances.feed import make_link
from tests.builders.offices import NOW, Office
from tests.builders.visitors import Visitor
from workflow.database import Database


def test_the_link_alone_opens_it(visitor: Visitor, database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        secret = make_link(session, office.identity(), "tous", NOW)
    for _ in range(2):
        answer = visitor.get(f"/agenda/{secret}.ics")
        assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert office.nom in answer.text


def test_any_other_address_opens_nothing(visitor: Visitor) -> None:
    for wrong in ("x", "é" * 50, "a" * 5000):
        assert visitor.get(f"/agenda/{wrong}.ics").status_code == 404
