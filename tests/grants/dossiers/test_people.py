"""Who carries a dossier: the porteur corrected, the structure named, while it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from grants.dossiers.people import Carriers, carry
from grants.organisation.identity import ReadOnly
from grants.organisation.people import modify_personne
from grants.structures.contacts import contacts_of
from grants.structures.service import create_structure
from tests.builders.dossiers import Counter
from tests.builders.engines import engine_with
from tests.builders.offices import Office
from tests.builders.toys import small_pipeline
from workflow.database import LARGEST_ID
from workflow.errors import Invalid, NotFound, Stale

KNOWN = {"nom": "Ana Porteuse", "email": "ana@example.org", "telephone": ""}


def set_carriers(
    counter: Counter,
    porteur: dict[str, str],
    structure: int | None,
    by: str = "assistant",
    **versions: int | None,
) -> None:
    with counter.database.unit_of_work() as session:
        identity = counter.office.identity(by)
        carriers = Carriers(porteur, structure, **versions)
        carry(session, counter.engine, identity, counter.dossier, carriers, counter.now)


def new_structure(counter: Counter, nom: str) -> int:
    with counter.database.unit_of_work() as session:
        return create_structure(session, counter.charge, {"nom": nom}, counter.now)


def contacts(counter: Counter, structure: int) -> list[str]:
    with counter.database.reading() as session:
        return [each.nom for each in contacts_of(session.connection(), structure)]


def opened(counter: Counter, **changes: Any) -> int:
    """A dossier whose porteuse is known by an address of her own; the id of its structure."""
    counter.open(**changes)
    structure = counter.read().row["structure_id"]
    set_carriers(counter, KNOWN, structure)
    return structure


def told(counter: Counter) -> dict[str, Any]:
    line = counter.lines()[-1]
    assert line.event == "porteur_modifie"
    return line.content["changements"]


def test_the_porteur_is_corrected_and_the_journal_says_what_is_kept(counter: Counter) -> None:
    structure = opened(counter)
    typed = {"nom": " Ana  Martin ", "email": "Ana.Martin@Example.ORG", "telephone": "0612345678"}
    set_carriers(counter, typed, structure)
    row = counter.read().row
    kept = (row["porteur_nom"], row["porteur_email"], row["porteur_telephone"])
    assert kept[1] == "ana.martin@example.org"
    assert told(counter) == {
        "porteur": {"avant": "Ana Porteuse, ana@example.org", "apres": ", ".join(kept)}
    }


def test_nothing_is_written_when_nothing_changed(counter: Counter) -> None:
    structure = opened(counter)
    before = counter.read()
    set_carriers(counter, KNOWN, structure)
    after = counter.read()
    assert (after.seq, after.lock_version) == (before.seq, before.lock_version)


def test_another_structure_has_the_porteur_among_its_contacts(counter: Counter) -> None:
    opened(counter)
    other = new_structure(counter, "Le Relais")
    set_carriers(counter, KNOWN, other)
    row = counter.read().row
    assert (row["structure_id"], row["structure_nom"]) == (other, "Le Relais")
    assert contacts(counter, other) == ["Ana Porteuse"]
    assert told(counter)["structure"] == {"avant": "Les Jardins du Lez", "apres": "Le Relais"}
    set_carriers(counter, KNOWN, None)
    assert counter.read().row["structure_id"] is None
    assert told(counter)["structure"] == {"avant": "Le Relais", "apres": None}
    # She stays a contact there, and going back to it does not make her one twice.
    set_carriers(counter, KNOWN, other)
    assert contacts(counter, other) == ["Ana Porteuse"]


def test_a_dossier_without_a_porteur_is_given_one(counter: Counter) -> None:
    counter.open(porteur_id=None)
    structure = counter.read().row["structure_id"]
    set_carriers(counter, {"nom": "Bruno", "email": "bruno@example.org"}, structure)
    assert counter.read().row["porteur_nom"] == "Bruno"
    assert contacts(counter, structure) == ["Bruno"]
    assert told(counter)["porteur"] == {"avant": None, "apres": "Bruno, bruno@example.org"}


def test_a_known_address_is_the_known_person(counter: Counter) -> None:
    opened(counter)
    known = counter.read().row["porteur_id"]
    counter.open(porteur_id=None)
    set_carriers(counter, {"nom": "A. Porteuse", "email": "ana@example.org"}, None)
    row = counter.read().row
    assert (row["porteur_id"], row["porteur_nom"]) == (known, "Ana Porteuse")
    assert told(counter)["porteur"]["apres"] == "Ana Porteuse, ana@example.org"


def test_every_fault_is_told_at_once_and_nothing_is_kept(
    counter: Counter, other_office: Office
) -> None:
    structure = opened(counter)
    foreign = new_structure(Counter(counter.database, counter.engine, other_office), "Ailleurs")
    before = counter.read()
    wrong = {"nom": "", "email": "ana", "telephone": "12"}
    for chosen in (foreign, 987_654, 0, LARGEST_ID + 1):
        with pytest.raises(Invalid) as raised:
            set_carriers(counter, wrong, chosen)
        assert set(raised.value.faults) == {"nom", "email", "telephone", "structure"}
        with pytest.raises(Invalid) as raised:
            set_carriers(counter, {**KNOWN, "nom": "Autre"}, chosen)
        assert raised.value.faults == {"structure": "Choisissez une structure dans la liste."}
    after = counter.read()
    assert (after.row["structure_id"], after.seq) == (structure, before.seq)
    assert after.row["porteur_nom"] == "Ana Porteuse"


def test_an_address_that_is_somebody_elses_is_refused(counter: Counter) -> None:
    opened(counter)
    counter.open(porteur_id=None)
    set_carriers(counter, {"nom": "Bruno", "email": "bruno@example.org"}, None)
    with pytest.raises(Invalid) as raised:
        set_carriers(counter, {"nom": "Bruno", "email": "ana@example.org"}, None)
    assert raised.value.faults == {"email": "Cette adresse est déjà celle de Ana Porteuse."}
    assert counter.read().row["porteur_email"] == "bruno@example.org"


def test_a_form_that_is_out_of_date_is_refused(counter: Counter) -> None:
    structure = opened(counter)
    seen = counter.read().lock_version
    counter.fill("projet")
    with pytest.raises(Stale, match="Fiche modifiée"):
        set_carriers(counter, KNOWN, structure, version=seen)


def test_a_porteur_changed_from_elsewhere_is_not_overwritten(counter: Counter) -> None:
    structure = opened(counter)
    subject = counter.read()
    with counter.database.unit_of_work() as session:
        elsewhere = {**KNOWN, "telephone": "06 12 34 56 78"}
        modify_personne(session, counter.charge, subject.row["porteur_id"], elsewhere, counter.now)
    changed = {**KNOWN, "nom": "Ana Martin"}
    with pytest.raises(Stale, match="Coordonnées modifiées"):
        set_carriers(counter, changed, structure, personne_version=2)
    assert counter.read().row["porteur_nom"] == "Ana Porteuse"
    set_carriers(counter, changed, structure, personne_version=3)
    assert counter.read().row["porteur_nom"] == "Ana Martin"


def test_an_automatic_action_that_waits_for_a_structure_is_taken(counter: Counter) -> None:
    waiting = small_pipeline(
        "a b!",
        [
            {
                "key": "filer",
                "from": "a",
                "to": "b",
                "roles": [],
                "automatic": True,
                "guards": ["structure_connue"],
            }
        ],
    )
    counter.engine = engine_with(counter.engine, waiting)
    counter.open("jouet", structure_id=None)
    set_carriers(counter, {**KNOWN, "email": ""}, new_structure(counter, "Le Relais"))
    assert counter.read().stage == "b"
    assert [line.event for line in counter.lines()] == ["ouverture", "porteur_modifie", "filer"]


def test_carriers_are_changed_by_those_who_write_in_that_organisme(
    counter: Counter, other_office: Office
) -> None:
    structure = opened(counter)
    with pytest.raises(ReadOnly):
        set_carriers(counter, KNOWN, structure, "lecteur")
    counter.office = other_office
    with pytest.raises(NotFound):
        set_carriers(counter, KNOWN, structure)
