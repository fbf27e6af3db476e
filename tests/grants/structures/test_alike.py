"""A structure that is typed again, however roughly, is recognised."""

from __future__ import annotations

from typing import Any

import pytest

from grants.structures.alike import (
    NEAR_NAME,
    SAME_EMAIL,
    SAME_RNA,
    SAME_SIRET,
    Alike,
    find_alike,
)
from grants.structures.contacts import add_contact
from grants.structures.service import create_structure
from tests.builders.offices import NOW, Office
from workflow.database import Database

SIRET = "73282932000074"


def known(database: Database, office: Office, nom: str, **answers: str) -> int:
    with database.unit_of_work() as session:
        return create_structure(session, office.identity(), {"nom": nom, **answers}, NOW)


def alike(database: Database, office: Office, **typed: Any) -> list[Alike]:
    with database.reading() as session:
        return find_alike(session.connection(), office.id, **typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Les Jardins de Cocagne",
        "le jardin de cocagne",
        "LES JARDINS DE COCAGNE",
        "Association Les Jardins de Cocagne",
        "Cocagne, les jardins",
        "Les Jardins de Coacgne",
        "Les Jadrins de Cocagne",
    ],
)
def test_a_near_same_name_is_recognised(database: Database, office: Office, typed: str) -> None:
    known(database, office, "Les Jardins de Cocagne")
    known(database, office, "La Brique et l'argile")
    assert [(each.nom, each.why) for each in alike(database, office, nom=typed)] == [
        ("Les Jardins de Cocagne", NEAR_NAME)
    ]


@pytest.mark.parametrize(
    ("kept", "typed"), [("A.D.I.E.", "ADIE"), ("ADIE", "a.d.i.e."), ("Le Mat", "mat")]
)
def test_a_short_name_or_an_acronym_is_recognised(
    database: Database, office: Office, kept: str, typed: str
) -> None:
    known(database, office, kept)
    assert [each.nom for each in alike(database, office, nom=typed)] == [kept]


@pytest.mark.parametrize("typed", ["Régie 14", "Jardins", "Association", "", "  ", "%", "ADIL"])
def test_another_name_is_left_alone(database: Database, office: Office, typed: str) -> None:
    known(database, office, "Régie 13")
    known(database, office, "Les Jardins de Cocagne")
    known(database, office, "ADIE")
    assert not alike(database, office, nom=typed)


def test_the_surest_reason_comes_first(database: Database, office: Office) -> None:
    same = known(database, office, "Roue libre", siret=SIRET)
    near = known(database, office, "Studio Tramontane")
    found = alike(database, office, nom="Le studio tramontane", siret="732 829 320 00074")
    assert [(each.id, each.why) for each in found] == [(same, SAME_SIRET), (near, NEAR_NAME)]


def test_a_structure_is_told_once_by_its_surest_reason(database: Database, office: Office) -> None:
    known(database, office, "Roue libre", siret=SIRET, rna="W341234567", email="a@roue.example")
    typed = {"nom": "Roue libre", "siret": SIRET, "rna": "w341234567", "email": "A@roue.example"}
    assert [each.why for each in alike(database, office, **typed)] == [SAME_SIRET]
    del typed["siret"]
    assert [each.why for each in alike(database, office, **typed)] == [SAME_RNA]
    del typed["rna"]
    assert [each.why for each in alike(database, office, **typed)] == [SAME_EMAIL]


def test_the_e_mail_of_a_contact_leads_to_the_structure(database: Database, office: Office) -> None:
    id = known(database, office, "Roue libre")
    with database.unit_of_work() as session:
        form = {"nom": "Ferdinand Coustillac", "email": "ferdinand@example.org"}
        add_contact(session, office.identity(), id, form, NOW)
    found = alike(database, office, email="Ferdinand@Example.org")
    assert [(each.id, each.why) for each in found] == [(id, SAME_EMAIL)]


def test_a_foreign_structure_is_never_told(
    database: Database, office: Office, other_office: Office
) -> None:
    known(database, other_office, "Roue libre", siret=SIRET, email="a@roue.example")
    assert not alike(database, office, nom="Roue libre", siret=SIRET, email="a@roue.example")


def test_what_nobody_can_type_finds_nothing(database: Database, office: Office) -> None:
    known(database, office, "Roue libre")
    broken = "\x00\ud800"
    assert not alike(database, office, nom=broken, siret=broken, rna=broken, email=broken)
