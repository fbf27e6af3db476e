from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from grants.dossiers.advance import Demand, advance
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.organisation.tables import Personne
from grants.rapport.periods import Period
from grants.rapport.stages import funnel, times_in_stages
from grants.rapport.tally import Tally
from grants.reprise.service import subjects
from grants.structures.tables import Contact, Structure
from notifications.courrier_table import Courrier
from tests.builders.offices import NOW
from tests.builders.tables_sent import csv_of, xlsx_of
from tests.grants.reprise.conftest import Desk
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.echeance_table import Echeance
from workflow.echeances import RELANCE, due
from workflow.journal_reading import lines_of
from workflow.journal_tables import JournalEntry

KIND = "dossiers-microprojets"
TITLES = ("N° dossier", "Projet", "Association", "Porteur", "Mail", "Étape", "Contact", "Accueil",
          "Accompagnement", "CTS", "Sélectionné", "Suivi", "Montant demandé", "Montant accordé",
          "Début", "Fin", "Suivi par")  # fmt: skip
FOLLOWED = ("", "Garage solidaire", "Roue Libre", "Anne Exemple", "anne@exemple.fr", "Suivi",
            "12/03/2009", "2 avril 2009", "2009-05-04", date(2009, 6, 9), "10/06/2009",
            "01/07/2009", "20 000,00 €", 18000, "01/07/2009", "31/12/2009", "")  # fmt: skip


def line(**changes: object) -> tuple[object, ...]:
    """The dossier followed, with other cells under some titles."""
    titles = {title: title for title in TITLES}
    assert set(changes) <= set(titles), changes
    return tuple(changes.get(title, cell) for title, cell in zip(TITLES, FOLLOWED, strict=True))


def only(**cells: object) -> tuple[object, ...]:
    """A line that says nothing else."""
    return tuple(cells.get(title, "") for title in TITLES)


def test_a_dossier_is_taken_over_where_it_stands_with_its_dates(desk: Desk) -> None:
    id = desk.take_over(KIND, xlsx_of(TITLES, FOLLOWED))
    (row,) = desk.rows(Dossier)
    assert (row["reference"], row["stage"], row["ouvert_le"]) == (
        "MP-2009-001",
        "suivi",
        date(2009, 3, 12),
    )
    assert row["trail"] == ("1:contact>2:accueil>3:accompagnement>4:cts>5:selectionne>6:suivi")
    assert to_paris(row["stage_since"]).date() == date(2009, 7, 1)
    assert (row["montant_demande"], row["montant_accorde"], row["plafond"]) == (
        20_000_00,
        18_000_00,
        23_000_00,
    )
    with desk.database.reading() as session:
        lines = lines_of(session.connection(), "dossier", row["id"])[::-1]
    assert [each.event for each in lines] == ["ouverture", *["etape_reprise"] * 5, "dossier_repris"]
    days = [to_paris(each.at).date() for each in lines]
    assert days[0] == date(2009, 3, 12)
    assert days[1] == date(2009, 4, 2)
    assert days[-1] == NOW.date()
    assert all(each.content["reprise"] == id for each in lines)
    assert desk.verify().sound
    assert (desk.count(Structure), desk.count(Personne), desk.count(Contact)) == (1, 1, 1)


def test_the_report_of_the_year_counts_it(desk: Desk) -> None:
    desk.take_over(KIND, xlsx_of(TITLES, FOLLOWED, line(Projet="Deux", Mail="b@exemple.fr")))
    year = Period(date(2009, 1, 1), date(2009, 12, 31))
    with desk.database.reading() as session:
        connection = session.connection()
        counted = funnel(Tally(connection, desk.office.id), "microprojets", year)
        spent = times_in_stages(Tally(connection, desk.office.id), "microprojets", year)
        now = funnel(Tally(connection, desk.office.id), "microprojets", Period(date(2026, 1, 1)))
    assert (counted["contact"], counted["cts"], counted["suivi"]) == (2, 2, 2)
    assert spent["contact"].median == 21
    assert now == {}


