"""Dates and moments: read strictly, Paris clocks, written in French."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.dates import (
    DateFault,
    MomentFault,
    NoSuchDate,
    NoSuchHour,
    YearOutOfRange,
    format_date,
    format_datetime,
    from_paris,
    parse_date,
    parse_datetime,
    to_paris,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
LOOKS_LIKE_A_DATE = st.text("0123456789/-T: hà", max_size=20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2009-07-15", date(2009, 7, 15)),
        ("15/07/2009", date(2009, 7, 15)),
        ("1/7/2009", date(2009, 7, 1)),
        (" 15/07/2009\n", date(2009, 7, 15)),
        ("29/02/2008", date(2008, 2, 29)),
        ("1900-01-01", date(1900, 1, 1)),
        ("31/12/2200", date(2200, 12, 31)),
    ],
)
def test_a_date_is_read_in_both_writings(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text", ["30/02/2009", "29/02/2009", "2009-04-31", "07/15/2009", "0/1/2009"]
)
def test_a_date_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(NoSuchDate, match="n'existe pas"):
        parse_date(text)


@pytest.mark.parametrize("text", ["31/12/1899", "2201-01-01", "0009-07-15", "15/07/9999"])
def test_a_year_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(YearOutOfRange, match="1900 à 2200"):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15/07/09",
        "15-07-2009",
        "15.07.2009",
        "2009/07/15",
        "2009-7-15",
        "20090715",
        "15 juillet 2009",
        "demain",
        "١٥/٠٧/٢٠٠٩",
        "1\uff15/07/2009",
        "2009-07-15T00:00",
        "2009-07-15\x00",
        "\ud800",
        "15/07/2009 ou 16/07/2009",
    ],
)
def test_an_ambiguous_or_foreign_writing_of_a_date_is_refused(text: str) -> None:
    with pytest.raises(DateFault) as refused:
        parse_date(text)
    assert str(refused.value) == "Écrivez une date comme 15/07/2009."


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2009-07-15T14:30", datetime(2009, 7, 15, 12, 30, tzinfo=UTC)),
        ("2009-01-15T14:30", datetime(2009, 1, 15, 13, 30, tzinfo=UTC)),
        ("2009-07-15T14:30:05", datetime(2009, 7, 15, 12, 30, 5, tzinfo=UTC)),
        ("2009-07-15 14:30", datetime(2009, 7, 15, 12, 30, tzinfo=UTC)),
        ("15/07/2009 14h30", datetime(2009, 7, 15, 12, 30, tzinfo=UTC)),
        ("15/07/2009 à 14\u00a0h\u00a030", datetime(2009, 7, 15, 12, 30, tzinfo=UTC)),
        ("2009-07-15T00:00", datetime(2009, 7, 14, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_paris_and_kept_in_utc(text: str, moment: datetime) -> None:
    parsed = parse_datetime(text)
    assert parsed == moment
    assert parsed.tzinfo is UTC


def test_the_hour_that_october_repeats_is_its_first_one() -> None:
    assert parse_datetime("2026-10-25T02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert parse_datetime("2026-10-25T03:00") == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("hour", ["02:00", "02:30", "02:59"])
def test_the_hour_that_march_skips_is_refused(hour: str) -> None:
    with pytest.raises(NoSuchHour, match="l'heure d'été"):
        parse_datetime(f"2026-03-29T{hour}")
    assert parse_datetime("2026-03-29T03:00") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2009-07-15",
        "14:30",
        "2009-07-15T24:00",
        "2009-07-15T14:60",
        "2009-07-15T14:30Z",
        "2009-07-15T14:30+02:00",
        "2009-07-15T14:30:00.5",
        "2009-07-15T1\u0664:30",
        "\udfff",
    ],
)
def test_what_is_not_a_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MomentFault, match="15/07/2009 14:30"):
        parse_datetime(text)


def test_a_moment_on_a_day_that_does_not_exist_is_refused_as_such() -> None:
    with pytest.raises(NoSuchDate):
        parse_datetime("2009-02-30T10:00")


def test_dates_and_moments_are_written_in_french() -> None:
    assert format_date(date(2009, 7, 15)) == "15 juillet 2009"
    assert format_date(date(2010, 5, 1)) == "1er mai 2010"
    afternoon = datetime(2009, 7, 15, 12, 30, tzinfo=UTC)
    assert format_datetime(afternoon) == "15 juillet 2009 à 14\u00a0h\u00a030"
    early = datetime(2009, 12, 31, 23, 5, tzinfo=UTC)
    assert format_datetime(early) == "1er janvier 2010 à 0\u00a0h\u00a005"
    assert format_datetime(datetime(2009, 1, 5, 8, tzinfo=UTC)) == "5 janvier 2009 à 9\u00a0h"


def test_a_moment_without_a_time_zone_is_never_guessed() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        format_datetime(datetime.fromisoformat("2009-07-15T12:30"))


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_date_written_then_read_is_the_same(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d/%m/%Y}") == day


@given(st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2200-01-01")))
def test_a_paris_clock_read_in_utc_shows_the_same_time_again(wall: datetime) -> None:
    try:
        moment = from_paris(wall)
    except NoSuchHour:
        before, after = from_paris(wall - timedelta(hours=2)), from_paris(wall + timedelta(hours=2))
        assert after - before == timedelta(hours=3)
        return
    assert to_paris(moment).replace(tzinfo=None, fold=0) == wall


@given(ANY_TEXT | LOOKS_LIKE_A_DATE)
def test_any_text_gives_a_date_or_a_date_fault(text: str) -> None:
    for parse in (parse_date, parse_datetime):
        try:
            read = parse(text)
        except DateFault:
            continue
        assert 1899 <= read.year <= 2200
