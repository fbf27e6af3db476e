"""What hangs on one dossier, as its page shows it."""

from __future__ import annotations

from datetime import date

from grants.dossiers import counters, queries
from grants.dossiers.gathered import (
    counts_by_structure,
    dossiers_of_seance,
    dossiers_of_structure,
)
from tests.builders.crowd import write_dossier
from tests.builders.dossiers import Counter
from tests.builders.offices import Office


def test_what_is_still_to_come_is_told_soonest_first(counter: Counter) -> None:
    counter.open()
    with counter.database.reading() as session:
        found = queries.open_echeances_of(session.connection(), counter.dossier)
    assert [(row["rule"], row["due_at"].date()) for row in found] == [
        ("contact_sans_rendez_vous", date(2026, 4, 2)),
        ("contact_sans_rendez_vous", date(2026, 4, 24)),
        ("contact_a_appeler", date(2026, 5, 20)),
    ]


def test_the_letters_of_each_move(counter: Counter) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    with counter.database.reading() as session:
        found = queries.letters_by_seq(session.connection(), counter.dossier)
    assert list(found) == [2, 3]
    assert found[2] == [("Confirmation du rendez-vous d’accueil", "prepare")]
    assert len(found[3]) == 1


def test_who_stands_around_a_dossier(counter: Counter) -> None:
    counter.open()
    row = counter.read().row
    with counter.database.reading() as session:
        connection = session.connection()
        found = queries.around(connection, row)
        nobody = {**row, "porteur_id": None, "structure_id": None, "referent_id": None}
        empty = queries.around(connection, nobody)
    assert found.porteur is not None
    assert found.porteur["nom"] == "Ana Porteuse"
    assert found.structure is not None
    assert found.structure["nom"] == "Les Jardins du Lez"
    assert found.referent == "Chargé de mission de Aide 34"
    assert (empty.porteur, empty.structure, empty.referent) == (None, None, None)


def test_what_an_organisme_uses_is_its_own(counter: Counter, other_office: Office) -> None:
    with counter.database.unit_of_work() as session:
        write_dossier(session, counter.office, departement="34")
        write_dossier(session, counter.office, departement="06")
        write_dossier(session, counter.office, departement="34", pipeline="dla_individuel")
        write_dossier(session, other_office, departement="11", pipeline="iae_porteurs")
    with counter.database.reading() as session:
        connection = session.connection()
        assert counters.departements_in_use(connection, counter.office.id) == ["06", "34"]
        used = counters.pipelines_in_use(connection, counter.office.id)
    assert used == {"microprojets": 2, "dla_individuel": 1}


def test_dossiers_gathered_by_structure_and_by_seance(
    counter: Counter, other_office: Office
) -> None:
    first = counter.take_to("cts")
    structure = counter.read().row["structure_id"]
    with counter.database.unit_of_work() as session:
        second = write_dossier(
            session, counter.office, structure_id=structure, ouvert_le=date(2027, 1, 1)
        )
        write_dossier(session, counter.office)
    office = counter.office
    with counter.database.reading() as session:
        connection = session.connection()
        of_structure = dossiers_of_structure(connection, office.id, structure)
        assert [line.id for line in of_structure] == [second, first]
        of_seance = dossiers_of_seance(connection, office.id, counter.seance)
        assert [line.id for line in of_seance] == [first]
        assert counts_by_structure(connection, office.id, [structure, 987]) == {structure: 2}
        assert dossiers_of_structure(connection, other_office.id, structure) == []
        assert dossiers_of_seance(connection, other_office.id, counter.seance) == []
        assert counts_by_structure(connection, other_office.id, [structure]) == {}
