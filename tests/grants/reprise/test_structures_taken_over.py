from __future__ import annotations

import pytest

from grants.organisation.tables import Organisme, Personne
from grants.reprise import running
from grants.reprise.service import AlreadyUnderWay, NotAtThatPoint, StillFaulty, launch_write
from grants.reprise.tables import Reprise, RepriseLigne
from grants.structures.service import create_structure
from grants.structures.tables import Contact, Structure
from tests.builders.offices import NOW
from tests.builders.tables_sent import csv_of, xlsx_of
from tests.grants.reprise.conftest import Desk
from workflow.errors import Invalid
from workflow.journal_reading import lines_of

TITLES = ("Nom", "SIRET", "RNA", "Statut", "Effectif", "CP", "Commune", "Tél", "Mail", "Numéro")
ROW = ("Les Semis", "732 829 320 00074", "W342000001", "Association", "3,5", "34000", "Sète",
       "01 99 00 12 34", "Semis@Exemple.fr", "A-1")  # fmt: skip


def test_structures_are_recorded_as_the_form_would_with_their_journal(desk: Desk) -> None:
    id = desk.take_over("structures", xlsx_of(TITLES, ROW, ("Roue Libre",)))
    first, second = desk.rows(Structure)
    kept = {key: first[key] for key in ("nom", "siret", "rna", "forme_juridique", "departement")}
    assert kept == {
        "nom": "Les Semis",
        "siret": "73282932000074",
        "rna": "W342000001",
        "forme_juridique": "association",
        "departement": "34",
    }
    assert (first["effectif_centiemes"], first["telephone"]) == (350, "+33199001234")
    assert (second["nom"], second["siret"]) == ("Roue Libre", None)
    with desk.database.reading() as session:
        (line,) = lines_of(session.connection(), "structure", first["id"])
    assert (line.event, line.content["reprise"]) == ("structure_creee", id)
    assert line.content["champs"]["nom"] == {"avant": None, "apres": "Les Semis"}
    assert desk.verify().sound


def test_the_file_is_forgotten_and_the_organisme_s_journal_remembers_its_digest(desk: Desk) -> None:
    id = desk.take_over("structures", csv_of(TITLES, ROW))
    row = desk.row(id)
    assert row["contenu"] is None
    (organisme,) = desk.rows(Organisme)
    with desk.database.reading() as session:
        last = lines_of(session.connection(), "organisme", organisme["id"])[0]
    assert (last.event, last.content["empreinte"]) == ("reprise_faite", row["digest"])
    assert last.content["comptes"]["structures"] == 1


def test_what_is_known_is_matched_by_its_numbers_and_never_overwritten(desk: Desk) -> None:
    with desk.database.unit_of_work() as session:
        known = {"nom": "Semis (les)", "siret": "73282932000074", "commune": "Agde"}
        create_structure(session, desk.identity, known, NOW)
    before = desk.rows(Structure)
    id = desk.check("structures", csv_of(TITLES, ROW))
    assert desk.told(id)["connues"] == 1
    told = {each["label"]: (each["kept"], each["said"]) for each in desk.told(id)["exemples"]}
    assert told["Commune"] == ("Agde", "Sète")
    assert told["Nom de la structure"] == ("Semis (les)", "Les Semis")
    desk.write(id)
    assert desk.rows(Structure) == before


@pytest.mark.parametrize("column", ["Nom", "SIRET", "RNA", "Numéro"])
def test_one_thing_in_common_is_enough_to_be_known(desk: Desk, column: str) -> None:
    desk.take_over("structures", csv_of(TITLES, ROW))
    at = TITLES.index(column)
    again = [value if index == at else "" for index, value in enumerate(ROW)]
    again[0] = "Les Semis" if column == "Nom" else "Un autre nom"
    id = desk.check("structures", csv_of(TITLES, again))
    assert (desk.faults(id), desk.told(id)["connues"]) == ([], 1)
    assert desk.told(id)["ajouts"]["structures"] == 0


def test_two_numbers_of_two_structures_are_told(desk: Desk) -> None:
    with desk.database.unit_of_work() as session:
        create_structure(session, desk.identity, {"nom": "A", "siret": "73282932000074"}, NOW)
        create_structure(session, desk.identity, {"nom": "B", "rna": "W342000001"}, NOW)
    (fault,) = desk.faults(desk.check("structures", csv_of(TITLES, ROW)))
    assert (fault.row, fault.title) == (2, "RNA")
    assert "« A »" in fault.what
    assert "« B »" in fault.what


def test_every_faulty_cell_is_told_with_its_place_and_nothing_may_be_written(desk: Desk) -> None:
    rows = (
        TITLES,
        ROW,
        ("", "1,23E+13", "W1", "GAEC", "x", "3400", "Sète", "12", "pas d'adresse", ""),
        ("N" * 300, "", "", "", "", "", "", "", "", ""),
        ("a\x07b", "", "", "", "", "", "", "", "", ""),
    )
    id = desk.check("structures", csv_of(*rows))
    faults = desk.faults(id)
    assert [(each.row, each.title) for each in faults] == [
        *((3, title) for title in TITLES if title not in ("Commune", "Numéro")),
        (4, "Nom"),
        (5, "Nom"),
    ]
    assert all(each.what.endswith(".") for each in faults)
    assert desk.count(Structure) == 0
    with pytest.raises(StillFaulty):
        desk.write(id)
    assert (desk.count(Structure), desk.count(RepriseLigne)) == (0, 0)


