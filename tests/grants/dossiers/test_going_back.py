"""A dossier taken up again, and moves taken back with all that they had done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text, update

from grants.dossiers.tables import Dossier
from tests.builders.dossiers import IBAN, Counter
from workflow.database import table_of

PIECES_REMINDERS = {"pieces_manquantes", "pieces_a_demander"}
REASON = "Erreur de saisie."


@pytest.mark.parametrize("origin", ["contact", "accompagnement", "cts", "selectionne"])
def test_a_closed_request_is_taken_up_again_where_it_was_left(
    counter: Counter, origin: str
) -> None:
    counter.take_to(origin)
    counter.do("classer_sans_suite", reason="Le porteur renonce.")
    counter.wait(days=30)
    assert counter.do("reactiver", reason="Il revient.").stage == origin
    assert counter.read().stage_since == counter.now
    assert not counter.lines()[-1].corrects


def test_a_correction_gives_back_the_answers_that_the_move_had_changed(counter: Counter) -> None:
    counter.take_to("selectionne")
    kept = counter.read().values
    counter.wait(days=1)
    counter.bring_pieces()
    counter.do("conventionner", **counter.convention(date_debut="2026-06-01"))
    changed = counter.read().values
    assert (changed["date_debut"], changed["iban"]) == (
        date(2026, 6, 1),
        IBAN.replace(" ", ""),
    )
    counter.do("corriger_etape", by="direction", reason=REASON)
    back = counter.read()
    assert back.stage == "selectionne"
    assert {key: value for key, value in back.values.items() if value is not None} == {
        key: value for key, value in kept.items() if value is not None
    }
    line = counter.lines()[-1]
    assert line.corrects == line.seq - 1
    assert line.content["champs"]["date_debut"] == "2026-05-04"
    assert line.content["avant"]["date_debut"] == "2026-06-01"
    assert line.content["motif"] == REASON


def test_an_answer_changed_again_since_is_not_given_back(counter: Counter) -> None:
    counter.take_to("accompagnement")
    counter.fill("projet")
    counter.finance()
    counter.bring_pieces()
    first = counter.plan_seance()
    second = counter.plan_seance(days=30)
    counter.do("inscrire_cts", seance=str(first))
    with counter.database.unit_of_work() as session:
        session.connection().execute(update(table_of(Dossier)).values(seance_id=second))
    counter.do("corriger_etape", by="direction", reason=REASON)
    assert counter.read().values["seance"] == second


def test_a_correction_cancels_the_letters_that_have_not_left(counter: Counter) -> None:
    counter.take_to("cts")
    counter.wait(days=21)
    counter.hear("retenu", 1_800_000)
    counter.do("selectionner", montant_accorde="18 000")
    assert counter.letters()[-1] == ("notification_accord", "prepare")
    counter.do("corriger_etape", by="direction", reason=REASON)
    assert counter.letters()[-1] == ("notification_accord", "annule")
    assert counter.letters()[-2] == ("invitation_cts", "prepare")


def test_a_correction_gives_the_stage_its_date_and_its_reminders_back(counter: Counter) -> None:
    counter.take_to("selectionne")
    since, due = counter.read().stage_since, counter.still_open()
    expected = [*["convention_non_signee"] * 2, "convention_a_demander"]
    assert [rule for rule, _occurrence, _day in due] == expected
    counter.wait(days=3)
    counter.do("classer_sans_suite", reason="Le porteur renonce.")
    assert counter.still_open() == []
    counter.do("corriger_etape", by="direction", reason=REASON)
    assert counter.read().stage_since == since
    assert counter.still_open() == due


def test_a_corrected_appointment_is_no_longer_one(counter: Counter) -> None:
    counter.open()
    waiting = counter.still_open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert counter.fact("rendez_vous") is not None
    counter.do("corriger_etape", by="direction", reason=REASON)
    assert counter.fact("rendez_vous") is None
    assert counter.still_open() == waiting


def test_corrections_go_back_to_the_first_contact_and_no_further(counter: Counter) -> None:
    counter.take_to("cts")
    for expected in ("accompagnement", "accueil", "contact"):
        assert counter.do("corriger_etape", by="direction", reason=REASON).stage == expected
    assert counter.refusals("corriger_etape", by="direction", reason=REASON) == [
        "Il n'y a aucune étape à laquelle revenir."
    ]


def test_a_stage_corrected_is_entered_for_the_first_time_again(counter: Counter) -> None:
    counter.open()
    for _ in range(2):
        counter.do("accueillir", rendez_vous="2026-03-20T10:30")
        counter.do("corriger_etape", by="direction", reason=REASON)
    with counter.database.reading() as session:
        query = text("SELECT first_entry FROM journal WHERE event = 'accueillir'")
        assert [bool(first) for (first,) in session.connection().execute(query)] == [True, True]


def test_withdrawing_from_the_comite_forgets_the_seance_and_its_reminder(counter: Counter) -> None:
    counter.take_to("cts")
    assert counter.read().values["seance"] == counter.seance
    assert [rule for rule, *_ in counter.still_open()] == ["porteur_invite"]
    counter.do("retirer_du_cts", reason="Budget à revoir.")
    assert counter.read().values["seance"] is None
    assert {rule for rule, *_ in counter.still_open()} == PIECES_REMINDERS


def test_changing_seance_moves_the_reminder_and_stays_in_the_stage(counter: Counter) -> None:
    counter.take_to("cts")
    since, first = counter.read().stage_since, counter.seance
    before = counter.still_open()
    counter.wait(days=1)
    other = counter.plan_seance(days=40)
    same = {"seance": str(first), "reason": "Report."}
    assert counter.refusals("changer_de_seance", **same) == [
        "Le dossier est déjà inscrit à cette séance. Choisissez-en une autre."
    ]
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    after = counter.read()
    assert (after.stage, after.stage_since, after.values["seance"]) == ("cts", since, other)
    assert [row[:2] for row in counter.still_open()] == [row[:2] for row in before]
    assert counter.still_open() != before
    counter.do("corriger_etape", by="direction", reason=REASON)
    assert counter.read().values["seance"] == first
    assert counter.still_open() == before


def test_a_reminder_paused_by_hand_stays_so_in_another_seance(counter: Counter) -> None:
    counter.take_to("cts")
    with counter.database.unit_of_work() as session:
        paused = text("UPDATE echeance SET state = 'suspendue' WHERE state = 'prevue'")
        assert session.connection().execute(paused).rowcount == 1
    other = counter.plan_seance(days=40)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    assert counter.still_open() == []


def test_a_reminder_sent_for_one_seance_is_due_again_for_the_next(counter: Counter) -> None:
    counter.take_to("cts")
    with counter.database.unit_of_work() as session:
        sent = text("UPDATE echeance SET state = 'faite' WHERE state = 'prevue'")
        assert session.connection().execute(sent).rowcount == 1
    other = counter.plan_seance(days=40)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    assert [row[:2] for row in counter.still_open()] == [("porteur_invite", 1)]


def test_terminating_a_convention_is_the_directions(counter: Counter) -> None:
    counter.take_to("suivi")
    done = counter.do(
        "resilier", by="direction", reason="Projet abandonné.", montant_a_rembourser="2 500,50"
    )
    assert done.stage == "resilie"
    assert counter.read().values["montant_a_rembourser"] == 250_050
    assert counter.letters()[-1][0] == "resiliation"
    assert counter.still_open() == []


def test_a_reoriented_request_goes_on_in_a_linked_dossier(counter: Counter) -> None:
    counter.take_to("accueil")
    counter.fill("projet")
    counter.do("reorienter", destination="dla_individuel", ouvrir_dossier="oui")
    assert counter.read().stage == "reoriente"
    with counter.database.reading() as session:
        links = list(session.connection().execute(text("SELECT * FROM lien_dossier")).mappings())
    assert [(link["origine_id"], link["nature"]) for link in links] == [(counter.dossier, "suite")]
    opened, origin = counter.read(links[0]["suite_id"]), counter.read()
    assert (opened.pipeline, opened.stage) == ("dla_individuel", "demande")
    for column in ("porteur_id", "structure_id", "referent_id", "titre", "departement"):
        assert opened.row[column] == origin.row[column]
    assert [line.event for line in counter.lines(opened.id)] == ["ouverture"]


def test_a_referent_who_left_does_not_hold_the_linked_dossier_back(counter: Counter) -> None:
    counter.take_to("accueil")
    with counter.database.unit_of_work() as session:
        session.connection().execute(
            text("UPDATE adhesion SET active = false WHERE role = 'charge_de_mission'")
        )
    counter.do("reorienter", by="direction", destination="dla_individuel", ouvrir_dossier="oui")
    assert counter.read(counter.dossier + 1).row["referent_id"] is None


@pytest.mark.parametrize(("asked", "noted"), [("oui", 1), ("non", 0)])
def test_a_corrected_reorientation_is_told_on_the_dossier_that_it_had_opened(
    counter: Counter, asked: str, noted: int
) -> None:
    counter.open()
    counter.do("reorienter", destination="dla_individuel", ouvrir_dossier=asked)
    assert counter.do("corriger_etape", by="direction", reason=REASON).stage == "contact"

    with counter.database.reading() as session:
        notes = session.connection().execute(text("SELECT dossier_id, auteur, texte FROM note"))
        told = notes.all()
    assert len(told) == noted
    for dossier, author, words in told:
        assert (dossier, author) == (counter.dossier + 1, "Microprojets")
        assert "classez-le sans suite" in words
