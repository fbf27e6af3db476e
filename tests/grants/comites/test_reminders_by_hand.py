"""The reminders of a séance seen before they leave: whom they reach, and what people do to them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from grants.comites.reading import KIND
from grants.comites.seances import create_seance
from grants.organisation.identity import ReadOnly
from grants.relances import by_hand
from grants.relances.agenda import Narrowing, agenda, last_held_before
from grants.relances.by_hand import ReminderChanged, ReminderOver, Touch
from grants.relances.feed_file import calendar_file
from grants.relances.foreseeing import Coming
from grants.relances.foreseeing_sitting import foresee_sitting
from grants.relances.service import sweep
from notifications.courrier_table import Courrier
from tests.builders.hearings import Hearing
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of
from workflow.dates import format_datetime, to_paris
from workflow.echeances import ANNULEE, ARRETEE, FAITE, SUSPENDUE
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Refused
from workflow.journal_reading import lines_of

_C = table_of(Courrier)
PACK, VOTES = "dossier_de_seance", "membres_sans_vote"
FORM = {
    "comite": "CTS",
    "tenue_le": "2026-05-28T14:00",
    "lieu": "Maison des initiatives",
    "cloture_inscriptions": "2026-05-12",
}


@pytest.fixture
def hearing(database: Database, engine: Engine, office: Office) -> Hearing:
    """A séance convened a month before, with five members; one has no e-mail."""
    by = office.identity("charge_de_mission")
    with database.unit_of_work() as session:
        id = create_seance(session, engine, by, FORM, NOW)
    found = Hearing(database, engine, by, id)
    found.name("Camille Aubrac", rang_presidence="1")
    found.name("Dany Belmont", "Sacha Corti", "Lou Delmas")
    found.name("Noor Esteve", email="")
    found.do("convoquer", found.now - timedelta(days=40))
    return found


def convened(hearing: Hearing) -> datetime:
    return hearing.now - timedelta(days=40)


def coming(hearing: Hearing, now: datetime | None = None) -> dict[str, Coming]:
    """What is foreseen, by its rule."""
    with hearing.database.reading() as session:
        found = foresee_sitting(
            session.connection(), hearing.engine, hearing.read(), now or convened(hearing)
        )
    return {each.rule.key: each for each in found}


def do(hearing: Hearing, gesture: str, which: str, *more: object, now: datetime | None = None):  # noqa: ANN201
    """Somebody touches a reminder as he sees it."""
    seen = coming(hearing)[which]
    touch = Touch(hearing.seance, seen.id, seen.version, kind=KIND)
    with hearing.database.unit_of_work() as session:
        return getattr(by_hand, gesture)(
            session, hearing.engine, hearing.by, touch, *more, now or convened(hearing)
        )


def letters(hearing: Hearing, letter: str) -> list[str]:
    query = select(_C.c.recipient_name).where(_C.c.letter == letter).order_by(_C.c.id)
    with hearing.database.reading() as session:
        return list(session.connection().execute(query).scalars())


def story(hearing: Hearing) -> list[str]:
    """What the séance's journal says of its reminders."""
    with hearing.database.reading() as session:
        lines = lines_of(session.connection(), KIND, hearing.seance)
    return [line.content["texte"] for line in lines if line.event.startswith("relance")]


def test_what_will_leave_is_seen_with_its_day_its_members_and_its_reason(hearing: Hearing) -> None:
    found = coming(hearing)
    assert set(found) == {PACK, VOTES}
    pack = found[PACK]
    assert to_paris(pack.due_at).date().isoformat() == "2026-05-12"
    assert (pack.way, pack.many) == ("courriel", (4, 1))
    names = [each.nom for each in hearing.members()]
    names[names.index("Noor Esteve")] += " (à imprimer)"
    assert pack.to.split(", ") == names
    assert found[VOTES].since is not None
    assert not any(each.against for each in found.values())


def test_who_is_excused_is_not_among_those_to_remind(hearing: Hearing) -> None:
    first, *others = hearing.members()
    hearing.note(first.id, "excuse")
    assert first.nom not in coming(hearing)[VOTES].to
    assert all(each.nom in coming(hearing)[VOTES].to for each in others)


def test_a_reminder_that_is_held_leaves_only_once_it_is_resumed(hearing: Hearing) -> None:
    do(hearing, "hold_reminder", PACK)
    due_at = coming(hearing)[PACK].due_at
    assert coming(hearing)[PACK].state == SUSPENDUE
    assert sweep(hearing.database, hearing.engine, due_at).letters == 0
    do(hearing, "resume_reminder", PACK)
    assert sweep(hearing.database, hearing.engine, due_at).letters == len(hearing.members())
    assert story(hearing)[-1].startswith("Envoi du dossier de séance")
    assert "Envoi du dossier de séance\u00a0: suspendue." in story(hearing)


def test_a_reminder_that_is_cancelled_never_leaves(hearing: Hearing) -> None:
    do(hearing, "cancel_reminder", VOTES)
    found = coming(hearing)[VOTES]
    assert found.state == ARRETEE
    sweep(hearing.database, hearing.engine, found.due_at)
    assert letters(hearing, "rappel_seance") == []


