"""Numbers, delays and sentences, as a French page writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from api import wording

NOW = datetime(2026, 3, 12, 13, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 dossier"), (1, "1 dossier"), (2, "2 dossiers"), (1204, "1 204 dossiers")],
)
def test_a_count_agrees_with_its_noun(count: int, written: str) -> None:
    assert wording.counted(count, "dossier") == written


def test_an_irregular_plural_is_given() -> None:
    assert wording.counted(2, "journal", "journaux") == "2 journaux"


@pytest.mark.parametrize(
    ("cents", "written"),
    [(2_300_000, "23 000 €"), (120_050, "1 200,50 €"), (None, "—"), (0, "0 €")],
)
def test_an_amount_has_narrow_thousands_and_an_unbreakable_euro(
    cents: int | None, written: str
) -> None:
    assert wording.euros(cents) == written


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (timedelta(seconds=20), "à l’instant"),
        (timedelta(minutes=12), "il y a 12 minutes"),
        (timedelta(hours=3), "aujourd’hui"),
        (timedelta(hours=20), "hier"),
        (timedelta(days=3), "il y a 3 jours"),
        (timedelta(days=90), "il y a 3 mois"),
        (timedelta(days=800), "il y a 2 ans"),
    ],
)
def test_a_moment_is_told_by_how_long_ago_it_was(before: timedelta, written: str) -> None:
    assert wording.ago(NOW - before, NOW) == written


def test_a_moment_just_before_midnight_in_paris_is_yesterday() -> None:
    after_midnight = datetime(2026, 3, 12, 0, 30, tzinfo=UTC)
    assert wording.ago(datetime(2026, 3, 11, 22, 45, tzinfo=UTC), after_midnight) == "hier"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 12), "aujourd’hui"),
        (date(2026, 3, 13), "demain"),
        (date(2026, 3, 18), "dans 6 jours"),
    ],
)
def test_a_date_to_come_is_told_by_how_far_it_is(day: date, written: str) -> None:
    assert wording.ago(day, NOW) == written


def test_the_clock_is_that_of_paris() -> None:
    assert wording.clock(NOW) == "14 h 40"
    assert wording.clock(datetime(2026, 7, 1, 7, 0, tzinfo=UTC)) == "9 h"


def test_the_first_of_a_month_is_written_1er() -> None:
    assert wording.short_date(date(2026, 5, 1)) == "1er mai"


def test_a_sentence_gets_curly_apostrophes_and_unbreakable_signs() -> None:
    assert wording.polished("« L'aide » dépasse : d'où le refus !") == (
        "« L’aide » dépasse : d’où le refus !"
    )


def test_an_hour_or_an_address_is_left_as_it_is() -> None:
    assert wording.polished("https://exemple.fr à 14:30") == "https://exemple.fr à 14:30"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert wording.percent(13, 24) == "54 %"
    assert wording.percent(0, 0) == "—"
