"""The list of structures: searched by name, commune or number, page after page."""

from __future__ import annotations

import pytest

from grants.structures.queries import (
    Place,
    StructureFilters,
    count_structures,
    departements_of_structures,
    structures_page,
)
from grants.structures.service import create_structure
from tests.builders.offices import NOW, Office
from workflow.database import Database

KNOWN = (
    {"nom": "Les Jardins de l'Étang", "commune": "Mèze", "siret": "73282932000074"},
    {"nom": "Bobines et bobinettes", "commune": "Béziers", "rna": "W341234567"},
    {"nom": "Écran total", "commune": "Nîmes", "code_postal": "30000", "secteur": "culture"},
)


@pytest.fixture
def filled(database: Database, office: Office, other_office: Office) -> Database:
    with database.unit_of_work() as session:
        for answers in KNOWN:
            create_structure(session, office.identity(), answers, NOW)
        create_structure(session, other_office.identity(), {"nom": "Étang d'ailleurs"}, NOW)
    return database


def names(database: Database, office: Office, **filters: str) -> list[str]:
    with database.reading() as session:
        page = structures_page(session.connection(), office.id, StructureFilters(**filters))
    return [line.nom for line in page.lines]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("etang", ["Les Jardins de l'Étang"]),
        ("ÉTANG jardins", ["Les Jardins de l'Étang"]),
        ("meze", ["Les Jardins de l'Étang"]),
        ("jardins meze", ["Les Jardins de l'Étang"]),
        ("jardins béziers", []),
        ("732 829 320", ["Les Jardins de l'Étang"]),
        ("73282932000074", ["Les Jardins de l'Étang"]),
        ("w341234567", ["Bobines et bobinettes"]),
        ("ecran", ["Écran total"]),
        ("%", []),
        ("_", []),
        ("\x00", ["Bobines et bobinettes", "Écran total", "Les Jardins de l'Étang"]),
    ],
)
def test_a_structure_is_found_by_name_commune_or_number(
    filled: Database, office: Office, text: str, found: list[str]
) -> None:
    assert names(filled, office, text=text) == found


def test_filters_narrow_together(filled: Database, office: Office) -> None:
    assert names(filled, office, departement="30") == ["Écran total"]
    assert names(filled, office, departement="30", secteur="culture") == ["Écran total"]
    assert not names(filled, office, departement="30", text="etang")


def test_counts_and_departements_are_those_of_the_organisme(
    filled: Database, office: Office
) -> None:
    with filled.reading() as session:
        connection = session.connection()
        assert count_structures(connection, office.id) == 3
        assert count_structures(connection, office.id, StructureFilters(text="etang")) == 1
        assert departements_of_structures(connection, office.id) == ["30"]


def test_pages_follow_each_other_both_ways_without_loss(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        # Equal names, so that the order must not rest on the name alone.
        for number in range(23):
            form = {"nom": f"Structure {number // 5}"}
            create_structure(session, office.identity(), form, NOW)
    with database.reading() as session:
        connection = session.connection()
        forward: list[list[int]] = []
        backward: list[list[int]] = []
        place: Place | None = None
        while place is not None or not forward:
            page = structures_page(connection, office.id, StructureFilters(), place, size=10)
            forward.append([line.id for line in page.lines])
            place, last = page.next, page
        place = last.previous
        while place is not None:
            page = structures_page(connection, office.id, StructureFilters(), place, size=10)
            backward.append([line.id for line in page.lines])
            place = page.previous
    assert [len(ids) for ids in forward] == [10, 10, 3]
    assert len({id for ids in forward for id in ids}) == 23
    assert backward == forward[-2::-1]


def test_a_page_that_starts_from_nowhere_is_the_first(filled: Database, office: Office) -> None:
    with filled.reading() as session:
        for id in (0, 10**6, 2**70):
            page = structures_page(
                session.connection(), office.id, StructureFilters(), Place(id, backwards=True)
            )
            assert len(page.lines) == 3
            assert page.previous is None
