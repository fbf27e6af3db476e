"""The reminders of a dossier on screen: moved, held, resumed, stopped, sent at once."""

from __future__ import annotations

from tests.builders.dossiers import Counter
from tests.builders.offices import Office, furnish
from tests.builders.reminders import due_of, reminders_sent, states_of
from tests.builders.visitors import Answer, Visitor

_RULE = "contact_sans_rendez_vous"


def press(visitor: Visitor, counter: Counter, gesture: str, **typed: str) -> Answer:
    id = due_of(counter, _RULE).id
    return visitor.post(f"/dossiers/{counter.dossier}/relances/{id}/{gesture}", typed)


def test_a_reminder_is_moved_held_resumed_then_stopped(charge: Visitor, counter: Counter) -> None:
    url = f"/dossiers/{counter.open()}/relances"
    assert "Proposer un rendez-vous" in charge.get(url).text
    assert press(charge, counter, "deplacer", relance_le="2026-04-09T10:15").status_code == 303
    assert due_of(counter, _RULE).due_at.isoformat() == "2026-04-09T08:15:00+00:00"
    states = ("suspendre", "suspendue"), ("reprendre", "prevue"), ("annuler", "arretee")
    for gesture, state in states:
        assert press(charge, counter, gesture).headers["location"] == url
        assert states_of(counter, _RULE)[0] == state
    assert press(charge, counter, "suspendre").status_code == 409


def test_it_is_sent_now(charge: Visitor, counter: Counter) -> None:
    counter.open()
    assert press(charge, counter, "envoyer").status_code == 303
    assert states_of(counter, _RULE)[0] == "faite"
    assert len(reminders_sent(counter)) == 1


def test_a_moment_that_is_not_one_is_told_beside_its_field(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    answer = press(charge, counter, "deplacer", relance_le="2026-03-01T10:00")
    assert answer.status_code == 422
    assert "Ce moment est passé" in answer.text.replace("\xa0", " ")
    assert press(charge, counter, "annuler", version="1").status_code == 409
    assert states_of(counter, _RULE)[0] == "prevue"


def test_a_lecteur_reads_them_and_touches_none(lecteur: Visitor, counter: Counter) -> None:
    shown = lecteur.get(f"/dossiers/{counter.open()}/relances").text
    assert "Proposer un rendez-vous" in shown
    assert "Mettre en pause" not in shown
    assert press(lecteur, counter, "annuler").status_code == 403


def test_those_of_another_organisme_do_not_exist(
    charge: Visitor, counter: Counter, other_office: Office
) -> None:
    with counter.database.unit_of_work() as session:
        theirs = furnish(session, other_office)
    assert charge.get(f"/dossiers/{theirs.dossier}/relances").status_code == 404
    mine = f"/dossiers/{counter.open()}/relances/{theirs.echeance}/annuler"
    assert charge.post(mine).status_code == 404
