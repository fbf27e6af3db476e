"""What the clock does is told in words."""

from __future__ import annotations

from api.presentation.sante import LABELS
from api.ticks import EVERY


def test_each_piece_of_work_of_the_clock_has_its_words_on_the_page_of_health() -> None:
    assert set(LABELS) == set(EVERY)
