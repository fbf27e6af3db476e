"""Two structures made one: everything moves or nothing does, and comes back while it may."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from api.schema import JOURNAL_OWNERS, METADATA
from grants.dossiers.pieces.queries import pieces_of
from grants.fusions.moved import MOVED
from grants.fusions.queries import merges_into, standing_for, what_depends
from grants.fusions.service import (
    MergeDemand,
    MergeUndone,
    SameStructure,
    merge,
    undo_merge,
)
from grants.organisation.identity import ReadOnly
from grants.structures.alike import find_alike
from grants.structures.contacts import add_contact, contacts_of
from grants.structures.queries import StructureFilters, structures_page
from grants.structures.service import (
    STRUCTURES,
    StructureMerged,
    create_structure,
    modify_structure,
)
from grants.structures.vocabulary import structure_choices
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, NotFound, Refused, Stale
from workflow.journal_check import verify

SIRET, OTHER_SIRET = "73282932000074", "35600000000048"


@pytest.fixture
def counter(database: Database, engine: Engine, office: Office) -> Counter:
    """Two dossiers of two structures of one name: the first has a number, the second pièces."""
    found = Counter(database, engine, office)
    found.open()
    found.given["one"] = str(found.read().row["structure_id"])
    found.given["dossier_one"] = str(found.dossier)
    found.take_to("accompagnement")
    found.given["two"] = str(found.read().row["structure_id"])
    found.bring_pieces()
    return found


def ids(counter: Counter) -> tuple[int, int]:
    return int(counter.given["one"]), int(counter.given["two"])


def join(counter: Counter, kept: int | None = None, by: str = "direction", **demand: Any) -> int:
    one, two = ids(counter)
    kept = kept or one
    absorbed = two if kept == one else one
    asked = replace(MergeDemand(kept, absorbed, {}), **demand)
    with counter.database.unit_of_work() as session:
        return merge(session, counter.engine, counter.office.identity(by), asked, counter.now)


def part(counter: Counter) -> int:
    one, _ = ids(counter)
    with counter.database.unit_of_work() as session:
        (made,) = merges_into(session.connection(), counter.office.id, one)
        return undo_merge(
            session, counter.engine, counter.charge, one, made.id, counter.wait(minutes=1)
        )


def row(counter: Counter, id: int) -> dict[str, object]:
    with counter.database.reading() as session:
        return STRUCTURES.read(session.connection(), counter.office.id, id)


def change(counter: Counter, id: int, **values: str) -> None:
    with counter.database.unit_of_work() as session:
        form = {"nom": STRUCTURE, **values}
        modify_structure(session, counter.charge, id, form, counter.now)


def reasons(counter: Counter) -> list[str]:
    with pytest.raises(Refused) as caught:
        part(counter)
    return [refusal.message for refusal in caught.value.refusals]


def test_everything_comes_to_the_structure_that_is_kept(counter: Counter) -> None:
    one, two = ids(counter)
    counter.fill("projet")
    with counter.database.unit_of_work() as session:
        add_contact(session, counter.charge, two, {"nom": "Zoé", "fonction": "CA"}, counter.now)
    join(counter)
    assert counter.read().row["structure_id"] == one
    assert row(counter, two)["absorbee_par_id"] == one
    with counter.database.reading() as session:
        connection = session.connection()
        assert [each.nom for each in contacts_of(connection, one)] == ["Zoé"]
        kept = [each for each in pieces_of(connection, counter.read().row) if each["structure_id"]]
        assert kept
        assert {each["structure_id"] for each in kept} == {one}
        assert verify(connection, JOURNAL_OWNERS).sound
    assert counter.lines()[-1].event == "structure_fusionnee"
    assert counter.offers()["inscrire_cts"].refusals != ()
    assert not any("Pièce" in each.message for each in counter.offers()["inscrire_cts"].refusals)


def test_the_absorbed_one_is_in_no_list_and_leads_to_the_other(counter: Counter) -> None:
    one, two = ids(counter)
    join(counter)
    with counter.database.reading() as session:
        connection, organisme = session.connection(), counter.office.id
        lines = structures_page(connection, organisme, StructureFilters()).lines
        assert [line.id for line in lines] == [one]
        assert [id for id, _ in structure_choices(connection, organisme)] == [one]
        assert [each.id for each in find_alike(connection, organisme, nom=STRUCTURE)] == [one]
        absorbed = STRUCTURES.read(connection, organisme, two)
        assert standing_for(connection, absorbed) == one
    with pytest.raises(StructureMerged):
        change(counter, two)
    with pytest.raises(StructureMerged):
        join(counter)


def test_two_numbers_wait_for_a_choice_and_the_other_one_is_free_again(counter: Counter) -> None:
    one, two = ids(counter)
    change(counter, one, siret=SIRET, telephone="04 67 00 00 01")
    change(counter, two, siret=OTHER_SIRET, commune="Lattes")
    with pytest.raises(Invalid) as caught:
        join(counter)
    assert list(caught.value.faults) == ["siret"]
    join(counter, choices={"siret": str(two)})
    kept = row(counter, one)
    assert (kept["siret"], kept["commune"]) == (OTHER_SIRET, "Lattes")
    assert kept["telephone"] == "+33467000001"
    assert row(counter, two)["siret"] is None
    part(counter)
    assert (row(counter, one)["siret"], row(counter, two)["siret"]) == (SIRET, OTHER_SIRET)
    assert row(counter, one)["commune"] is None


def test_a_merge_undone_gives_everything_back(counter: Counter) -> None:
    one, two = ids(counter)
    join(counter)
    assert part(counter) == two
    assert counter.read().row["structure_id"] == two
    assert counter.read(int(counter.given["dossier_one"])).row["structure_id"] == one
    assert row(counter, two)["absorbee_par_id"] is None
    assert counter.lines()[-1].event == "fusion_annulee"
    with counter.database.reading() as session:
        connection = session.connection()
        kept = [each for each in pieces_of(connection, counter.read().row) if each["structure_id"]]
        assert {each["structure_id"] for each in kept} == {two}
        assert merges_into(connection, counter.office.id, one) == []
        assert verify(connection, JOURNAL_OWNERS).sound
    join(counter)
    assert counter.read().row["structure_id"] == one


def _number_taken(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        form = {"nom": "La troisième", "siret": OTHER_SIRET}
        create_structure(session, counter.charge, form, counter.now)


def _gone_on(counter: Counter) -> None:
    counter.do("classer_sans_suite", reason="Abandon.")


def _fiche_changed(counter: Counter) -> None:
    change(counter, ids(counter)[0], siret=SIRET, commune="Sète")


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (_number_taken, "Le SIRET 35600000000048 est maintenant celui de « La troisième »."),
        (_gone_on, "Le dossier MP-2026-002 a avancé depuis."),
        (_fiche_changed, "« Commune » a été changé depuis sur la fiche."),
    ],
)
def test_what_depends_on_a_merge_is_told_and_keeps_it(
    counter: Counter, since: Callable[[Counter], None], told: str
) -> None:
    one, two = ids(counter)
    change(counter, one, siret=SIRET)
    change(counter, two, siret=OTHER_SIRET, commune="Lattes")
    join(counter, choices={"siret": str(one)})
    since(counter)
    assert reasons(counter) == [told]
    assert row(counter, two)["absorbee_par_id"] == one


def test_a_structure_absorbed_in_its_turn_keeps_what_it_absorbed(counter: Counter) -> None:
    one, two = ids(counter)
    join(counter)
    with counter.database.unit_of_work() as session:
        third = create_structure(session, counter.charge, {"nom": STRUCTURE}, counter.now)
        asked = MergeDemand(third, one, {})
        merge(session, counter.engine, counter.charge, asked, counter.now)
    assert reasons(counter) == ["La structure gardée a elle-même été fusionnée depuis."]
    with counter.database.reading() as session:
        absorbed = STRUCTURES.read(session.connection(), counter.office.id, two)
        assert standing_for(session.connection(), absorbed) == third


def test_a_merge_is_undone_once(counter: Counter) -> None:
    one, _ = ids(counter)
    join(counter)
    with counter.database.reading() as session:
        (made,) = merges_into(session.connection(), counter.office.id, one)
        assert what_depends(session.connection(), counter.office.id, made) == ()
    part(counter)
    with pytest.raises(MergeUndone), counter.database.unit_of_work() as session:
        undo_merge(session, counter.engine, counter.charge, one, made.id, counter.now)


def test_the_same_form_sent_twice_merges_once(counter: Counter) -> None:
    one, _ = ids(counter)
    assert join(counter, key="la-meme-cle") == one
    assert join(counter, key="la-meme-cle") == one
    with counter.database.reading() as session:
        assert len(merges_into(session.connection(), counter.office.id, one)) == 1


def test_what_changed_since_it_was_compared_is_told(counter: Counter) -> None:
    one, two = ids(counter)
    seen = row(counter, two)["seq"]
    change(counter, two, commune="Lattes")
    with pytest.raises(Stale):
        join(counter, absorbed_version=seen)
    assert row(counter, two)["absorbee_par_id"] is None
    assert counter.read().row["structure_id"] == two
    assert one


def test_who_may_not_and_what_is_not_there(counter: Counter, other_office: Office) -> None:
    one, _ = ids(counter)
    with pytest.raises(ReadOnly):
        join(counter, by="lecteur")
    with counter.database.unit_of_work() as session:
        asked = MergeDemand(one, one, {})
        with pytest.raises(SameStructure):
            merge(session, counter.engine, counter.charge, asked, counter.now)
        foreign = create_structure(session, other_office.identity(), {"nom": "Là-bas"}, counter.now)
    with pytest.raises(NotFound), counter.database.unit_of_work() as session:
        merge(session, counter.engine, counter.charge, MergeDemand(one, foreign, {}), counter.now)


def test_two_people_who_merge_the_same_two_each_their_way(counter: Counter) -> None:
    one, two = ids(counter)

    def attempt(kept: int) -> str:
        try:
            join(counter, kept)
        except DomainError as error:
            return error.code
        return "fait"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, (one, two)))
    assert outcomes == ["fait", "structure_fusionnee"]
    absorbed = [row(counter, id)["absorbee_par_id"] for id in (one, two)]
    assert sorted(each is None for each in absorbed) == [False, True]
    with counter.database.reading() as session:
        assert verify(session.connection(), JOURNAL_OWNERS).sound


def test_every_table_that_hangs_on_a_structure_is_moved() -> None:
    """One that is forgotten would leave its rows with a structure that nobody sees."""
    hanging = {
        table.name
        for table in METADATA.tables.values()
        if any(key.references(METADATA.tables["structure"]) for key in table.foreign_keys)
    }
    assert hanging - {"fusion"} == {table.name for table in MOVED}
