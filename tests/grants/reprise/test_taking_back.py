from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from grants.dossiers.notes import add_note
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.tables import Dossier
from grants.organisation.tables import Personne
from grants.rapport.periods import Period
from grants.rapport.stages import funnel
from grants.rapport.tally import Tally
from grants.reprise.tables import RepriseLigne
from grants.structures.contacts import add_contact
from grants.structures.service import create_structure, modify_structure
from grants.structures.tables import Contact, Structure
from tests.builders.offices import NOW
from tests.builders.tables_sent import csv_of
from tests.grants.reprise.conftest import Desk
from workflow.echeance_table import Echeance
from workflow.journal_tables import JournalPayload

STRUCTURES = csv_of(("Nom", "Commune"), ("Roue Libre", "Sète"), ("Les Semis", "Agde"))
DOSSIERS = csv_of(
    ("Projet", "Association", "Porteur", "Mail", "Contact", "Accueil"),
    ("Garage", "Roue Libre", "Anne Exemple", "anne@exemple.fr", "12/03/2009", "02/04/2009"),
    ("Jardin", "Nouvelle", "Paul Exemple", "paul@exemple.fr", "12/03/2026", ""),
)
KIND = "dossiers-microprojets"


def test_all_that_was_added_goes_and_the_journal_still_holds(desk: Desk) -> None:
    with desk.database.unit_of_work() as session:
        create_structure(session, desk.identity, {"nom": "Roue Libre"}, NOW)
    id = desk.take_over(KIND, DOSSIERS)
    assert (desk.count(Dossier), desk.count(Structure), desk.count(Echeance)) == (2, 2, 3)
    row = desk.undo(id)
    assert (row["etat"], row["message"]) == ("annulee", "")
    gone = (Dossier, Personne, Contact, Echeance, RepriseLigne)
    assert [desk.count(model) for model in gone] == [0] * len(gone)
    assert [row["nom"] for row in desk.rows(Structure)] == ["Roue Libre"]
    found = desk.verify()
    assert found.sound, found.findings


def test_what_was_taken_back_is_counted_by_no_report_and_its_words_are_forgotten(
    desk: Desk,
) -> None:
    desk.undo(desk.take_over(KIND, DOSSIERS))
    with desk.database.reading() as session:
        assert funnel(Tally(session.connection(), desk.office.id), "microprojets", Period()) == {}
    kept = [row for row in desk.rows(JournalPayload) if row["subject_kind"] != "organisme"]
    assert kept
    assert all(row["content"] is None and row["erased_at"] is not None for row in kept)


def test_ids_that_served_never_serve_again(desk: Desk) -> None:
    desk.undo(desk.take_over(KIND, DOSSIERS))
    with desk.database.unit_of_work() as session:
        create_structure(session, desk.identity, {"nom": "Neuve"}, NOW)
        opening = Opening("microprojets", date(2026, 3, 1), values={"titre": "Neuf"})
        open_dossier(session, desk.engine, desk.identity, opening, NOW)
    assert desk.verify().sound
    desk.take_over(KIND, DOSSIERS.replace(b"Garage", b"Atelier"))
    found = desk.verify()
    assert found.sound, found.findings


def test_the_same_file_may_come_again_once_taken_back(desk: Desk) -> None:
    desk.undo(desk.take_over("structures", STRUCTURES))
    desk.take_over("structures", STRUCTURES)
    assert desk.count(Structure) == 2


def test_reprises_are_taken_back_from_the_last_to_the_first(desk: Desk) -> None:
    first = desk.take_over("structures", STRUCTURES)
    second = desk.take_over(KIND, DOSSIERS)
    refused = desk.undo(first)
    assert refused["etat"] == "faite"
    assert "« Roue Libre »" in refused["message"]
    assert desk.undo(second)["etat"] == "annulee"
    assert desk.undo(first)["etat"] == "annulee"
    assert desk.count(Structure) == 0
    assert desk.verify().sound


def _note(desk: Desk) -> None:
    with desk.database.unit_of_work() as session:
        id = desk.rows(Dossier)[0]["id"]
        add_note(session, desk.engine, desk.identity, id, "Vu.", NOW)


def _changed(desk: Desk) -> None:
    row = next(each for each in desk.rows(Structure) if each["nom"] == "Nouvelle")
    with desk.database.unit_of_work() as session:
        modify_structure(session, desk.identity, row["id"], {"nom": "Nouvelle équipe"}, NOW)


def _contact(desk: Desk) -> None:
    row = next(each for each in desk.rows(Structure) if each["nom"] == "Nouvelle")
    with desk.database.unit_of_work() as session:
        add_contact(session, desk.identity, row["id"], {"nom": "Autre"}, NOW)


def _dossier(desk: Desk) -> None:
    row = next(each for each in desk.rows(Personne) if each["nom"] == "Anne Exemple")
    opening = Opening("microprojets", date(2026, 3, 1), porteur_id=row["id"])
    with desk.database.unit_of_work() as session:
        open_dossier(session, desk.engine, desk.identity, opening, NOW)


HOLDS = {
    "a note": (_note, "le dossier « MP-2009-001 » a changé"),
    "a change": (_changed, "la structure « Nouvelle équipe » a changé"),
    "a contact": (_contact, "un contact tient à la structure « Nouvelle »"),
    "a dossier": (_dossier, "un dossier tient à la personne « Anne Exemple »"),
}


@pytest.mark.parametrize(("hold", "said"), HOLDS.values(), ids=HOLDS)
def test_what_hangs_on_it_is_told_and_nothing_goes(
    desk: Desk, hold: Callable[[Desk], None], said: str
) -> None:
    id = desk.take_over(KIND, DOSSIERS)
    hold(desk)
    tables = (Dossier, Structure, Personne, Contact, RepriseLigne)
    before = [desk.rows(model) for model in tables]
    row = desk.undo(id)
    assert row["etat"] == "faite"
    assert said in row["message"]
    assert [desk.rows(model) for model in tables] == before
