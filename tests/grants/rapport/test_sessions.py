"""The hours that members give: what the attendance sheets of a period add up to."""

from __future__ import annotations

from datetime import timedelta

from grants.rapport.periods import Period
from grants.rapport.sessions import Sessions, sessions_of
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from workflow.dates import to_paris


def test_hours_count_from_arrivals_to_departures_once_the_seance_is_over(counter: Counter) -> None:
    counter.take_to("cts")
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    day = to_paris(hearing.now).date()

    def counted(pipeline: str = "microprojets", after: int = 0) -> Sessions:
        period = Period(day + timedelta(days=after), day + timedelta(days=after))
        with counter.database.reading() as session:
            return sessions_of(session.connection(), counter.office.id, pipeline, period)

    nothing = Sessions(0, 0, timedelta())
    hearing.convene()
    first, second, third, *_ = [each.id for each in hearing.members()]
    hearing.note(third, "represente", pouvoir_a_id=first)
    hearing.open(first, second)
    hearing.now += timedelta(minutes=40)
    hearing.note(second, "present", leaves=True)
    hearing.begin(counter.dossier)
    hearing.vote(counter.dossier, first, "favorable")
    hearing.close(counter.dossier)
    hearing.now += timedelta(minutes=20)
    assert counted() == nothing
    hearing.do("clore")
    assert counted() == Sessions(1, 2, timedelta(minutes=100))
    assert counted().minutes == 100
    assert counted("dla_individuel") == counted(after=1) == nothing
