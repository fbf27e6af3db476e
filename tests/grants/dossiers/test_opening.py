"""Opening a dossier: its number, its cap, its first line, and nobody else's people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from grants.dossiers.opening import Opening, open_dossier
from grants.organisation.identity import ReadOnly
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.offices import NOW, Office, furnish
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid, KeyReused
from workflow.subject import Step, Subject


def open_one(counter: Counter, **changes: Any) -> Subject:
    known: dict[str, Any] = {"pipeline": "microprojets", "opened_on": date(2026, 3, 12), **changes}
    with counter.database.unit_of_work() as session:
        return open_dossier(session, counter.engine, counter.charge, Opening(**known), counter.now)


def references(counter: Counter) -> list[str]:
    with counter.database.reading() as session:
        query = text("SELECT reference FROM dossier ORDER BY id")
        return list(session.connection().execute(query).scalars())


def test_a_dossier_opens_at_the_initial_stage_with_one_line(counter: Counter) -> None:
    counter.open(values={"titre": "Épicerie « L’Œuf »", "montant_demande": 1_500_000})
    subject = counter.read()
    assert (subject.stage, subject.stage_since) == ("contact", NOW)
    assert (subject.seq, subject.lock_version) == (1, 1)
    assert subject.trail == (Step(1, "contact"),)
    assert subject.row["plafond"] == 2_300_000
    assert subject.row["titre_cle"] == "epicerie « l'oeuf »"
    (line,) = counter.lines()
    assert (line.kind, line.event, line.to_stage) == ("ouverture", "ouverture", "contact")
    assert line.content["champs"] == {
        "reference": "MP-2026-001",
        "titre": "Épicerie « L’Œuf »",
        "montant_demande": 1_500_000,
    }
    assert line.content["libelles"] == {"porteur": "Ana Porteuse", "structure": STRUCTURE}
    assert [rule for rule, *_rest in counter.still_open()] == [
        "contact_sans_rendez_vous",
        "contact_sans_rendez_vous",
        "contact_a_appeler",
    ]


def test_asking_for_more_than_the_cap_is_allowed_at_first(counter: Counter) -> None:
    counter.open(values={"montant_demande": 9_000_000})
    assert counter.read().row["montant_demande"] == 9_000_000


def test_numbers_follow_each_other_by_organisme_pipeline_and_year(
    counter: Counter, database: Database, engine: Engine, other_office: Office
) -> None:
    for changes in ({}, {}, {"opened_on": date(2025, 1, 2)}, {"pipeline": "dla_individuel"}):
        open_one(counter, **changes)
    assert references(counter)[:3] == ["MP-2026-001", "MP-2026-002", "MP-2025-001"]
    assert references(counter)[3].endswith("-2026-001")
    other = open_one(Counter(database, engine, other_office))
    assert other.row["reference"] == "MP-2026-001"


def test_a_number_that_was_not_kept_is_given_again(counter: Counter) -> None:
    with pytest.raises(ZeroDivisionError):
        _open_and_fail(counter)
    assert open_one(counter).row["reference"] == "MP-2026-001"


def _open_and_fail(counter: Counter) -> None:
    opening = Opening("microprojets", date(2026, 3, 12))
    with counter.database.unit_of_work() as session:
        open_dossier(session, counter.engine, counter.charge, opening, counter.now)
        raise ZeroDivisionError


def test_eight_people_who_open_at_once_get_eight_numbers(counter: Counter) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _n: open_one(counter).row["reference"], range(16)))
    assert sorted(opened) == [f"MP-2026-{n:03d}" for n in range(1, 17)]


# --- What is not there, or is another's -----------------------------------------------------------


def test_an_unknown_pipeline_is_told(counter: Counter) -> None:
    with pytest.raises(Invalid) as caught:
        open_one(counter, pipeline="inconnu")
    assert caught.value.faults == {"pipeline": "Choisissez un dispositif dans la liste."}


@pytest.mark.parametrize("id", [0, -3, 999, 2**63, 10**30])
def test_people_who_do_not_exist_are_told_all_at_once(counter: Counter, id: int) -> None:
    with pytest.raises(Invalid) as caught:
        open_one(counter, porteur_id=id, structure_id=id, referent_id=id)
    sentence = "Choisissez dans la liste proposée."
    assert caught.value.faults == dict.fromkeys(("porteur", "structure", "referent"), sentence)
    assert references(counter) == []


def test_nobody_opens_a_dossier_with_another_organismes_people(
    counter: Counter, database: Database, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        foreign = furnish(session, other_office)
    for field, id in (
        ("porteur_id", foreign.personne),
        ("structure_id", foreign.structure),
        ("referent_id", foreign.compte),
    ):
        with pytest.raises(Invalid) as caught:
            open_one(counter, **{field: id})
        assert list(caught.value.faults) == [field.removesuffix("_id")]


def test_whoever_reads_only_does_not_become_the_referent(counter: Counter) -> None:
    lecteur = counter.office.people["lecteur"].id
    with pytest.raises(Invalid, match="à corriger"):
        open_one(counter, referent_id=lecteur)


def test_a_lecteur_opens_nothing(counter: Counter) -> None:
    opening = Opening("microprojets", date(2026, 3, 12))
    with pytest.raises(ReadOnly), counter.database.unit_of_work() as session:
        open_dossier(session, counter.engine, counter.office.identity("lecteur"), opening, NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"montant_demande": 0}, "montant_demande"),
        ({"cout_total": -5}, "cout_total"),
        ({"emplois_crees": -1}, "emplois_crees"),
        ({"date_debut": date(2026, 5, 2), "date_fin": date(2026, 5, 1)}, "date_fin"),
    ],
)
def test_what_only_the_database_refuses_is_told_by_field(
    counter: Counter, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        open_one(counter, values=values)
    assert list(caught.value.faults) == [field]


# --- Twice ----------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_opens_one_dossier(counter: Counter) -> None:
    first = open_one(counter, key="clic-1")
    again = open_one(counter, key="clic-1")
    assert (again.id, again.row["reference"]) == (first.id, "MP-2026-001")
    assert references(counter) == ["MP-2026-001"]


def test_the_same_form_sent_eight_times_at_once_opens_one_dossier(counter: Counter) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _n: open_one(counter, key="clic-1").id, range(8)))
    assert len(set(opened)) == 1
    assert references(counter) == ["MP-2026-001"]


def test_a_key_that_served_for_something_else_is_refused(counter: Counter) -> None:
    open_one(counter)
    counter.dossier = 1
    counter.do("classer_sans_suite", reason="Sans nouvelles.", key="clic-1")
    with pytest.raises(KeyReused):
        open_one(counter, key="clic-1")
    with pytest.raises(KeyReused):
        open_one(counter, key="x" * 65)
    assert references(counter) == ["MP-2026-001"]


# --- The linked dossier ---------------------------------------------------------------------------


def test_a_linked_dossier_is_opened_on_the_day_it_is_in_paris(counter: Counter) -> None:
    counter.open()
    counter.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    counter.do("reorienter", destination="dla_individuel", ouvrir_dossier="oui")
    opened = counter.read(counter.dossier + 1)
    assert opened.row["ouvert_le"] == date(2027, 1, 1)
    assert opened.row["reference"].endswith("-2027-001")


@pytest.mark.parametrize("answer", ["non", ""])
def test_no_dossier_is_opened_that_was_not_asked_for(counter: Counter, answer: str) -> None:
    counter.open()
    counter.do("reorienter", destination="dla_individuel", ouvrir_dossier=answer)
    assert len(references(counter)) == 1
