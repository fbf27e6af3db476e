"""A duration is typed as people write it, and kept in minutes."""

from __future__ import annotations

import pytest

from grants.interventions.durees import (
    LongerThanADay,
    NoDuration,
    NotADuration,
    format_duration,
    parse_duration,
    write_duration,
)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1h30", 90),
        ("1 h 30", 90),
        ("1\u202fh\u00a030", 90),
        ("1H30", 90),
        ("1:30", 90),
        ("1,5", 90),
        ("1.5 h", 90),
        ("90 min", 90),
        ("90mn", 90),
        ("2", 120),
        ("2h", 120),
        ("0,1", 6),
        ("0,33", 20),
        ("24h", 1440),
    ],
)
def test_a_duration_is_read_in_minutes(typed: str, minutes: int) -> None:
    assert parse_duration(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("0", NoDuration),
        ("0h00", NoDuration),
        ("0 min", NoDuration),
        ("0,001", NoDuration),
        ("-1", NotADuration),
        ("-1h30", NotADuration),
        ("1h75", NotADuration),
        ("1h5", NotADuration),
        ("une heure", NotADuration),
        ("1e2", NotADuration),
        ("١h٣٠", NotADuration),
        ("90", LongerThanADay),
        ("24h01", LongerThanADay),
        ("1441 min", LongerThanADay),
        ("9" * 400, NotADuration),
    ],
)
def test_what_is_no_duration_of_a_day_is_refused(typed: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        parse_duration(typed)


@pytest.mark.parametrize("minutes", [1, 45, 60, 90, 210, 211, 1440])
def test_what_is_written_again_reads_the_same(minutes: int) -> None:
    assert parse_duration(write_duration(minutes)) == minutes
    assert parse_duration(format_duration(minutes)) == minutes
