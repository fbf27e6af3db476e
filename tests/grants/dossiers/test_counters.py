"""The counts that triggers keep are those that counting gives, whatever was done, by how many."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update

from grants.dossiers.board import count_late, totals_by_stage
from grants.dossiers.counters import (
    answers,
    counted,
    counted_by_stage,
    departements_in_use,
    fold,
    pipelines_in_use,
    referents_in_use,
)
from grants.dossiers.filters import NOBODY, NOWHERE, D, Filters
from grants.dossiers.listing import totals_of
from tests.builders.crowd import STAGES, write_crowd, write_dossier
from tests.builders.offices import NOW, Office
from workflow.database import Database

TOLD = "SELECT {} FROM compteur_present GROUP BY 1, 2, 3, 4, 5 HAVING sum(nombre) <> 0"
KEPT = "organisme_id, pipeline, stage, referent_id, departement, sum(nombre), sum(demande)"
PLACES = (
    *(D.c.organisme_id, D.c.pipeline, D.c.stage),
    *(func.coalesce(D.c.referent_id, 0), func.coalesce(D.c.departement, "")),
)
#: What proves that a filter is counted one by one: it keeps every dossier.
ANYTHING = {"since": NOW.date().replace(year=1990)}


def agree(database: Database) -> None:
    """Raises AssertionError unless the counts are those of the table, for every organisme."""
    query = select(
        *PLACES,
        func.count(),
        func.coalesce(func.sum(D.c.montant_demande), 0),
        func.coalesce(func.sum(D.c.montant_accorde), 0),
    ).group_by(*PLACES)
    with database.reading() as session:
        connection = session.connection()
        told = connection.execute(text(TOLD.format(f"{KEPT}, sum(accorde)")))
        assert sorted(tuple(row) for row in told) == sorted(
            tuple(row) for row in connection.execute(query)
        )


def change(database: Database, offices: list[Office], chance: random.Random) -> None:
    """One thing that may happen to dossiers, then perhaps taken back with its transaction."""
    office = chance.choice(offices)
    amount = chance.choice([None, 1, 250_000])
    values: dict[str, Any] = chance.choice(
        [
            {"stage": chance.choice(STAGES)},
            {"referent_id": chance.choice([None, *(each.id for each in office.people.values())])},
            {"departement": chance.choice([None, "34", "06"])},
            {"montant_demande": amount, "montant_accorde": None},
            {"montant_demande": 500_000, "montant_accorde": amount},
            {"pipeline": chance.choice(["microprojets", "dla_individuel"])},
            {"titre": "Sans effet"},
        ]
    )
    rows = D.c.id % chance.choice([1, 2, 5]) == 0
    try:
        with database.unit_of_work() as session:
            connection = session.connection()
            if chance.random() < 0.2:
                connection.execute(delete(D).where(rows, D.c.organisme_id == office.id))
            elif chance.random() < 0.3:
                write_crowd(session, office, chance.randrange(3))
                write_dossier(session, office, **{**values, "montant_accorde": None})
            else:
                connection.execute(update(D).where(rows, D.c.organisme_id == office.id), values)
            if chance.random() < 0.2:
                raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass


@pytest.mark.parametrize("seed", range(3))
def test_counts_follow_any_sequence_of_changes(
    database: Database, office: Office, other_office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        change(database, [office, other_office], chance)
        if chance.random() < 0.2:
            fold(database)
        agree(database)


def test_two_at_once_lose_no_count_and_wait_for_none(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        ids = [write_dossier(session, office, montant_demande=100) for _ in range(16)]

    def go(mine: list[int]) -> None:
        for turn in range(12):
            for id in mine:
                with database.unit_of_work() as session:
                    stage = STAGES[(turn + id) % len(STAGES)]
                    query = update(D).where(D.c.id == id).values(stage=stage)
                    session.connection().execute(query)
            fold(database)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, [ids[n::4] for n in range(4)]))
    agree(database)


def test_folding_leaves_the_counts_and_nothing_to_fold(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    with database.unit_of_work() as session:
        session.connection().execute(
            text("INSERT INTO compteur_ecart VALUES (1, 'p', 'a', 0, '', 3, 10, 0)")
        )
    with database.reading() as session:
        before = counted(session.connection(), 1, Filters())
    fold(database)
    with database.reading() as session:
        connection = session.connection()
        assert counted(connection, 1, Filters()) == before
        assert connection.execute(text("SELECT count(*) FROM compteur_ecart")).scalar_one() == 0
    database.dispose()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(pipeline="microprojets"),
        Filters(pipeline="microprojets", stages=("contact", "cts")),
        Filters(referent_id=NOBODY),
        Filters(departement="34"),
        Filters(departement=NOWHERE),
        Filters(pipeline="microprojets", stages=("suivi",), departement="06", referent_id=NOBODY),
    ],
)
def test_what_is_added_up_is_what_would_be_counted(
    database: Database, office: Office, other_office: Office, filters: Filters
) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, office, 40)
        write_crowd(session, other_office, 12)
    one_by_one = replace(filters, **ANYTHING)
    assert answers(filters)
    assert not answers(one_by_one)
    with database.reading() as session:
        connection = session.connection()
        assert counted_by_stage(connection, office.id, filters) == totals_by_stage(
            connection, office.id, one_by_one
        )
        assert counted(connection, office.id, filters) == totals_of(
            connection, office.id, one_by_one
        )
        late = {stage: NOW.date().replace(year=2030) for stage in STAGES}
        count = totals_of(connection, office.id, replace(filters, late=late)).count
        assert count_late(connection, office.id, filters, late) == count


def test_what_is_in_use_is_told(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, office, 12)
    with database.reading() as session:
        connection = session.connection()
        assert pipelines_in_use(connection, office.id) == {"microprojets": 12}
        assert departements_in_use(connection, office.id) == ["06", "34"]
        names = {office.people[role].nom for role in ("direction", "assistant")}
        assert set(referents_in_use(connection, office.id).values()) == {"", *names}
        assert pipelines_in_use(connection, office.id + 1) == {}