def test_a_reminder_leaves_at_the_moment_it_was_moved_to(hearing: Hearing) -> None:
    do(hearing, "move_reminder", PACK, {"relance_le": "2026-05-18T10:30"})
    moved = coming(hearing)[PACK]
    assert format_datetime(moved.due_at) == "18 mai 2026 à 10\u00a0h\u00a030"
    assert sweep(hearing.database, hearing.engine, moved.due_at - timedelta(minutes=1)).letters == 0
    assert sweep(hearing.database, hearing.engine, moved.due_at).letters == len(hearing.members())
    assert any(
        "prévue le 18 mai 2026" in each and "au lieu du 12 mai" in each for each in story(hearing)
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-05-17T10:30", "ni le dimanche"),
        ("2026-05-29T10:30", "qui sera passé"),
        ("", "à renseigner"),
    ],
)
def test_a_reminder_cannot_leave_on_a_sunday_nor_after_the_seance(
    hearing: Hearing, typed: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        do(hearing, "move_reminder", PACK, {"relance_le": typed})
    assert said in " ".join(refused.value.faults.values())


def test_a_reminder_asked_for_at_once_leaves_at_any_hour_and_once(hearing: Hearing) -> None:
    night = convened(hearing).replace(hour=22)
    assert do(hearing, "send_now", PACK, now=night)
    assert letters(hearing, "dossier_de_seance") == [each.nom for each in hearing.members()]
    assert coming(hearing)[PACK].state == FAITE
    sweep(hearing.database, hearing.engine, coming(hearing)[PACK].due_at)
    assert len(letters(hearing, "dossier_de_seance")) == len(hearing.members())
    with pytest.raises(ReminderOver):
        do(hearing, "send_now", PACK)


def test_those_who_all_voted_or_will_not_come_cannot_be_reminded_at_once(hearing: Hearing) -> None:
    for each in hearing.members():
        hearing.note(each.id, "excuse")
    assert coming(hearing)[VOTES].against
    with pytest.raises(Refused):
        do(hearing, "send_now", VOTES)


def test_two_people_touch_the_same_reminder_and_the_second_is_told(hearing: Hearing) -> None:
    seen = coming(hearing)[PACK]
    do(hearing, "hold_reminder", PACK)
    touch = Touch(hearing.seance, seen.id, seen.version, kind=KIND)
    with pytest.raises(ReminderChanged), hearing.database.unit_of_work() as session:
        by_hand.cancel_reminder(session, hearing.engine, hearing.by, touch, convened(hearing))


def test_another_organisme_and_a_reader_touch_nothing(
    hearing: Hearing, office: Office, other_office: Office
) -> None:
    seen = coming(hearing)[PACK]
    touch = Touch(hearing.seance, seen.id, kind=KIND)
    at = convened(hearing)
    for by, error in (
        (other_office.identity("charge_de_mission"), NotFound),
        (office.identity("lecteur"), ReadOnly),
    ):
        with pytest.raises(error), hearing.database.unit_of_work() as session:
            by_hand.hold_reminder(session, hearing.engine, by, touch, at)


def test_a_reminder_of_a_seance_is_not_taken_for_one_of_a_dossier(hearing: Hearing) -> None:
    seen = coming(hearing)[PACK]
    touch = Touch(hearing.seance, seen.id)
    with pytest.raises(NotFound), hearing.database.unit_of_work() as session:
        by_hand.hold_reminder(session, hearing.engine, hearing.by, touch, convened(hearing))


def test_a_seance_that_is_put_off_takes_its_reminders_back(hearing: Hearing) -> None:
    before = [each.id for each in coming(hearing).values()]
    hearing.do("reporter", convened(hearing), reason="Trop peu de dossiers.")
    assert coming(hearing) == {}
    sweep(hearing.database, hearing.engine, hearing.now)
    assert letters(hearing, "dossier_de_seance") == []
    assert before


def test_the_agenda_and_its_feed_show_them_and_where_they_wait(
    hearing: Hearing, office: Office
) -> None:
    do(hearing, "hold_reminder", VOTES)
    span = (convened(hearing), hearing.now + timedelta(days=30))

    def seen(narrowing: Narrowing) -> list[tuple[str, bool]]:
        with hearing.database.reading() as session:
            found = agenda(session.connection(), hearing.engine, office.id, span, narrowing, 100)
        return [(each.label, each.held) for each in found if each.seance_id == hearing.seance]

    pack, votes = "Envoi du dossier de séance", "Rappel aux membres qui n’ont pas voté"
    assert seen(Narrowing(kinds=("relance",))) == [(pack, False)]
    assert seen(Narrowing(kinds=("relance",), held=True)) == [(pack, False), (votes, True)]
    mine, nobodys = hearing.by.compte_id, 0
    assert seen(Narrowing(mine, kinds=("relance",))) == [(pack, False)]
    assert seen(Narrowing(nobodys, kinds=("relance",))) == []
    assert seen(Narrowing(pipeline="microprojets", kinds=("relance",))) == []
    with hearing.database.reading() as session:
        connection = session.connection()
        assert last_held_before(connection, office.id, span[1], Narrowing()) is not None
        lines = agenda(connection, hearing.engine, office.id, span, Narrowing(), 100)
    told = calendar_file(lines, "Agenda", "https://oi.example", NOW).decode()
    plain = told.replace("\r\n ", "")
    assert f"SUMMARY:Rappel\u00a0: {pack} (CTS du 28 mai 2026)" in plain
    assert f"URL:https://oi.example/seances/{hearing.seance}" in plain


def test_a_reminder_whose_cause_is_gone_says_so_before_it_would_leave(hearing: Hearing) -> None:
    for each in hearing.members():
        hearing.note(each.id, "excuse")
    due_at = coming(hearing)[VOTES].due_at
    assert sweep(hearing.database, hearing.engine, due_at).letters <= len(hearing.members())
    assert letters(hearing, "rappel_seance") == []
    assert coming(hearing)[VOTES].state == ANNULEE
