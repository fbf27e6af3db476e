"""Working days, delays and sending hours, around every date that tricks calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import (
    TERRITOIRES,
    Delay,
    DelayFault,
    DelayTooLong,
    UnknownTerritoire,
    add_working_days,
    bank_holidays,
    is_working_day,
    next_opening,
    next_working_day_on_or_after,
    previous_working_day_on_or_before,
    sending_moment,
)
from workflow.dates import to_paris

DAYS = st.dates(date(1990, 1, 1), date(2190, 12, 31))
PLACES = st.sampled_from(sorted(TERRITOIRES))
SUBDIVISIONS = {
    "metropole": None,
    "alsace_moselle": "57",
    "guadeloupe": "971",
    "martinique": "972",
    "guyane": "973",
    "la_reunion": "974",
    "mayotte": "976",
    "saint_barthelemy": "BL",
    "saint_martin": "MF",
    "nouvelle_caledonie": "NC",
    "polynesie_francaise": "PF",
    "saint_pierre_et_miquelon": "PM",
    "wallis_et_futuna": "WF",
}


@pytest.mark.parametrize("territoire", sorted(TERRITOIRES))
def test_bank_holidays_are_those_of_the_reference_library(territoire: str) -> None:
    # The library ends in 2100; Polynesia's present list dates from 2025.
    first = 2008 if territoire in ("metropole", "alsace_moselle") else 2025
    subdivision = SUBDIVISIONS[territoire]
    for year in range(first, 2101):
        reference = holidays.country_holidays("FR", subdiv=subdivision, years=year)
        assert bank_holidays(year, territoire) == frozenset(reference), year


def test_an_unknown_territory_is_a_fault() -> None:
    with pytest.raises(UnknownTerritoire, match="atlantide"):
        is_working_day(date(2026, 5, 4), "atlantide")


@pytest.mark.parametrize(
    ("day", "territoire", "working"),
    [
        (date(2026, 5, 1), "metropole", False),
        (date(2026, 4, 6), "metropole", False),  # Easter Monday
        (date(2026, 5, 14), "metropole", False),  # Ascension
        (date(2026, 5, 15), "metropole", True),  # its bridge is a working day
        (date(2026, 5, 25), "metropole", False),  # Pentecost Monday
        (date(2026, 4, 3), "metropole", True),  # Good Friday
        (date(2026, 4, 3), "alsace_moselle", False),
        (date(2025, 12, 26), "metropole", True),
        (date(2025, 12, 26), "alsace_moselle", False),
        (date(2024, 12, 20), "la_reunion", False),
        (date(2024, 2, 29), "metropole", True),
        (date(2026, 5, 2), "metropole", False),  # a Saturday
    ],
)
def test_a_working_day_is_a_weekday_that_is_no_bank_holiday(
    day: date, territoire: str, working: bool
) -> None:
    assert is_working_day(day, territoire) is working


@pytest.mark.parametrize(
    ("start", "n", "reached"),
    [
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # over 1 May and the week-end
        (date(2026, 5, 4), -1, date(2026, 4, 30)),
        (date(2026, 5, 13), 2, date(2026, 5, 18)),  # over Ascension
        (date(2026, 5, 2), 1, date(2026, 5, 4)),  # from a Saturday
        (date(2026, 5, 2), -1, date(2026, 4, 30)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 28), 2, date(2024, 3, 1)),
        (date(2023, 2, 28), 1, date(2023, 3, 1)),
        (date(2025, 12, 31), 1, date(2026, 1, 2)),  # over the year's end
        (date(2026, 1, 2), -1, date(2025, 12, 31)),
        (date(2026, 5, 2), 0, date(2026, 5, 2)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, n: int, reached: date) -> None:
    assert add_working_days(start, n) == reached


def test_good_friday_and_saint_stephen_push_a_date_in_alsace_only() -> None:
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 3)
    assert add_working_days(date(2026, 4, 2), 1, "alsace_moselle") == date(2026, 4, 7)
    assert add_working_days(date(2025, 12, 24), 1) == date(2025, 12, 26)
    assert add_working_days(date(2025, 12, 24), 1, "alsace_moselle") == date(2025, 12, 29)


@given(DAYS, st.integers(-400, 400), PLACES)
def test_counting_agrees_with_walking_day_by_day(day: date, n: int, territoire: str) -> None:
    walked, left, step = day, abs(n), timedelta(days=1 if n > 0 else -1)
    while left:
        walked += step
        left -= is_working_day(walked, territoire)
    assert add_working_days(day, n, territoire) == walked


@given(DAYS, PLACES)
def test_the_nearest_working_days_enclose_the_day(day: date, territoire: str) -> None:
    before = previous_working_day_on_or_before(day, territoire)
    after = next_working_day_on_or_after(day, territoire)
    assert before <= day <= after
    assert is_working_day(before, territoire)
    assert is_working_day(after, territoire)
    assert (before == after) is is_working_day(day, territoire)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("15 jours ouvrés", Delay(15, working=True)),
        ("-2 jours ouvrés", Delay(-2, working=True)),
        ("\u221210 jours ouvrés", Delay(-10, working=True)),
        ("1 jour ouvré", Delay(1, working=True)),
        ("30 jours", Delay(30)),
        ("1 jour", Delay(1)),
        ("0 jour", Delay(0)),
        ("+7 jours", Delay(7)),
        ("\u2212 30\u00a0jours", Delay(-30)),
        (" 3660 jours ", Delay(3660)),
    ],
)
def test_a_delay_is_read_as_it_is_said(text: str, delay: Delay) -> None:
    assert Delay.parse(text) == delay


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jours",
        "15",
        "15jours",
        "15 jours ouvrables",
        "15 jours ouvres",
        "quinze jours",
        "2 semaines",
        "1,5 jour",
        "٣ jours",
        "--2 jours",
        "15 jours ouvrés après",
        "\ud800",
    ],
)
def test_what_is_not_a_delay_is_refused_with_examples(text: str) -> None:
    with pytest.raises(DelayFault, match="15 jours ouvrés"):
        Delay.parse(text)


def test_a_delay_over_ten_years_is_refused() -> None:
    with pytest.raises(DelayTooLong, match="3 660 jours"):
        Delay.parse("3661 jours")


@given(st.builds(Delay, st.integers(-3660, 3660), st.booleans()))
def test_a_delay_written_then_read_is_the_same(delay: Delay) -> None:
    assert Delay.parse(str(delay)) == delay


@given(
    st.text(st.characters(exclude_categories=())) | st.text("0123456789 -+jourséouv", max_size=20)
)
def test_any_text_gives_a_delay_or_a_delay_fault(text: str) -> None:
    try:
        delay = Delay.parse(text)
    except DelayFault:
        return
    assert abs(delay.days) <= 3660


@pytest.mark.parametrize(
    ("delay", "event", "reached"),
    [
        ("-30 jours", date(2026, 6, 1), date(2026, 4, 30)),  # 2 May, a Saturday, 1 May before it
        ("30 jours", date(2026, 4, 1), date(2026, 5, 4)),  # 1 May
        ("0 jour", date(2026, 5, 1), date(2026, 5, 4)),
        ("15 jours", date(2026, 4, 14), date(2026, 4, 29)),
        ("-2 jours ouvrés", date(2026, 5, 4), date(2026, 4, 29)),
        ("15 jours ouvrés", date(2026, 4, 30), date(2026, 5, 27)),  # over 1, 8, 14 and 25 May
        ("0 jour ouvré", date(2026, 5, 2), date(2026, 5, 4)),
    ],
)
def test_a_date_before_an_event_falls_earlier_and_a_date_after_it_later(
    delay: str, event: date, reached: date
) -> None:
    assert Delay.parse(delay).from_day(event) == reached


@given(st.builds(Delay, st.integers(-400, 400), st.booleans()), DAYS, PLACES)
def test_a_delay_always_reaches_a_working_day_on_its_side_of_the_event(
    delay: Delay, day: date, territoire: str
) -> None:
    reached = delay.from_day(day, territoire)
    assert is_working_day(reached, territoire)
    assert reached < day if delay.days < 0 else reached >= day


@pytest.mark.parametrize(
    ("day", "hour", "leaves"),
    [
        (date(2026, 1, 5), 9, datetime(2026, 1, 5, 8, 0, tzinfo=UTC)),
        (date(2026, 7, 6), 9, datetime(2026, 7, 6, 7, 0, tzinfo=UTC)),
        (date(2026, 7, 6), 7, datetime(2026, 7, 6, 6, 0, tzinfo=UTC)),
        (date(2026, 7, 6), 19, datetime(2026, 7, 6, 17, 0, tzinfo=UTC)),
        (date(2026, 7, 6), 20, datetime(2026, 7, 7, 6, 0, tzinfo=UTC)),
        (date(2026, 7, 4), 9, datetime(2026, 7, 4, 7, 0, tzinfo=UTC)),  # Saturdays are allowed
        (date(2026, 7, 4), 20, datetime(2026, 7, 6, 6, 0, tzinfo=UTC)),
        (date(2026, 5, 1), 9, datetime(2026, 5, 2, 6, 0, tzinfo=UTC)),
        (date(2026, 3, 29), 2, datetime(2026, 3, 30, 6, 0, tzinfo=UTC)),  # spring change, a Sunday
        (date(2026, 10, 25), 2, datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),  # autumn change
        (date(2026, 3, 28), 20, datetime(2026, 3, 30, 6, 0, tzinfo=UTC)),
        (date(2026, 10, 24), 20, datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),
        (date(2024, 2, 29), 9, datetime(2024, 2, 29, 8, 0, tzinfo=UTC)),
        (date(2026, 4, 5), 12, datetime(2026, 4, 7, 6, 0, tzinfo=UTC)),  # Easter and its Monday
    ],
)
def test_a_reminder_leaves_in_opening_hours(day: date, hour: int, leaves: datetime) -> None:
    assert sending_moment(day, hour) == leaves


def test_a_reminder_waits_for_the_end_of_a_local_bank_holiday() -> None:
    good_friday = date(2026, 4, 3)
    assert sending_moment(good_friday) == datetime(2026, 4, 3, 7, 0, tzinfo=UTC)
    in_alsace = sending_moment(good_friday, territoire="alsace_moselle")
    assert in_alsace == datetime(2026, 4, 4, 6, 0, tzinfo=UTC)


def test_one_minute_after_closing_is_too_late() -> None:
    assert sending_moment(date(2026, 7, 6), 19, 1) == datetime(2026, 7, 7, 6, 0, tzinfo=UTC)
    assert sending_moment(date(2026, 7, 6), 7, 59) == datetime(2026, 7, 6, 6, 0, tzinfo=UTC)


@given(
    st.datetimes(
        datetime.fromisoformat("1990-01-01"),
        datetime.fromisoformat("2190-01-01"),
        timezones=st.just(UTC),
    ),
    PLACES,
)
def test_every_opening_is_allowed_and_stays_where_it_is(moment: datetime, territoire: str) -> None:
    opening = next_opening(moment, territoire)
    local = to_paris(opening)
    assert moment <= opening <= moment + timedelta(days=5)
    assert opening.tzinfo is UTC
    assert (8, 0) <= (local.hour, local.minute) <= (19, 0)
    assert local.weekday() != 6
    assert local.date() not in bank_holidays(local.year, territoire)
    assert next_opening(opening, territoire) == opening
