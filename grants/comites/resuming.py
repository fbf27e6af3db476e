"""A séance closed too early and reopened: whoever was there at its closing is there again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from grants.comites.allees import dump_gaps, gaps_of
from grants.comites.chain import record
from grants.comites.presences import attendance_of
from grants.comites.reading import KIND
from grants.comites.tables import Presence
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.journal_reading import lines_of
from workflow.subject import Subject

_R = table_of(Presence)
_CLOSED = "feuille_de_presence"
#: Later than that nobody waited in the room: who comes back is noted one by one.
_AT_ONCE = timedelta(hours=2)


def resume_presences(
    connection: Connection, subject: Subject, acting: Acting, now: datetime
) -> None:
    """Take back the departures that the closing wrote, and no other. `subject` is the séance.

    The time in between is spent outside: it counts neither for a quorum, nor among the hours.
    """
    lines = lines_of(connection, KIND, subject.id)
    closed = next((line.at for line in lines if line.event == _CLOSED), None)
    if closed is None or now - closed > _AT_ONCE:
        return
    back = [
        row for row in attendance_of(connection, subject.id).values() if row["depart"] == closed
    ]
    for row in back:
        outside = dump_gaps((*gaps_of(row), (closed, now)))
        there = update(_R).where(_R.c.id == row["id"])
        connection.execute(there.values(depart=None, absences=outside))
    if back:
        told = {"membres": sorted(row["membre_id"] for row in back)}
        record(connection, subject, acting, "presences_reprises", told, now)
