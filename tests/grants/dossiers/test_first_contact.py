"""A new contact in one go: the porteur, the structure, the dossier, or nothing at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from grants.dossiers.first_contact import (
    FirstContact,
    Opened,
    read_first_contact,
    record_contact,
)
from grants.dossiers.tables import Dossier
from grants.organisation.identity import ReadOnly
from grants.organisation.tables import Personne
from grants.structures.contacts import contacts_of
from grants.structures.service import create_structure
from grants.structures.tables import Structure
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid, KeyReused
from workflow.journal_tables import JournalEntry

SIRET = "73282932000074"
CONTACT = {
    "pipeline": "microprojets",
    "contact_le": "2026-03-12",
    "titre": "Un jardin partagé",
    "porteur_nom": "Ana Porteuse",
}


def record(
    counter: Counter,
    structure: int | None = None,
    key: str | None = None,
    by: str = "assistant",
    **answers: str,
) -> Opened:
    contact = FirstContact({**CONTACT, **answers}, structure, key)
    with counter.database.unit_of_work() as session:
        identity = counter.office.identity(by)
        return record_contact(session, counter.engine, identity, contact, counter.now)


def refused(counter: Counter, structure: int | None = None, **answers: str) -> dict[str, str]:
    before = counts(counter)
    with pytest.raises(Invalid) as raised:
        record(counter, structure, **answers)
    assert counts(counter) == before
    return raised.value.faults


def counts(counter: Counter) -> dict[str, int]:
    """How many rows stand where a contact writes."""
    tables = [table_of(model) for model in (Dossier, Personne, Structure, JournalEntry)]
    with counter.database.reading() as session:
        return {
            table.name: session.connection()
            .execute(select(func.count()).select_from(table))
            .scalar_one()
            for table in tables
        }


def new_structure(counter: Counter, **raw: str) -> int:
    with counter.database.unit_of_work() as session:
        return create_structure(session, counter.charge, {"nom": "Le Relais", **raw}, counter.now)


def test_a_contact_opens_a_dossier_with_its_porteur_and_its_structure(counter: Counter) -> None:
    charge = counter.charge.compte_id
    opened = record(
        counter,
        contact_le="2026-02-20",
        origine="partenaire",
        commune="Lunel",
        departement="34",
        montant_demande="12 000",
        porteur_email="Ana@Example.org",
        porteur_telephone="06 12 34 56 78",
        structure_nom="Les Jardins du Lez",
        structure_siret=SIRET,
        referent=str(charge),
    )
    assert opened == Opened(opened.dossier_id, "MP-2026-001")
    row = counter.read(opened.dossier_id).row
    assert (row["stage"], row["ouvert_le"]) == ("contact", date(2026, 2, 20))
    assert (row["titre"], row["commune"], row["departement"]) == (
        "Un jardin partagé",
        "Lunel",
        "34",
    )
    assert (row["montant_demande"], row["plafond"]) == (1_200_000, 2_300_000)
    assert (row["origine"], row["referent_id"]) == ("partenaire", charge)
    assert (row["porteur_nom"], row["porteur_email"]) == ("Ana Porteuse", "ana@example.org")
    assert (row["structure_nom"], row["structure_siret"]) == ("Les Jardins du Lez", SIRET)
    with counter.database.reading() as session:
        (contact,) = contacts_of(session.connection(), row["structure_id"])
    assert contact.nom == "Ana Porteuse"


def test_a_contact_needs_little(counter: Counter) -> None:
    row = counter.read(record(counter).dossier_id).row
    assert (row["structure_id"], row["porteur_email"], row["referent_id"]) == (None, None, None)
    assert counts(counter)["structure"] == 0


def test_a_person_known_by_her_address_is_not_made_twice(counter: Counter) -> None:
    first = record(counter, porteur_email="ana@example.org")
    second = record(counter, porteur_nom="A. Porteuse", porteur_email="ANA@example.org")
    porteurs = {counter.read(each.dossier_id).row["porteur_id"] for each in (first, second)}
    assert len(porteurs) == 1
    assert counts(counter)["personne"] == 1


def test_a_known_structure_that_was_chosen_is_the_dossiers(counter: Counter) -> None:
    known = new_structure(counter, siret=SIRET)
    # What was typed of it before it was recognised no longer counts.
    opened = record(counter, known, structure_nom="Relais", structure_siret=SIRET)
    assert counter.read(opened.dossier_id).row["structure_id"] == known
    assert counts(counter)["structure"] == 1


@pytest.mark.parametrize("chosen", ["foreign", 987_654, 0, -1, LARGEST_ID + 1])
def test_a_structure_that_is_not_ours_cannot_be_chosen(
    counter: Counter, other_office: Office, chosen: Any
) -> None:
    theirs = Counter(counter.database, counter.engine, other_office)
    structure = new_structure(theirs) if chosen == "foreign" else chosen
    faults = refused(counter, structure)
    assert faults == {"structure_nom": "Cette structure n'existe plus. Choisissez-en une autre."}


def test_more_than_the_cap_may_be_asked_and_is_told(counter: Counter) -> None:
    assert record(counter, montant_demande="23 000").over_cap is None
    assert record(counter, montant_demande="23 000,01").over_cap == 2_300_000
    assert record(counter, pipeline="dla_individuel").over_cap is None


def test_the_contact_is_of_today_in_paris_or_before(counter: Counter) -> None:
    counter.now = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)
    assert refused(counter, contact_le="2026-03-14") == {
        "contact_le": "Cette date est dans le futur. Indiquez le jour du contact."
    }
    opened = record(counter, contact_le="2026-03-13")
    assert counter.read(opened.dossier_id).row["ouvert_le"] == date(2026, 3, 13)


def test_every_fault_is_told_at_once_under_its_own_name(counter: Counter) -> None:
    new_structure(counter, siret=SIRET)
    faults = refused(
        counter,
        pipeline="inconnu",
        contact_le="2026-03-13",
        origine="pigeon",
        titre="",
        departement="99",
        montant_demande="0",
        porteur_nom="",
        porteur_email="ana",
        porteur_telephone="12",
        structure_nom="Le Relais",
        structure_siret=SIRET,
        structure_rna="W12",
        referent="987654",
        couleur="vert",
    )
    assert set(faults) == {
        "pipeline",
        "contact_le",
        "origine",
        "titre",
        "departement",
        "montant_demande",
        "porteur_nom",
        "porteur_email",
        "porteur_telephone",
        "structure_siret",
        "structure_rna",
        "referent",
        "couleur",
    }
    assert faults["structure_siret"] == "Ce SIRET est déjà celui de « Le Relais »."


def test_numbers_without_a_name_ask_for_it(counter: Counter) -> None:
    assert refused(counter, structure_siret=SIRET) == {
        "structure_nom": "Donnez aussi le nom de cette structure."
    }
    assert refused(counter, structure_rna="W341234567") == {
        "structure_nom": "Donnez aussi le nom de cette structure."
    }


def test_reading_a_form_leaves_known_structures_to_choose_from(counter: Counter) -> None:
    new_structure(counter, siret=SIRET)
    typed = FirstContact({**CONTACT, "structure_nom": "Le Relais", "structure_siret": SIRET})
    with counter.database.reading() as session:
        values = read_first_contact(
            session.connection(), counter.engine, counter.charge, typed, counter.now
        )
    assert values["structure_siret"] == SIRET
    assert "structure_siret" in refused(counter, structure_nom="Autre", structure_siret=SIRET)


def test_who_only_reads_records_no_contact(counter: Counter) -> None:
    with pytest.raises(ReadOnly):
        record(counter, by="lecteur")
    assert counts(counter)["dossier"] == 0


# --- The same form twice ------------------------------------------------------------------------


def test_the_same_form_opens_one_dossier_and_tells_its_reference_again(counter: Counter) -> None:
    answers = {"structure_nom": "Les Jardins du Lez", "montant_demande": "30 000"}
    first = record(counter, None, "contact-0001", **answers)
    written = counts(counter)
    assert record(counter, None, "contact-0001", **answers) == first
    assert first == Opened(first.dossier_id, "MP-2026-001", 2_300_000)
    assert counts(counter) == written


def test_two_clicks_at_once_write_one_person_one_structure_one_dossier(counter: Counter) -> None:
    together = Barrier(2)

    def run(_n: int) -> Opened:
        together.wait()
        return record(counter, key="contact-0001", structure_nom="Les Jardins du Lez")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, range(2))
    assert first == second
    found = counts(counter)
    assert (found["dossier"], found["personne"], found["structure"]) == (1, 1, 1)


def test_a_key_that_served_elsewhere_opens_nothing(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30", key="contact-0001")
    before = counts(counter)
    with pytest.raises(KeyReused):
        record(counter, key="contact-0001")
    assert counts(counter) == before
