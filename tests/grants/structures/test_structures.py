"""Structures are recorded and changed, each value with what it replaced, within one organisme."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from grants.organisation.identity import ReadOnly
from grants.structures.service import STRUCTURES, create_structure, modify_structure
from tests.builders.offices import NOW, Office
from tests.builders.registers import events, row_of, story, unsound
from workflow.database import Database
from workflow.errors import Invalid, NotFound, Stale

SIRET = "732 829 320 00074"
WHOLE = {
    "nom": "Les Jardins de l’Étang",
    "siret": SIRET,
    "rna": "w341234567",
    "forme_juridique": "association",
    "secteur": "alimentation",
    "effectif": "3,5",
    "adresse": "3 avenue du Puits-Neuf\nBâtiment B",
    "code_postal": "34 140",
    "commune": "Mèze",
    "departement": "",
    "telephone": "04 65 71 40 43",
    "email": "Contact@Jardins.example",
    "site": "jardins.example",
}


def recorded(database: Database, office: Office, **answers: str) -> int:
    with database.unit_of_work() as session:
        return create_structure(session, office.identity(), {"nom": "Essai", **answers}, NOW)


def changed(
    database: Database, office: Office, id: int, answers: Any, version: int | None = None
) -> bool:
    with database.unit_of_work() as session:
        return modify_structure(session, office.identity(), id, answers, NOW, version)


def faults(database: Database, office: Office, **answers: str) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        recorded(database, office, **answers)
    return raised.value.faults


def test_a_structure_keeps_what_was_typed_in_its_canonical_writing(
    database: Database, office: Office
) -> None:
    id = recorded(database, office, **WHOLE)
    row = row_of(database, STRUCTURES, office.id, id)
    kept = {key: row[key] for key in ("siret", "rna", "code_postal", "telephone", "email", "site")}
    assert kept == {
        "siret": "73282932000074",
        "rna": "W341234567",
        "code_postal": "34140",
        "telephone": "+33465714043",
        "email": "contact@jardins.example",
        "site": "https://jardins.example",
    }
    assert row["effectif_centiemes"] == 350
    assert row["nom_cle"] == "les jardins de l'etang"


@pytest.mark.parametrize(
    ("postcode", "departement"),
    [("34140", "34"), ("20000", "2A"), ("20200", "2B"), ("97411", "974"), ("98800", "988")],
)
def test_a_departement_left_blank_follows_from_the_postcode(
    database: Database, office: Office, postcode: str, departement: str
) -> None:
    id = recorded(database, office, code_postal=postcode)
    assert row_of(database, STRUCTURES, office.id, id)["departement"] == departement


def test_a_departement_that_is_typed_is_believed_over_the_postcode(
    database: Database, office: Office
) -> None:
    id = recorded(database, office, code_postal="34140", departement="30")
    assert row_of(database, STRUCTURES, office.id, id)["departement"] == "30"


def test_every_fault_of_a_fiche_is_named_at_once(database: Database, office: Office) -> None:
    found = faults(
        database,
        office,
        nom=" ",
        siret="73282932000075",
        rna="123",
        code_postal="3414",
        effectif="beaucoup",
        email="personne",
        telephone="12",
        secteur="chasse",
        inconnu="x",
    )
    assert set(found) == {
        *("nom", "siret", "rna", "code_postal", "effectif", "email", "telephone", "secteur"),
        "inconnu",
    }
    assert "Recopiez les 14 chiffres" in found["siret"]


def test_a_refused_structure_leaves_nothing_behind(database: Database, office: Office) -> None:
    faults(database, office, siret="1")
    with database.reading() as session:
        assert not session.connection().exec_driver_sql("SELECT id FROM structure").all()


def test_two_structures_of_an_organisme_never_share_a_siret_or_an_rna(
    database: Database, office: Office
) -> None:
    recorded(database, office, **WHOLE)
    found = faults(database, office, siret=SIRET, rna="W341234567", email="x")
    assert found["siret"] == "Ce SIRET est déjà celui de « Les Jardins de l’Étang »."
    assert found["rna"] == "Ce numéro RNA est déjà celui de « Les Jardins de l’Étang »."
    assert "email" in found


def test_another_organisme_may_know_the_same_siret(
    database: Database, office: Office, other_office: Office
) -> None:
    assert recorded(database, office, siret=SIRET) != recorded(database, other_office, siret=SIRET)


def test_a_change_is_journaled_with_what_it_replaced(database: Database, office: Office) -> None:
    id = recorded(database, office, **WHOLE)
    assert changed(database, office, id, {**WHOLE, "commune": "Sète", "effectif": "4"})
    last = story(database, STRUCTURES, id)[-1]
    assert last.event == "structure_modifiee"
    assert last.actor_name == office.identity().nom
    assert last.content["champs"] == {
        "commune": {"avant": "Mèze", "apres": "Sète"},
        "effectif_centiemes": {"avant": 350, "apres": 400},
    }


def test_saving_a_fiche_as_it_was_writes_nothing(database: Database, office: Office) -> None:
    id = recorded(database, office, **WHOLE)
    assert not changed(database, office, id, WHOLE)
    assert events(database, STRUCTURES, id) == ["structure_creee"]


def test_a_fiche_changed_by_somebody_else_meanwhile_is_not_overwritten(
    database: Database, office: Office
) -> None:
    id = recorded(database, office)
    changed(database, office, id, {"nom": "Première"}, version=1)
    with pytest.raises(Stale) as raised:
        changed(database, office, id, {"nom": "Seconde"}, version=1)
    assert office.identity().nom in str(raised.value)
    assert "Fiche modifiée" in str(raised.value)
    assert row_of(database, STRUCTURES, office.id, id)["nom"] == "Première"


def test_the_same_form_sent_twice_records_one_structure(database: Database, office: Office) -> None:
    ids = set()
    for _ in range(2):
        with database.unit_of_work() as session:
            form = {"nom": "Essai", "siret": SIRET}
            ids.add(create_structure(session, office.identity(), form, NOW, key="clic-numero-1"))
    assert len(ids) == 1


def test_eight_people_recording_the_same_siret_at_once_make_one_structure(
    database: Database, office: Office
) -> None:
    made, refused = [], []

    def record() -> None:
        try:
            made.append(recorded(database, office, siret=SIRET))
        except Invalid as error:
            refused.append(error.faults["siret"])

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert refused == ["Ce SIRET est déjà celui de « Essai »."] * 7


def test_a_foreign_structure_does_not_exist(
    database: Database, office: Office, other_office: Office
) -> None:
    id = recorded(database, other_office)
    with pytest.raises(NotFound):
        changed(database, office, id, {"nom": "À moi"})
    for unknown in (0, -1, 2**63, 10**30):
        with pytest.raises(NotFound):
            changed(database, office, unknown, {"nom": "À moi"})


def test_a_lecteur_changes_no_structure(database: Database, office: Office) -> None:
    id = recorded(database, office)
    reader = office.identity("lecteur")
    with database.unit_of_work() as session:
        with pytest.raises(ReadOnly):
            create_structure(session, reader, {"nom": "Essai"}, NOW)
        with pytest.raises(ReadOnly):
            modify_structure(session, reader, id, {"nom": "Essai"}, NOW)


def test_the_chain_of_a_structure_verifies_and_tells_an_alteration(
    database: Database, office: Office
) -> None:
    id = recorded(database, office)
    changed(database, office, id, {"nom": "Renommée"})
    with database.unit_of_work() as session:
        connection = session.connection()
        assert not unsound(connection)
        connection.exec_driver_sql(f"UPDATE structure SET seq = 1 WHERE id = {id}")
        assert unsound(connection)
        session.rollback()