def test_nothing_past_is_due_and_nothing_is_written_to_anybody(desk: Desk) -> None:
    soon = (NOW + timedelta(days=200)).strftime("%d/%m/%Y")
    rows = (line(), line(Projet="Deux", Fin=soon), only(Projet="Trois", Contact="12/03/2009"))
    desk.take_over(KIND, xlsx_of(TITLES, *rows))
    with desk.database.unit_of_work() as session:
        assert due(session.connection(), RELANCE, NOW, 100) == []
        assert due(session.connection(), "action", NOW, 100) == []
    planned = desk.rows(Echeance)
    second = desk.rows(Dossier)[1]["id"]
    assert {row["subject_id"] for row in planned} == {second}
    assert all(row["due_at"] > NOW for row in planned)
    assert desk.count(Courrier) == 0


def test_a_dossier_taken_over_goes_on_like_any_other(desk: Desk) -> None:
    desk.take_over(KIND, csv_of(TITLES, only(Projet="Un", Mail="a@exemple.fr", Porteur="Anne",
                                             Contact="02/03/2026")))  # fmt: skip
    id = desk.rows(Dossier)[0]["id"]
    with desk.database.unit_of_work() as session:
        answers = {"rendez_vous": "2026-04-02T10:00", "lieu_rendez_vous": "Sète"}
        demand = Demand(id, "accueillir", answers)
        advance(session, desk.engine, desk.identity, demand, NOW)
        subject = read_subject(session.connection(), desk.engine, desk.office.id, id, lock=False)
    assert (subject.stage, subject.came_from) == ("accueil", "contact")
    assert desk.verify().sound


def test_a_taken_over_move_can_be_corrected(desk: Desk) -> None:
    desk.take_over(
        KIND, csv_of(TITLES, only(Projet="Un", Contact="02/03/2009", Accueil="2/4/2009"))
    )
    id = desk.rows(Dossier)[0]["id"]
    with desk.database.unit_of_work() as session:
        demand = Demand(id, "corriger_etape", {}, "Saisi trop vite")
        advance(session, desk.engine, desk.identity, demand, NOW)
    assert desk.rows(Dossier)[0]["stage"] == "contact"
    with desk.database.reading() as session:
        counted = funnel(Tally(session.connection(), desk.office.id), "microprojets", Period())
    assert counted == {"contact": 1}


def test_numbers_are_given_after_those_that_the_file_brings(desk: Desk) -> None:
    rows = [
        line(**{"N° dossier": "MP-2009-007"}),
        line(**{"N° dossier": "Garage/1"}, Projet="Deux"),
        line(Projet="Trois"),
    ]
    desk.take_over(KIND, xlsx_of(TITLES, *rows))
    found = [row["reference"] for row in desk.rows(Dossier)]
    assert found == ["MP-2009-007", "Garage/1", "MP-2009-008"]
    with desk.database.unit_of_work() as session:
        opening = Opening("microprojets", date(2009, 9, 1), values={"titre": "Après"})
        opened = open_dossier(session, desk.engine, desk.identity, opening, NOW)
    assert opened.row["reference"] == "MP-2009-009"


def test_the_same_dossiers_again_add_nothing(desk: Desk) -> None:
    rows = [line(**{"N° dossier": "R-1"}), line(Projet="Sans numéro")]
    desk.take_over(KIND, xlsx_of(TITLES, *rows))
    again = desk.take_over(KIND, xlsx_of(TITLES, *rows, name="Autre"))
    assert desk.told(again)["connues"] == 2
    assert (desk.count(Dossier), desk.count(Personne), desk.count(Structure)) == (2, 1, 1)


