"""Who comes, leaves and comes back: past midnight, written down later, after a reopening."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from grants.comites.heures import time_of
from grants.comites.minutes import read_minutes
from grants.comites.movements import come_or_go
from grants.comites.presences import attendance_of
from grants.comites.tables import Seance
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from workflow.database import table_of
from workflow.dates import from_paris, to_paris
from workflow.errors import Invalid, Refused

_S = table_of(Seance)


def hold_at(hearing: Hearing, hour: int) -> datetime:
    """The séance begins at that hour of its day."""
    day = to_paris(hearing.read().row["tenue_le"])
    at = from_paris(day.replace(hour=hour, minute=0, second=0, microsecond=0, tzinfo=None))
    with hearing.database.unit_of_work() as session:
        moved = update(_S).where(_S.c.id == hearing.seance).values(tenue_le=at)
        session.connection().execute(moved)
    hearing.now = at
    return at


def move(hearing: Hearing, membre: int, mouvement: str, heure: str = "") -> bool:
    form = {"mouvement": mouvement, "heure": heure}
    with hearing.database.unit_of_work() as session:
        return come_or_go(session, hearing.by, hearing.seance, membre, form, hearing.now)


def fault(hearing: Hearing, membre: int, mouvement: str, heure: str = "") -> str:
    """Why a movement is not kept."""
    with pytest.raises(Invalid) as told:
        move(hearing, membre, mouvement, heure)
    (sentence,) = told.value.faults.values()
    return sentence


def presence(hearing: Hearing, membre: int) -> dict[str, object]:
    with hearing.database.reading() as session:
        return attendance_of(session.connection(), hearing.seance)[membre]


def hours(hearing: Hearing, membre: int) -> float:
    spent = time_of(presence(hearing, membre))
    assert spent is not None
    return spent / timedelta(hours=1)


def test_an_hour_past_midnight_is_of_the_night_of_the_seance(hearing: Hearing) -> None:
    start = hold_at(hearing, 20)
    hearing.open()
    first, second, *_ = [each.id for each in hearing.members()]
    hearing.now = start + timedelta(hours=5)
    move(hearing, first, "part", "00:30")
    move(hearing, second, "part", "23:15")
    assert presence(hearing, first)["depart"] == start + timedelta(hours=4, minutes=30)
    assert presence(hearing, second)["depart"] == start + timedelta(hours=3, minutes=15)
    assert "pas encore passée" in fault(hearing, hearing.members()[2].id, "part", "04:00")
    hearing.do("clore")
    assert hours(hearing, hearing.members()[3].id) == 5


def test_a_seance_written_down_later_asks_each_departure_its_hour(hearing: Hearing) -> None:
    start = hold_at(hearing, 14)
    hearing.now = start + timedelta(days=2)
    hearing.open()
    members = [each.id for each in hearing.members()]
    assert {presence(hearing, each)["arrivee"] for each in members} == {start}
    assert "Indiquez l’heure du départ" in fault(hearing, members[0], "part")
    with pytest.raises(Refused) as refused:
        hearing.do("clore")
    (reason,) = refused.value.refusals
    assert "notez l’heure de départ de Camille Aubrac, " in reason.message
    for each in members:
        move(hearing, each, "part", "17:10")
    hearing.do("clore")
    assert round(hours(hearing, members[0]) * 60) == 190


def test_whoever_comes_back_keeps_his_hours_and_counts_again(
    hearing: Hearing, counter: Counter
) -> None:
    start = hold_at(hearing, 14)
    hearing.open()
    gone = hearing.members()[1].id
    hearing.now = start + timedelta(hours=1)
    move(hearing, gone, "part")
    hearing.begin(counter.dossier)
    assert hearing.close(counter.dossier).presents == 4, "he is out at that vote"
    hearing.now = start + timedelta(hours=2)
    assert "avant le départ" in fault(hearing, gone, "arrive", "14:30")
    assert move(hearing, gone, "arrive")
    assert "avant l’arrivée" in fault(hearing, gone, "part", "15:30")
    hearing.settle(counter.dossier, "ajourne", motif="À revoir.")
    hearing.now = start + timedelta(hours=3)
    hearing.do("clore")
    assert hours(hearing, gone) == 2, "the hour spent outside is taken off"
    with hearing.database.reading() as session:
        data = read_minutes(session.connection(), hearing.read())
    (told,) = (each for each in data["membres"] if each["membre"] == gone)
    assert [len(pair) for pair in told["absences"]] == [2]


@pytest.mark.parametrize(("later", "there"), [(timedelta(minutes=20), 4), (timedelta(days=1), 0)])
def test_a_seance_reopened_at_once_finds_whom_its_closing_sent_away(
    hearing: Hearing, counter: Counter, later: timedelta, there: int
) -> None:
    start = hold_at(hearing, 14)
    hearing.open()
    left = hearing.members()[4].id
    hearing.now = start + timedelta(hours=1)
    move(hearing, left, "part")
    hearing.now = start + timedelta(hours=2)
    hearing.do("clore")
    hearing.now += later
    hearing.do("rouvrir", reason="Un vote oublié.")
    states = [presence(hearing, each.id)["depart"] for each in hearing.members()]
    assert states.count(None) == there, "who had left before the closing stays gone"
    hearing.begin(counter.dossier)
    assert hearing.close(counter.dossier).presents == there
    if there:
        hearing.settle(counter.dossier, "ajourne", motif="À revoir.")
        hearing.do("clore")
        assert hours(hearing, hearing.members()[0].id) == 2, "the break does not count"
