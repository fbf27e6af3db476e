"""Every page that is measured costs as many statements whatever the number of dossiers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grants.dossiers.listing import SORTS
from tests.builders.counting import statements_of
from tests.builders.crowd import write_crowd
from tests.builders.dossiers import Counter
from tests.builders.visitors import Visitor

LIST = "/liste?dispositif=microprojets"


def addresses(counter: Counter, dossier: int) -> Iterator[str]:
    """The pages of `manage.py bench`, and the list in each of its orders under each filter."""
    referent = counter.office.people["direction"].id
    yield from ("/aujourdhui", "/tableau", f"/tableau?referent={referent}", "/liste", "/pilotage")
    yield from (f"/dossiers/{dossier}", "/recherche?q=jardins", "/recherche?q=zzzzzz")
    for narrowed in ("", "&etape=cts", f"&referent={referent}", "&departement=34"):
        for key in SORTS:
            for sense in ("asc", "desc"):
                yield f"{LIST}{narrowed}&tri={key}&sens={sense}"


@pytest.fixture
def dossier(counter: Counter) -> int:
    """One dossier of an office that has at least one of each stage, referent and département."""
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, 60)
    return counter.open()


def test_a_page_sends_the_same_statements_with_ten_times_as_many_dossiers(
    charge: Visitor, counter: Counter, dossier: int
) -> None:
    asked = list(addresses(counter, dossier))

    def costs() -> dict[str, int]:
        found = {}
        for address in asked:
            with statements_of(counter.database) as sent:
                assert charge.get(address).status_code == 200, address
            found[address] = len(sent)
        return found

    costs()  # what is only written once, like the moment of a visit, is written
    before = costs()
    with counter.database.unit_of_work() as session:
        write_crowd(session, counter.office, 600)
    assert costs() == before
