"""The periods of a report: named, read, gone back from."""

from __future__ import annotations

from datetime import date

import pytest

from grants.rapport.activite.periodes import (
    address_of,
    name_of,
    named_period,
    previous,
    read_period,
)
from grants.rapport.activite.reading import chapters_asked
from workflow.errors import Invalid

TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("asked", "named", "before"),
    [
        ("2009", "2009", "2008"),
        ("2009-S1", "1er semestre 2009", "2e semestre 2008"),
        ("2009-t3", "3e trimestre 2009", "2e trimestre 2009"),
        ("2009-01", "janvier 2009", "décembre 2008"),
    ],
)
def test_a_named_period_and_the_one_before_it(asked: str, named: str, before: str) -> None:
    period = read_period({"periode": asked}, TODAY)
    assert name_of(period) == named
    assert name_of(previous(period)) == before
    assert address_of(period) == {"periode": asked.upper()}


def test_any_two_days_make_a_period_as_long_as_the_one_before() -> None:
    period = read_period({"du": "10/03/2009", "au": "2009-03-19"}, TODAY)
    assert name_of(period) == "du 10 mars 2009 au 19 mars 2009"
    before = previous(period)
    assert (before.since, before.until) == (date(2009, 2, 28), date(2009, 3, 9))
    assert address_of(period) == {"du": "2009-03-10", "au": "2009-03-19"}
    assert read_period({}, TODAY) == named_period("2026")


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ({"du": "2009-05-02", "au": "2009-05-01"}, "au"),
        ({"du": "2009-05-02"}, "au"),
        ({"au": "2009-05-02"}, "du"),
        ({"du": "hier", "au": "2009-05-01"}, "du"),
        *(({"periode": text}, "periode") for text in ("2009-S3", "2009-T5", "2009-13", "09", "x")),
    ],
)
def test_a_period_that_cannot_be_is_refused_by_its_field(pairs: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_period(pairs, TODAY)
    assert set(refused.value.faults) == {field}


def test_an_unknown_chapter_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Invalid) as refused:
        chapters_asked(["dla", "jardin"])
    assert "« jardin »" in refused.value.faults["chapitres"]
    assert "microprojets" in refused.value.faults["chapitres"]
    assert [each.key for each in chapters_asked(["microprojets", "dla"])] == ["dla", "microprojets"]
