"""An eventful séance: its journal alone gives its minutes back, to the letter."""

from __future__ import annotations

import json
from datetime import timedelta

from grants.comites.agenda import order_agenda, take_off_agenda
from grants.comites.deports import come_back, step_aside
from grants.comites.minutes import minutes_from, minutes_row, write_remarks
from grants.comites.presences import take_the_chair
from grants.comites.seances import modify_seance
from tests.builders.agendas import Agenda
from tests.builders.dossiers import Counter
from tests.builders.minutes import minutes_from_tables
from workflow.dates import to_paris
from workflow.journal_reading import lines_of


def test_whatever_happened_the_journal_alone_gives_the_minutes_back(counter: Counter) -> None:
    agenda = Agenda(counter, 2)
    hearing, (first, second, third) = agenda.hearing, agenda.dossiers
    _prepare(agenda)
    people = [each.id for each in hearing.members()]
    _come(agenda, people)
    _decide(agenda, people)
    with hearing.database.unit_of_work() as session:
        take_off_agenda(session.connection(), hearing.by, third, hearing.now)
        write_remarks(session, hearing.by, hearing.seance, "Brouillon", hearing.now)
    hearing.begin(second)
    hearing.vote(second, people[0], "ajournement")
    hearing.close(second)
    hearing.settle(second, "ajourne", motif="À revoir.")
    hearing.now += timedelta(minutes=1)
    hearing.do("clore")
    hearing.do("rouvrir", reason="Un oubli.")
    hearing.do("clore")
    with hearing.database.unit_of_work() as session:
        write_remarks(session, hearing.by, hearing.seance, "Texte final", hearing.now)
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    with hearing.database.reading() as session:
        connection = session.connection()
        row = minutes_row(connection, hearing.seance)
        lines = lines_of(connection, "seance", hearing.seance)
        of_the_tables = minutes_from_tables(connection, hearing.read())
    assert row is not None
    of_the_journal = minutes_from(reversed(lines))
    assert of_the_journal == json.loads(row["donnees"]) == of_the_tables
    assert [each["dossier"] for each in of_the_journal["dossiers"]] == [first, second]
    assert of_the_journal["seance"]["lieu"] == "Salle du conseil"
    assert of_the_journal["remarques"] == "Texte final"


def _prepare(agenda: Agenda) -> None:
    """Members are named, the séance is moved to another room, then convened."""
    hearing = agenda.hearing
    hearing.name("Camille Aubrac", rang_presidence="1")
    hearing.name("Dany Belmont", rang_presidence="2")
    hearing.name("Sacha Corti", "Lou Delmas", "Noor Esteve")
    _moved(agenda, lieu="Salle du conseil", lien_visio="https://visio.example/cts")
    hearing.convene()


def _come(agenda: Agenda, people: list[int]) -> None:
    """Another presides; the order changes; two step aside, one comes back; one is late."""
    hearing, (first, second, third) = agenda.hearing, agenda.dossiers
    chair, other, away, late, left = people
    with hearing.database.unit_of_work() as session:
        order_agenda(session, hearing.by, hearing.seance, [third, first, second], hearing.now)
        take_the_chair(session, hearing.by, hearing.seance, other, hearing.now)
        step_aside(session, hearing.siege(late), hearing.seance, first, late, "ami", hearing.now)
        step_aside(session, hearing.siege(left), hearing.seance, first, left, "", hearing.now)
        come_back(session, hearing.siege(late), hearing.seance, first, late, hearing.now)
    hearing.note(away, "represente", pouvoir_a_id=chair)
    hearing.open(chair, other, left)
    hearing.now += timedelta(minutes=20)
    hearing.note(late, "present")


def _decide(agenda: Agenda, people: list[int]) -> None:
    """Votes are given, one is changed; the decision is replaced; one leaves."""
    hearing, first = agenda.hearing, agenda.dossiers[0]
    chair, other, away, late, left = people
    hearing.begin(first)
    for member, choix, amount in (
        (chair, "favorable", 1_200_000),
        (away, "favorable", None),
        (other, "favorable_avec_reserves", 900_000),
        (late, "defavorable", None),
    ):
        reserves = "Un bail" if "reserves" in choix else ""
        hearing.vote(first, member, choix, montant=amount, reserves=reserves)
    hearing.vote(first, late, "abstention", own=True)
    hearing.close(first)
    hearing.settle(first, "retenu")
    hearing.settle(first, "retenu", montant=800_000, motif="Prudence.", reserves=("Un bail",))
    hearing.now += timedelta(minutes=10)
    hearing.note(left, "present", leaves=True)


def _moved(agenda: Agenda, **answers: str) -> None:
    hearing = agenda.hearing
    row = hearing.read().row
    form = {
        "comite": row["comite"],
        "tenue_le": to_paris(row["tenue_le"]).strftime("%Y-%m-%dT%H:%M"),
        "cloture_inscriptions": row["cloture_inscriptions"].isoformat(),
        "minutes_par_dossier": "20",
    }
    early = hearing.now - timedelta(days=30)
    with hearing.database.unit_of_work() as session:
        at = (hearing.seance, {**form, **answers}, early)
        assert modify_seance(session, hearing.engine, hearing.by, *at)
