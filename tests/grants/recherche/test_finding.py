"""Everything of an organisme is found by its words, and nothing of another's."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update
from sqlmodel import Session

from api.migrations import recherche_1
from grants.dossiers.notes import add_note
from grants.dossiers.pieces.tables import Fichier, Piece
from grants.dossiers.tables import Note
from grants.organisation.people import find_or_create_personne
from grants.recherche.index import KINDS, LETTERS
from grants.recherche.queries import Findings, search
from grants.structures.service import create_structure
from grants.structures.tables import Structure
from tests.builders.counting import statements_of
from tests.builders.crowd import write_dossier
from tests.builders.offices import NOW, Office
from workflow.database import Database, table_of
from workflow.engine import Engine

MOST = 5
SIRET = "73282932000074"


@pytest.fixture
def dossier(database: Database, engine: Engine, office: Office) -> int:
    """One thing of each kind, written as the application writes it."""
    with database.unit_of_work() as session:
        identity = office.identity()
        fields = {"nom": "Les Jardins de l’Œuvre", "siret": SIRET, "commune": "Évian"}
        structure = create_structure(session, identity, fields, NOW)
        email, phone = "ana.muller@potager.example", "06 12 34 56 78"
        personne = find_or_create_personne(session, identity, "Ana Müller", email, phone, NOW)
        id = write_dossier(
            session,
            office,
            titre="Épicerie solidaire",
            reference="MP-2026-014",
            objet="Récupérer les invendus (fruits, légumes)",
            structure_id=structure,
            porteur_id=personne.id,
        )
        add_note(session, engine, identity, id, "Rappeler la « Méditerranéenne de crédit »", NOW)
        _hand_in(session, office, id, "Statuts signés_2025.pdf")
    return id


def _hand_in(session: Session, office: Office, dossier_id: int, nom: str) -> None:
    connection = session.connection()
    by = {"organisme_id": office.id, "par": "Camille", "le": NOW}
    piece = {**by, "dossier_id": dossier_id, "cle": "statuts", "etat": "recue", "version": 1}
    pieces, files = table_of(Piece), table_of(Fichier)
    query = insert(pieces).values(piece).returning(pieces.c.id)
    piece_id = connection.execute(query).scalar_one()
    file = {"type": "pdf", "taille": 1, "sha256": "a" * 64, "stockage": "b" * 32, "nom": nom}
    connection.execute(insert(files).values({**by, **file, "piece_id": piece_id}))


def look(database: Database, office: Office, text: str) -> Findings:
    with database.reading() as session:
        return search(session.connection(), office.id, text, MOST)


def names(found: Findings) -> set[str]:
    """What was found, one word for each kind."""
    kinds: Mapping[str, tuple[object, ...]] = {
        "structure": found.structures,
        "personne": found.personnes,
        "dossier": found.dossiers,
        "note": found.notes,
        "fichier": found.fichiers,
    }
    return {kind for kind, rows in kinds.items() if rows}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("jardins", {"structure", "dossier"}),
        ("JARD", {"structure", "dossier"}),
        ("oeuvre jardins", {"structure", "dossier"}),
        ("l'œuvre", {"structure", "dossier"}),
        ("evian", {"structure", "dossier"}),
        (SIRET, {"structure", "dossier"}),
        ("732 829 320", {"structure", "dossier"}),
        ("muller", {"personne", "dossier"}),
        ("ana.muller@potager.example", {"personne", "dossier"}),
        ("0612345678", {"personne", "dossier"}),
        ("06.12.34.56", {"personne", "dossier"}),
        ("+33 6 12 34", {"personne", "dossier"}),
        ("épicerie", {"dossier"}),
        ("epicerie SOLID", {"dossier"}),
        ("mp-2026-014", {"dossier"}),
        ("mp2026014", {"dossier"}),
        ("invendus légum", {"dossier"}),
        ("mediterraneenne", {"note"}),
        ("statuts", {"fichier"}),
        ("signes 2025 pdf", {"fichier"}),
        ("jardins épicerie", set()),
        ("", set()),
        ("« ’ . »", set()),
    ],
)
def test_words_find_what_holds_them_whatever_their_accents(
    database: Database, office: Office, dossier: int, text: str, kinds: set[str]
) -> None:
    found = look(database, office, text)
    assert names(found) == kinds
    assert found.spellings == ()


@pytest.mark.parametrize(
    ("text", "spelling", "kind"),
    [
        ("jadrins", "jardins", "structure"),
        ("jardinss", "jardins", "structure"),
        ("epicrie", "epicerie", "dossier"),
        ("solidiare", "solidaire", "dossier"),
        ("Müler", "muller", "personne"),
    ],
)
def test_a_misspelt_word_finds_the_one_that_the_organisme_uses(
    database: Database, office: Office, dossier: int, text: str, spelling: str, kind: str
) -> None:
    found = look(database, office, text)
    assert kind in names(found)
    assert found.spellings == (spelling,)


def test_what_is_found_as_it_is_typed_is_never_corrected(
    database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        for nom in ("Jardin", "Jardon"):
            create_structure(session, office.identity(), {"nom": nom}, NOW)
    assert [row.nom for row in look(database, office, "jardon").structures] == ["Jardon"]
    assert {row.nom for row in look(database, office, "jardyn").structures} == {"Jardin", "Jardon"}


def test_whole_words_come_before_beginnings_and_the_latest_first(
    database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        for nom in ("Lez", "Lezard vert", "Lez et Mosson", "Lezarderie"):
            create_structure(session, office.identity(), {"nom": nom}, NOW)
    found = [row.nom for row in look(database, office, "lez").structures]
    assert found == ["Lez et Mosson", "Lez", "Lezarderie", "Lezard vert"]


def test_another_organisme_finds_nothing_of_it_not_even_a_spelling(
    database: Database, other_office: Office, dossier: int
) -> None:
    for text in ("jardins", "jadrins", SIRET, "muller", "014", "statuts", "mediterraneenne"):
        found = look(database, other_office, text)
        assert (names(found), found.spellings) == (set(), ()), text


def test_organismes_whose_numbers_begin_alike_are_told_apart(
    database: Database, office: Office
) -> None:
    """What carries an organisme in a word is longer for a large number; it still ends somewhere."""
    assert {LETTERS[kind] for kind in KINDS}.isdisjoint(set("0123456789abcdef"))
    sources = {source.letter: source.code for source in recherche_1.SOURCES}
    assert sources == {LETTERS[kind]: place for place, kind in enumerate(KINDS)}


def test_the_index_follows_every_change_whoever_makes_it(
    database: Database, office: Office, dossier: int
) -> None:
    structures, notes = table_of(Structure), table_of(Note)
    files = table_of(Fichier)
    with database.unit_of_work() as session:
        connection = session.connection()
        connection.execute(update(structures).values(nom="Le Verger", commune=None))
        connection.execute(delete(notes))
        connection.execute(update(files).values(retire_le=NOW))
    assert names(look(database, office, "jardins")) == set()
    assert names(look(database, office, "evian")) == set()
    assert names(look(database, office, "verger")) == {"structure", "dossier"}
    assert names(look(database, office, "mediterraneenne")) == set()
    assert names(look(database, office, "statuts")) == set()


def test_what_is_rolled_back_is_not_found(database: Database, office: Office) -> None:
    def fail() -> None:
        with database.unit_of_work() as session:
            create_structure(session, office.identity(), {"nom": "Éphémère"}, NOW)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        fail()
    found = look(database, office, "ephemere")
    assert (names(found), found.spellings) == (set(), ())


def test_a_search_costs_the_same_statements_whatever_it_finds(
    database: Database, office: Office, dossier: int
) -> None:
    with database.unit_of_work() as session:
        for n in range(30):
            write_dossier(session, office, titre=f"Épicerie {n}")
    counts = set()
    for text in ("epicerie", "jardins", "mediterraneenne", "statuts"):
        with statements_of(database) as sent:
            look(database, office, text)
        counts.add(len(sent))
    assert len(counts) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_text_is_a_fault(database: Database, office: Office, text: str) -> None:
    look(database, office, text)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60))
def test_what_was_written_can_be_taken_out_again(
    database: Database, office: Office, text: str
) -> None:
    """Whatever the letters: the index of SQLite is told the old text to forget it."""
    with database.unit_of_work() as session:
        connection, structures = session.connection(), table_of(Structure)
        id = create_structure(session, office.identity(), {"nom": "Un nom"}, NOW)
        mine = structures.c.id == id
        connection.execute(update(structures).where(mine).values(nom=f"{text} sentinelle"))
        connection.execute(update(structures).where(mine).values(nom="Autre"))
        if database.is_sqlite:
            connection.exec_driver_sql(
                "INSERT INTO recherche (recherche) VALUES ('integrity-check')"
            )
    assert look(database, office, "sentinelle").structures == ()
