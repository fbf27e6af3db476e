"""French typography in letters: set right once, nothing else changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.typography import french, quoted


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Quoi ? Non ! Oui ; voilà", "Quoi\u202f? Non\u202f! Oui\u202f; voilà"),
        ("Motif : rien", "Motif\u00a0: rien"),
        ("« oui » «non»", "«\u202foui\u202f» «\u202fnon\u202f»"),
        ("«\u00a0oui\u00a0»", "«\u202foui\u202f»"),
        ("l'aide d'Ana", "l’aide d’Ana"),
        ("l'« aide »", "l’«\u202faide\u202f»"),
        ("et cetera...", "et cetera…"),
        ("23 000 € et 5 % (12 %).", "23\u202f000\u00a0€ et 5\u00a0% (12\u00a0%)."),
        ("1 234 567,50 €", "1\u202f234\u202f567,50\u00a0€"),
        ("le 1er mars 2027 à 10 h 30", "le 1er\u00a0mars 2027 à 10\u00a0h\u00a030"),
        ("à 9 h précises", "à 9\u00a0h précises"),
        ("Mme Ana, n° 5", "Mme\u00a0Ana, n°\u00a05"),
        ("en 2027 100 personnes", "en 2027 100 personnes"),
        ("https://a.example/?b=1:2", "https://a.example/?b=1:2"),
        ("Yahoo! et a;b", "Yahoo! et a;b"),
        ("5' et 'citation'", "5' et 'citation'"),
        ("Les Jardins partagés", "Les Jardins partagés"),
    ],
)
def test_what_is_typed_is_printed_as_french_wants(typed: str, printed: str) -> None:
    assert french(typed) == printed


@given(st.text("ab1 '«»:;!?.€%h°'\u00a0\u202f", max_size=40))
def test_setting_right_twice_changes_nothing_more(text: str) -> None:
    assert french(french(text)) == french(text)


@given(st.text("ab1':;!?.€%", max_size=40))
def test_without_a_space_nothing_is_spaced(text: str) -> None:
    assert french(text).replace("’", "'").replace("…", "...") == text


def test_straight_quotes_become_french_ones() -> None:
    assert french(quoted('dit "oui" et 5"')) == 'dit «\u202foui\u202f» et 5"'
