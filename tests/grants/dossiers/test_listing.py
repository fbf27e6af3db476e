"""The list: every page, in every order, forwards and backwards, each dossier once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from grants.dossiers.filters import WITH_NAMES, D, Filters
from grants.dossiers.listing import SORTS, Cursor, Page, Sort, page_of, sort_value
from tests.builders.counting import statements_of
from tests.builders.crowd import write_crowd, write_dossier
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine
from workflow.pipeline import Pipeline

SIZE = 7
MOST_PAGES = 40


@pytest.fixture
def microprojets(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def page(
    database: Database,
    office: Office,
    sort: Sort,
    pipeline: Pipeline,
    cursor: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    with database.reading() as session:
        connection = session.connection()
        return page_of(connection, office.id, Filters(), sort, pipeline, cursor, size)


def walk(database: Database, office: Office, sort: Sort, pipeline: Pipeline) -> list[Page]:
    """Every page, forwards."""
    pages = [page(database, office, sort, pipeline)]
    while cursor := pages[-1].next:
        assert len(pages) < MOST_PAGES, "these pages go round in circles"
        pages.append(page(database, office, sort, pipeline, cursor))
    return pages


def walk_back(
    database: Database, office: Office, sort: Sort, pipeline: Pipeline, last: Page
) -> list[Page]:
    """From the last page to the first."""
    pages = [last]
    while cursor := pages[-1].previous:
        assert len(pages) < MOST_PAGES, "these pages go round in circles"
        pages.append(page(database, office, sort, pipeline, cursor))
    return pages


def ids_of(pages: list[Page]) -> list[int]:
    return [line.id for each in pages for line in each.lines]


@pytest.mark.parametrize("key", SORTS)
def test_walking_there_and_back_gives_each_dossier_once_in_the_same_order(
    database: Database, office: Office, other_office: Office, microprojets: Pipeline, key: str
) -> None:
    with database.unit_of_work() as session:
        written = write_crowd(session, office, 40)
        write_crowd(session, other_office, 10)
    orders = []
    for descending in (True, False):
        sort = Sort(key, descending)
        forwards = walk(database, office, sort, microprojets)
        order = ids_of(forwards)
        assert sorted(order) == sorted(written)
        assert [len(each.lines) for each in forwards] == [SIZE] * 5 + [5]
        assert forwards[0].previous is None
        backwards = walk_back(database, office, sort, microprojets, forwards[-1])
        assert [ids_of([each]) for each in reversed(backwards)] == _paged_from_the_end(order)
        assert _is_sorted(_values(database, sort, microprojets), order, descending=descending)
        orders.append(order)
    assert orders[0] == orders[1][::-1]


def _paged_from_the_end(order: list[int]) -> list[list[int]]:
    """The pages met walking back from the last one: full ones, then what is left."""
    last = order[len(order) - len(order) % SIZE :]
    rest = order[: len(order) - len(last)]
    return [*[rest[n : n + SIZE] for n in range(0, len(rest), SIZE)], last]


def _values(database: Database, sort: Sort, pipeline: Pipeline) -> dict[int, Any]:
    query = select(D.c.id, sort_value(sort.key, pipeline)).select_from(WITH_NAMES)
    with database.reading() as session:
        return {row[0]: row[1] for row in session.connection().execute(query)}


def _is_sorted(values: dict[int, Any], order: list[int], *, descending: bool) -> bool:
    """Whether equal values stand together and, where they compare as in Python, go one way."""
    seen = [values[id] for id in order]
    runs: list[Any] = [value for value, after in pairwise([*seen, object()]) if value != after]
    if len(runs) != len(set(runs)):
        return False
    if isinstance(seen[0], str):  # the database's own collation
        return True
    return runs == sorted(runs, reverse=descending)


@pytest.mark.parametrize("key", SORTS)
def test_dossiers_that_come_meanwhile_neither_repeat_nor_hide_the_others(
    database: Database, office: Office, microprojets: Pipeline, key: str
) -> None:
    with database.unit_of_work() as session:
        written = write_crowd(session, office, 20)
    sort = Sort(key, SORTS[key])
    seen = [page(database, office, sort, microprojets)]
    while cursor := seen[-1].next:
        assert len(seen) < MOST_PAGES, "these pages go round in circles"
        with database.unit_of_work() as session:
            write_dossier(session, office, commune="Aix", montant_demande=1)
            write_dossier(session, office, commune="Zuydcoote", montant_demande=10**9)
        seen.append(page(database, office, sort, microprojets, cursor))
    found = ids_of(seen)
    assert len(found) == len(set(found))
    assert set(written) <= set(found)


def test_stages_go_in_the_order_of_the_pipeline(
    database: Database, office: Office, microprojets: Pipeline
) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, office, 12)
        write_dossier(session, office, stage="inconnue")
    found = page(database, office, Sort("etape", False), microprojets, size=50)
    stages = list(dict.fromkeys(line.stage for line in found.lines))
    assert stages == ["contact", "accueil", "accompagnement", "cts", "suivi", "clos", "inconnue"]


def test_a_cursor_that_nothing_follows_any_more_leads_to_the_first_page(
    database: Database, office: Office, microprojets: Pipeline
) -> None:
    with database.unit_of_work() as session:
        write_crowd(session, office, 10)
    sort = Sort("demande", True)
    after = page(database, office, sort, microprojets).next
    assert after is not None
    with database.unit_of_work() as session:
        session.connection().execute(update(D).values(montant_demande=10**6))
    found = page(database, office, sort, microprojets, after)
    assert len(found.lines) == SIZE
    assert (found.previous, found.next is None) == (None, False)
    beyond = Cursor(0, 1, backwards=False)
    assert page(database, office, sort, microprojets, beyond).lines == found.lines


def test_a_page_that_holds_everything_has_no_neighbour(
    database: Database, office: Office, microprojets: Pipeline
) -> None:
    assert page(database, office, Sort(), microprojets) == Page((), None, None)
    with database.unit_of_work() as session:
        write_crowd(session, office, SIZE)
    found = page(database, office, Sort(), microprojets)
    assert (len(found.lines), found.previous, found.next) == (SIZE, None, None)


def test_a_page_costs_one_statement_whatever_it_shows(
    database: Database, office: Office, microprojets: Pipeline
) -> None:
    for size in (1, 40):
        with database.unit_of_work() as session:
            write_crowd(session, office, size)
        with database.reading() as session, statements_of(database) as sent:
            page_of(session.connection(), office.id, Filters(), Sort("lieu"), microprojets)
        assert len(sent) == 1
