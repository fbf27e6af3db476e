"""The reminders of a séance: tâches to whoever prepares it, one letter to each of its members."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from grants.comites.seances import create_seance, modify_seance
from grants.dossiers.taches.tables import Tache
from grants.relances.service import sweep
from notifications.calendar_files import event_of
from notifications.courrier_table import Courrier
from tests.builders.hearings import Hearing
from tests.builders.offices import NOW, Office
from workflow.calendar import Delay, sending_moment
from workflow.database import Database, table_of
from workflow.dates import to_paris
from workflow.echeance_table import Echeance
from workflow.engine import Engine

_C, _E, _T = table_of(Courrier), table_of(Echeance), table_of(Tache)
FORM = {
    "comite": "CTS",
    "tenue_le": "2026-05-28T14:00",
    "lieu": "Maison des initiatives",
    "cloture_inscriptions": "2026-05-12",
}


def planned(database: Database, engine: Engine, office: Office, **answers: str) -> Hearing:
    """A séance in eleven weeks, with the five members of its comité."""
    by = office.identity("charge_de_mission")
    with database.unit_of_work() as session:
        id = create_seance(session, engine, by, {**FORM, **answers}, NOW)
    return Hearing(database, engine, by, id)


@pytest.fixture
def hearing(database: Database, engine: Engine, office: Office) -> Hearing:
    """Convened a month before."""
    found = planned(database, engine, office)
    found.name("Camille Aubrac", rang_presidence="1")
    found.name("Dany Belmont", "Sacha Corti", "Lou Delmas", "Noor Esteve")
    found.do("convoquer", found.now - timedelta(days=40))
    return found


def before(hearing: Hearing, working_days: int) -> datetime:
    """The moment of a reminder that leaves so many working days before the séance."""
    day = to_paris(hearing.read().row["tenue_le"]).date()
    return sending_moment(Delay(-working_days, working=True).from_day(day))


def letters(database: Database, letter: str) -> list[dict[str, Any]]:
    query = select(*_C.c).where(_C.c.letter == letter).order_by(_C.c.id)
    with database.reading() as session:
        return [dict(row) for row in session.connection().execute(query).mappings()]


def test_whoever_prepares_a_seance_is_told_to_close_its_agenda_and_to_convene(
    database: Database, engine: Engine, office: Office
) -> None:
    prepared = planned(database, engine, office)
    for at in (before(prepared, 15), before(prepared, 15) + timedelta(days=20)):
        sweep(database, engine, at)
    with database.reading() as session:
        rows = session.connection().execute(select(_T.c.titre, _T.c.pour_id)).all()
    assert {row.pour_id for row in rows} == {prepared.by.compte_id}
    assert sorted(row.titre for row in rows) == [
        "Convoquer les membres du comité\u00a0: CTS du 28 mai 2026",
        "Inscrire les derniers dossiers avant la clôture des inscriptions"
        "\u00a0: CTS du 28 mai 2026",
    ]


def test_every_member_is_convened_with_the_date_for_his_calendar(
    database: Database, hearing: Hearing
) -> None:
    rows = letters(database, "convocation_membres")
    assert [row["recipient_name"] for row in rows] == [each.nom for each in hearing.members()]
    assert not any(row["reminder"] for row in rows)
    context = json.loads(rows[0]["context"])
    event = event_of("seance", context, ("Camille", "camille@comite.example"), 1)
    assert (event.starts, event.place) == (
        hearing.read().row["tenue_le"],
        "Maison des initiatives",
    )


def test_the_pack_leaves_ten_working_days_before_and_once(
    database: Database, engine: Engine, hearing: Hearing
) -> None:
    at = before(hearing, 10)
    assert sweep(database, engine, at - timedelta(minutes=1)).letters == 0
    swept = sweep(database, engine, at)
    assert (swept.letters, swept.reminders) == (5, 1)
    assert sweep(database, engine, at + timedelta(hours=1)).letters == 0
    rows = letters(database, "dossier_de_seance")
    assert all(row["reminder"] and row["due_at"] == at for row in rows)
    assert len({row["recipient_id"] for row in rows}) == 5


def test_only_those_who_have_not_voted_are_reminded(
    database: Database, engine: Engine, hearing: Hearing
) -> None:
    first, second, *others = hearing.members()
    hearing.note(first.id, "excuse")
    hearing.note(second.id, "represente", pouvoir_a_id=others[0].id)
    sweep(database, engine, before(hearing, 10))
    sweep(database, engine, before(hearing, 2))
    reminded = [row["recipient_name"] for row in letters(database, "rappel_seance")]
    assert reminded == [each.nom for each in others]


def test_nobody_is_reminded_twice_the_same_day(
    database: Database, engine: Engine, office: Office, hearing: Hearing
) -> None:
    other = planned(database, engine, office, lieu="Ailleurs", tenue_le="2026-05-28T17:00")
    other.do("convoquer", hearing.now - timedelta(days=40))
    at = before(hearing, 10)
    sweep(database, engine, at)
    rows = letters(database, "dossier_de_seance")
    assert len(rows) == 10
    days = {(row["recipient_id"], to_paris(row["due_at"]).date()) for row in rows}
    assert len(days) == 10
    assert {day for _, day in days} == {to_paris(at).date(), to_paris(at).date() + timedelta(1)}


def test_no_reminder_leaves_at_night(database: Database, engine: Engine, hearing: Hearing) -> None:
    at = before(hearing, 10)
    night = at + timedelta(hours=14)
    assert sweep(database, engine, night).put_off == 1
    assert letters(database, "dossier_de_seance") == []
    assert sweep(database, engine, at + timedelta(days=1)).letters == 5


def test_members_are_told_when_the_date_moves_and_their_reminders_follow(
    database: Database, engine: Engine, hearing: Hearing
) -> None:
    moved = {**FORM, "tenue_le": "2026-06-04T14:00"}
    with database.unit_of_work() as session:
        modify_seance(session, engine, hearing.by, hearing.seance, moved, NOW)
    assert len(letters(database, "convocation_membres")) == 10
    query = select(_E.c.due_at).where(
        _E.c.subject_kind == "seance", _E.c.rule == "dossier_de_seance", _E.c.state == "prevue"
    )
    with database.reading() as session:
        assert session.connection().execute(query).scalars().all() == [before(hearing, 10)]


def test_a_seance_put_off_is_taken_out_of_calendars_and_reminds_nobody(
    database: Database, engine: Engine, hearing: Hearing
) -> None:
    hearing.do("reporter", before(hearing, 12), reason="Salle inondée.")
    (first, *_) = letters(database, "report_seance")
    context = json.loads(first["context"])
    assert context["action"]["motif"] == "Salle inondée."
    assert event_of("seance", context, ("", ""), 1).called_off
    assert sweep(database, engine, before(hearing, 2)).letters == 0