def test_a_structure_twice_in_a_file_is_added_once(desk: Desk) -> None:
    id = desk.take_over("structures", csv_of(TITLES, ROW, ROW))
    assert (desk.count(Structure), desk.told(id)["connues"]) == (1, 1)


def test_a_repeated_row_of_titles_and_what_is_not_chosen_are_left_out(desk: Desk) -> None:
    rows = (("Nom", "Couleur"), ("A", "vert"), ("Nom", "Couleur"), ("", "rouge"), ("B", ""))
    id = desk.take_over("structures", csv_of(*rows))
    assert [row["nom"] for row in desk.rows(Structure)] == ["A", "B"]
    assert desk.told(id)["lignes"] == 2


def test_the_same_file_twice_is_refused_with_its_date(desk: Desk) -> None:
    content = csv_of(TITLES, ROW)
    desk.take_over("structures", content)
    with pytest.raises(Invalid) as refused:
        desk.send("structures", content)
    assert "déjà été repris le 12 mars 2026" in refused.value.faults["fichier"]
    assert desk.count(Structure) == 1


def test_the_same_rows_in_another_file_add_nothing(desk: Desk) -> None:
    nameless = ("Sans numéro", "", "", "", "", "", "", "", "", "")
    desk.take_over("structures", csv_of(TITLES, ROW, nameless))
    before = desk.rows(Structure)
    id = desk.take_over("structures", xlsx_of(TITLES, nameless, ROW))
    assert (desk.told(id)["connues"], desk.rows(Structure)) == (2, before)


def test_contacts_join_their_structures_and_are_known_again(desk: Desk) -> None:
    desk.take_over("structures", csv_of(TITLES, ROW))
    titles = ("Nom", "Prénom", "Mail", "Téléphone", "Fonction", "Association", "SIRET")
    rows = (
        ("Exemple", "Anne", "anne@exemple.fr", "", "Présidente", "", "73282932000074"),
        ("Exemple", "Anne", "anne@exemple.fr", "", "Présidente", "Les Semis", ""),
        ("Sans-adresse", "", "", "", "Trésorier", "Les Semis", ""),
        ("Seule", "", "", "01 99 00 12 35", "", "", ""),
    )
    desk.take_over("contacts", csv_of(titles, *rows))
    assert [row["nom"] for row in desk.rows(Personne)] == ["Anne Exemple", "Sans-adresse", "Seule"]
    assert [row["fonction"] for row in desk.rows(Contact)] == ["Présidente", "Trésorier"]
    assert desk.verify().sound
    again = desk.take_over("contacts", xlsx_of(titles, *rows))
    assert desk.told(again)["connues"] == 4
    assert (desk.count(Personne), desk.count(Contact)) == (3, 2)


def test_a_contact_of_an_unknown_structure_or_without_a_name_is_told(desk: Desk) -> None:
    titles = ("Nom", "Mail", "Association")
    rows = (("A", "a@exemple.fr", "Inconnue"), ("", "b@exemple.fr", ""))
    faults = desk.faults(desk.check("contacts", csv_of(titles, *rows)))
    assert [(each.row, each.title) for each in faults] == [(2, "Association"), (3, "Nom")]


def test_a_compulsory_column_must_be_given_and_none_twice(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.check("structures", csv_of(("Couleur", "Ville"), ("vert", "Sète")))
    assert "« Nom de la structure »" in refused.value.faults["colonne"]
    with pytest.raises(Invalid) as refused:
        desk.check("structures", csv_of(TITLES, ROW), **{"colonne-1": "nom"})
    assert refused.value.faults["colonne-1"].endswith("autre colonne.")
    with pytest.raises(Invalid):
        desk.check("structures", csv_of(TITLES, ROW), **{"colonne-1": "mot_de_passe"})


def test_one_work_at_a_time_in_an_organisme_whatever_others_do(
    desk: Desk, other_desk: Desk
) -> None:
    first = desk.check("structures", csv_of(TITLES, ROW))
    second = desk.check("structures", csv_of(TITLES, ("Autre",)))
    theirs = other_desk.check("structures", csv_of(TITLES, ROW))
    with desk.database.unit_of_work() as session:
        launch_write(session, desk.identity, first, NOW)
    with pytest.raises(AlreadyUnderWay):
        desk.write(second)
    assert other_desk.write(theirs)["etat"] == "faite"
    running.write(desk.job(first))
    assert desk.write(second)["etat"] == "faite"
    assert {row["organisme_id"] for row in desk.rows(Structure)} == {
        desk.office.id,
        other_desk.office.id,
    }


def test_what_is_not_at_that_point_is_refused(desk: Desk) -> None:
    id = desk.send("structures", csv_of(TITLES, ROW))
    with pytest.raises(NotAtThatPoint):
        desk.write(id)
    with pytest.raises(NotAtThatPoint):
        desk.undo(id)
    assert [row["etat"] for row in desk.rows(Reprise)] == ["recue"]