FAULTY: dict[str, tuple[dict[str, object], str, str]] = {
    "no title": ({"Projet": ""}, "Projet", "à renseigner"),
    "no first date": ({"Contact": ""}, "Contact", "Donnez la date d'entrée en « Contact »"),
    "first date later": ({"Contact": "12/05/2009"}, "Contact", "plus ancienne"),
    "no date of the stage": ({"Suivi": ""}, "Suivi", "Donnez la date d'entrée en « Suivi »"),
    "another stage is later": ({"Étape": "Accueil"}, "Suivi", "plus récente"),
    "unknown stage": ({"Étape": "Rêve"}, "Étape", "n'existe pas"),
    "in the future": ({"Suivi": "01/07/2030"}, "Suivi", "futur"),
    "no such date": ({"Suivi": "31/06/2009"}, "Suivi", "n'existe pas"),
    "no way": ({"Étape": "Accompagnement", "Suivi": "", "Accompagnement": "1/8/2009"},
               "Accompagnement", "ne peut pas aller"),
    "granted above asked": ({"Montant accordé": "21 000"}, "Montant accordé", "n'est que de"),
    "granted above the cap": ({"Montant accordé": "24 000", "Montant demandé": "30 000"},
                              "Montant accordé", "dépasse le plafond"),
    "granted, not asked": ({"Montant demandé": ""}, "Montant accordé", "aussi l'aide demandée"),
    "ends before it begins": ({"Fin": "01/01/2009"}, "Fin", "avant de commencer"),
    "unknown colleague": ({"Suivi par": "Personne"}, "Suivi par", "collègue actif"),
    "reference too long": ({"N° dossier": "R" * 21}, "N° dossier", "21 caractères"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "title", "said"), FAULTY.values(), ids=FAULTY)
def test_what_does_not_hold_together_is_told_at_its_cell(
    desk: Desk, cells: dict[str, object], title: str, said: str
) -> None:
    id = desk.check(KIND, xlsx_of(TITLES, line(**cells)))
    found = [(each.row, each.title, each.what) for each in desk.faults(id)]
    assert any(row == 2 and at == title and said in what for row, at, what in found), found
    assert desk.count(Dossier) == 0


def test_a_colleague_is_known_by_name_or_e_mail(desk: Desk) -> None:
    account = desk.office.people["charge_de_mission"]
    rows = [
        line(**{"Suivi par": account.nom.upper()}),
        line(**{"Suivi par": "charge_de_mission@aide34.example"}, Projet="Deux"),
    ]
    desk.take_over(KIND, xlsx_of(TITLES, *rows))
    assert {row["referent_id"] for row in desk.rows(Dossier)} == {account.id}


def test_a_cap_of_the_time_is_kept_on_the_dossier(desk: Desk) -> None:
    rows = [(*TITLES, "Plafond"), (*line(**{"Montant accordé": 24000, "Montant demandé": 30000}),
                                   25000)]  # fmt: skip
    desk.take_over(KIND, xlsx_of(*rows))
    assert desk.rows(Dossier)[0]["plafond"] == 25_000_00


def test_every_pipeline_can_be_taken_over_at_every_stage(desk: Desk) -> None:
    for key, _label in subjects(desk.engine):
        pipeline_key = key.partition("-")[2]
        if not pipeline_key:
            continue
        loaded = desk.engine.catalogue.latest(pipeline_key)
        assert loaded is not None
        pipeline = loaded.pipeline
        labels = [stage.label for stage in pipeline.stages]
        rows = [
            (f"Projet {stage.key}", *("02/03/2009" if label == labels[0] else "03/03/2009"
             if label == stage.label else "" for label in labels))
            for stage in pipeline.stages
        ]  # fmt: skip
        desk.take_over(key, csv_of(("Projet", *labels), *rows))
    query = select(table_of(Dossier).c.pipeline, table_of(Dossier).c.stage).distinct()
    with desk.database.reading() as session:
        found = {tuple(row) for row in session.connection().execute(query)}
    expected = {
        (each.key, stage.key) for each in desk.engine.catalogue.current() for stage in each.stages
    }
    assert found == expected
    assert desk.verify().sound


def test_each_entry_is_a_first_one_of_its_stage_once(desk: Desk) -> None:
    desk.take_over(KIND, xlsx_of(TITLES, FOLLOWED))
    moves = [row for row in desk.rows(JournalEntry) if row["subject_kind"] == "dossier"]
    firsts = [row["to_stage"] for row in moves if row["first_entry"]]
    assert len(firsts) == len(set(firsts)) == 6
    assert isinstance(moves[0]["at"], datetime)


@pytest.mark.parametrize(
    ("cell", "kept"), [("Mme", "madame"), ("M.", "monsieur"), ("Madame", "madame"), ("", None)]
)
def test_a_civilite_is_taken_over_however_it_is_written(
    desk: Desk, cell: str, kept: str | None
) -> None:
    titles = (*TITLES, "Civilité")
    desk.take_over(KIND, csv_of(titles, (*FOLLOWED, cell)))
    (person,) = desk.rows(Personne)
    assert person["civilite"] == kept
