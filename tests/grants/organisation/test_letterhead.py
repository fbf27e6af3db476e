"""What stands around a letter: the organisme, its emblems, and whoever signs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from grants.organisation.colleagues import change_coordinates, take_access
from grants.organisation.letterhead import letterhead_of
from grants.organisation.logo import set_signature
from grants.organisation.tables import Organisme
from notifications.letterhead import EUROPE, FRANCE, Letterhead
from tests.builders.images import png
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of

IDENTITY = {
    "adresse": "3 place du Marché\n\n 34000 Montpellier ",
    "ville": "Montpellier",
    "telephone": "+33465714043",
    "email": "contact@aide34.example",
    "site": "https://aide34.example/",
    "signataire": "Camille Aubrac",
    "signataire_qualite": "directrice",
    "embleme_france": True,
}


def head(
    database: Database, office: Office, signatory: Any = "direction", referent: int | None = None
) -> Letterhead:
    with database.reading() as session:
        return letterhead_of(session.connection(), office.id, signatory, referent)


def set_identity(database: Database, office: Office, **values: Any) -> None:
    table = table_of(Organisme)
    with database.unit_of_work() as session:
        query = update(table).where(table.c.id == office.id).values(**{**IDENTITY, **values})
        session.connection().execute(query)
        set_signature(session, office.identity("direction"), png(200, 80), NOW)


def test_the_organisme_stands_at_the_head_of_its_letters(
    database: Database, office: Office
) -> None:
    set_identity(database, office)
    found = head(database, office)
    assert found.name == office.identity("direction").nom.removeprefix("Direction de ")
    assert found.address == ("3 place du Marché", "34000 Montpellier")
    phone = "04\u00a065\u00a071\u00a040\u00a043"
    assert found.contact == f"{phone} · contact@aide34.example · aide34.example"
    assert (found.place, found.emblems) == ("Montpellier", (FRANCE,))
    assert (found.signatory, found.signatory_title) == ("Camille Aubrac", "Directrice")
    assert found.signature == png(200, 80)


def test_an_organisme_that_has_only_a_name_still_writes(database: Database, office: Office) -> None:
    found = head(database, office)
    assert (found.address, found.contact, found.place, found.emblems) == ((), "", "", ())
    assert (found.signatory, found.signatory_title, found.signature) == ("La direction", "", None)


def test_emblems_come_in_the_order_of_the_usage(database: Database, office: Office) -> None:
    set_identity(database, office, embleme_europe=True)
    assert head(database, office).emblems == (EUROPE, FRANCE)


def test_the_referent_signs_his_own_letters_without_the_image_of_another(
    database: Database, office: Office, other_office: Office
) -> None:
    set_identity(database, office)
    me = office.people["charge_de_mission"]
    with database.unit_of_work() as session:
        direction, raw = office.identity("direction"), {"fonction": "chargé de mission"}
        change_coordinates(session, direction, me.id, raw, NOW)
    found = head(database, office, "referent", me.id)
    assert (found.signatory, found.signatory_title) == (me.nom, "Chargé de mission")
    assert found.signature is None
    strangers = head(database, office, "referent", other_office.people["charge_de_mission"].id)
    assert strangers.signatory == "Camille Aubrac"


def test_when_the_referent_has_left_the_direction_signs_without_its_image(
    database: Database, office: Office
) -> None:
    set_identity(database, office)
    me = office.people["charge_de_mission"]
    with database.unit_of_work() as session:
        take_access(session, office.identity("direction"), me.id, NOW)
    for referent in (me.id, None):
        found = head(database, office, "referent", referent)
        assert (found.signatory, found.signature) == ("Camille Aubrac", None)
