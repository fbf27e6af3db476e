"""The agenda that a calendar reads by itself: no session, the address itself is the key."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.house import House, house_of
from grants.relances.feed import Feed, find_feed, lines_of_feed, mark_seen
from grants.relances.feed_file import calendar_file
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseReadOnly

router = APIRouter()


@router.get("/agenda/{lien}.ics")
def feed(request: Request, lien: str) -> Response:
    """The calendar file of one personal link. Raises NotFound."""
    house = house_of(request)
    now = house.clock()
    with house.database.reading() as session:
        connection = session.connection()
        found = find_feed(connection, lien, now)
        lines = lines_of_feed(connection, house.engine, found, now)
    if found.is_to_be_seen:
        _note(house, found, now)
    content = calendar_file(lines, found.organisme_nom, house.settings.address, now)
    headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _note(house: House, found: Feed, now: datetime) -> None:
    try:
        with house.database.unit_of_work() as session:
            mark_seen(session, found, now)
    except (DatabaseBusy, DatabaseFull, DatabaseReadOnly):
        return  # reading goes on where nothing can be written
