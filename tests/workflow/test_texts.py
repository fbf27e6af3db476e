"""Strict text: cleaned, refused with a sentence, folded, compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow.texts import (
    BrokenCharacter,
    ControlCharacter,
    DirectionOverride,
    InputFault,
    SeveralLines,
    TextFault,
    TextTooLong,
    clean_text,
    fold,
    is_blank,
    near_same,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_a_text_is_stripped_and_composed() -> None:
    assert clean_text("  e\u0301cole \u00a0\n", longest=10) == "école"


def test_line_ends_of_every_system_become_one() -> None:
    assert clean_text("a\r\nb\rc\u2028d\u2029e", longest=20, multiline=True) == "a\nb\nc\nd\ne"


def test_a_tab_stays_in_a_long_text_and_is_refused_in_a_line() -> None:
    assert clean_text("a\tb", longest=20, multiline=True) == "a\tb"
    with pytest.raises(ControlCharacter):
        clean_text("a\tb", longest=20)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b"])
def test_several_lines_are_refused_where_one_is_asked(text: str) -> None:
    with pytest.raises(SeveralLines, match="une seule ligne"):
        clean_text(text, longest=20)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x0b", "\x1b", "\x1f", "\x7f", "\x85", "\x9f"])
@pytest.mark.parametrize("multiline", [False, True])
def test_control_characters_are_refused_wherever_they_stand(char: str, multiline: bool) -> None:
    for text in (f"a{char}b", f"{char}ab", f"ab{char}"):
        with pytest.raises(ControlCharacter, match="Retapez-le"):
            clean_text(text, longest=20, multiline=multiline)


@pytest.mark.parametrize("char", ["\ud800", "\ufffe", "\uffff", "\ufdd0", "\U0010ffff"])
def test_broken_characters_are_refused(char: str) -> None:
    with pytest.raises(BrokenCharacter, match="abîmé"):
        clean_text(f"a{char}", longest=20, multiline=True)


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_marks_that_turn_the_reading_are_refused(code: int) -> None:
    with pytest.raises(DirectionOverride, match="sens de lecture"):
        clean_text(f"devis{chr(code)}fdp.exe", longest=20)


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200b", "\ufeff \u200d\u2060", "\u3164\u2800", "\ufe0f", "\u00ad\n"]
)
def test_a_text_in_which_nothing_is_visible_is_empty(text: str) -> None:
    assert clean_text(text, longest=5) == ""
    assert is_blank(text)


def test_what_word_processors_leave_unseen_is_removed() -> None:
    assert clean_text("\ufeffco\u00adopé\u200brative", longest=20) == "coopérative"


def test_joined_emojis_and_private_use_bullets_are_kept() -> None:
    assert clean_text("👩\u200d🌾 \uf0b7", longest=20) == "👩\u200d🌾 \uf0b7"


def test_length_is_counted_in_characters_once_composed() -> None:
    assert clean_text("e\u0301" * 5, longest=5) == "é" * 5
    with pytest.raises(TextTooLong) as refused:
        clean_text("é" * 6, longest=5)
    assert str(refused.value) == "Ce texte compte 6 caractères. Réduisez-le à 5 au plus."


def test_an_absurd_length_is_refused_before_any_costly_work() -> None:
    with pytest.raises(TextTooLong):
        clean_text("a" + "\u0301\u0316" * 500_000, longest=200)


def test_a_fault_without_a_message_says_its_docstring() -> None:
    assert str(TextFault()) == TextFault.__doc__
    assert str(InputFault("Précisez.")) == "Précisez."


@given(ANY_TEXT, st.booleans())
@example("\u0344\u0345", False)
def test_any_text_is_cleaned_for_good_or_refused(raw: str, multiline: bool) -> None:
    try:
        text = clean_text(raw, longest=50, multiline=multiline)
    except TextFault:
        return
    assert len(text) <= 50
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text
    assert clean_text(text, longest=50, multiline=multiline) == text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Œuvre   Sociale ", "oeuvre sociale"),
        ("ÉTÉ", "ete"),
        ("L\u2019Élan", "l'elan"),
        ("Straße", "strasse"),
        ("\ufb01n", "fin"),
    ],
)
def test_folding_forgets_accents_case_and_ligatures(text: str, key: str) -> None:
    assert fold(text) == key


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Jardins de Cocagne", "Le jardin de Cocagne"),
        ("Association Les Amis du Vélo", "VELO (amis du)"),
        ("Asso. La Ressourcerie", "la ressourcerie"),
        ("A.D.I.E.", "ADIE"),
        ("Régie de quartier 13", "Regie du quartier 13"),
        ("L\u2019Atelier des possibles", "Atelier des Posibles"),
        ("Pari'Solidaire", "PariSolidaire"),
        ("L'Association", "association"),
    ],
)
def test_the_same_structure_written_differently_is_recognised(a: str, b: str) -> None:
    assert near_same(a, b)
    assert near_same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ADIE", "ADIL"),
        ("Régie de quartier 13", "Régie de quartier 14"),
        ("Emmaüs", "Emmaüs 93"),
        ("Cuisine du monde", "Vélos du monde"),
        ("", ""),
        ("Les Jardins", ""),
        ("---", "..."),
    ],
)
def test_two_structures_are_not_taken_for_one(a: str, b: str) -> None:
    assert not near_same(a, b)


@given(ANY_TEXT, ANY_TEXT)
def test_any_two_names_can_be_compared(a: str, b: str) -> None:
    assert near_same(a, b) in (True, False)
