"""The direction sets the identity of its organisme; every change is kept with what it replaced."""

from __future__ import annotations

from typing import Any

import pytest

from grants.organisation.identity import DirectionOnly
from grants.organisation.settings import ORGANISMES, modify_identity
from tests.builders.offices import NOW, Office
from tests.builders.registers import row_of, story, unsound
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid, Stale

WHOLE = {
    "nom": "Aide 34",
    "sigle": "A34",
    "adresse": "3 place du Marché\n34000 Montpellier",
    "telephone": "04 65 71 40 43",
    "email": "contact@aide34.example",
    "site": "aide34.example",
    "departements": "34 ; 30, aude, 2a, 34",
    "territoire": "metropole",
    "ville": "Montpellier",
    "signataire": "Camille Aubrac",
    "signataire_qualite": "directrice",
    "embleme_europe": "oui",
}


def changed(
    database: Database,
    engine: Engine,
    office: Office,
    answers: Any,
    role: str = "direction",
    version: int | None = None,
) -> bool:
    types = engine.vocabulary.field_types
    with database.unit_of_work() as session:
        return modify_identity(session, types, office.identity(role), answers, NOW, version)


def test_the_identity_is_kept_in_its_canonical_writing(
    database: Database, engine: Engine, office: Office
) -> None:
    assert changed(database, engine, office, WHOLE)
    row = row_of(database, ORGANISMES, office.id, office.id)
    assert row["departements"] == "34,30,11,2A"
    assert (row["telephone"], row["site"]) == ("+33465714043", "https://aide34.example")
    champs = story(database, ORGANISMES, office.id)[-1].content["champs"]
    assert champs["departements"] == {"avant": "34", "apres": "34,30,11,2A"}
    assert champs["sigle"] == {"avant": None, "apres": "A34"}
    assert "nom" not in champs
    assert champs["embleme_europe"] == {"avant": False, "apres": True}
    assert (row["embleme_europe"], row["embleme_france"]) == (True, False)


def test_every_fault_of_the_identity_is_named_at_once(
    database: Database, engine: Engine, office: Office
) -> None:
    with pytest.raises(Invalid) as raised:
        changed(
            database,
            engine,
            office,
            {"nom": "", "departements": "34, 99", "territoire": "mars", "email": "x"},
        )
    assert set(raised.value.faults) == {"nom", "departements", "territoire", "email"}
    assert "comme 34, 30, 2A" in raised.value.faults["departements"]


def test_too_many_departements_for_the_column_are_refused(
    database: Database, engine: Engine, office: Office
) -> None:
    every = ", ".join(f"{number:02}" for number in range(1, 96) if number != 20)
    with pytest.raises(Invalid) as raised:
        changed(database, engine, office, {**WHOLE, "departements": every})
    assert set(raised.value.faults) == {"departements"}


def test_saving_the_identity_as_it_was_writes_nothing(
    database: Database, engine: Engine, office: Office
) -> None:
    changed(database, engine, office, WHOLE)
    before = len(story(database, ORGANISMES, office.id))
    assert not changed(database, engine, office, WHOLE)
    assert len(story(database, ORGANISMES, office.id)) == before


def test_settings_changed_by_somebody_else_meanwhile_are_not_overwritten(
    database: Database, engine: Engine, office: Office
) -> None:
    seen = row_of(database, ORGANISMES, office.id, office.id)["seq"]
    changed(database, engine, office, WHOLE, version=seen)
    with pytest.raises(Stale):
        changed(database, engine, office, {**WHOLE, "sigle": "B"}, version=seen)
    assert row_of(database, ORGANISMES, office.id, office.id)["sigle"] == "A34"


@pytest.mark.parametrize("role", ["charge_de_mission", "assistant", "lecteur"])
def test_only_the_direction_changes_the_identity(
    database: Database, engine: Engine, office: Office, role: str
) -> None:
    with pytest.raises(DirectionOnly):
        changed(database, engine, office, WHOLE, role)


def test_the_chain_of_an_organisme_verifies_after_changes(
    database: Database, engine: Engine, office: Office
) -> None:
    changed(database, engine, office, WHOLE)
    with database.reading() as session:
        assert not unsound(session.connection())
