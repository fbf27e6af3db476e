from __future__ import annotations

from datetime import date

import pytest

from workflow.periods import EmptyPeriod, Period, PeriodFault, PeriodTooLong


@pytest.mark.parametrize(
    ("text", "start", "last"),
    [
        ("12 mois", date(2026, 3, 12), date(2027, 3, 12)),
        ("1 an", date(2024, 2, 29), date(2025, 2, 28)),
        ("6 mois", date(2026, 8, 31), date(2027, 2, 28)),
        ("3 mois", date(2026, 11, 30), date(2027, 2, 28)),
        ("90 jours", date(2026, 1, 1), date(2026, 4, 1)),
        ("1 jour", date(2026, 12, 31), date(2027, 1, 1)),
        ("100 ans", date(9950, 1, 1), date.max),
        ("36600 jours", date(9999, 1, 1), date.max),
    ],
)
def test_the_last_good_day_is_counted_on_the_calendar(text: str, start: date, last: date) -> None:
    assert Period.parse(text).last_day(start) == last


@pytest.mark.parametrize("text", ["12 mois", "2 ans", "90 jours", "1 jour", "18 mois"])
def test_it_writes_what_it_reads(text: str) -> None:
    assert str(Period.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "12", "mois", "-3 mois", "1,5 an", "12 moi", "15 jours ouvrés", "٣ mois"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodFault, match="Écrivez une durée"):
        Period.parse(text)


def test_nothing_and_too_much_are_told_apart() -> None:
    with pytest.raises(EmptyPeriod):
        Period.parse("0 jour")
    for text in ("1201 mois", "101 ans", "999999 jours"):
        with pytest.raises(PeriodTooLong):
            Period.parse(text)
