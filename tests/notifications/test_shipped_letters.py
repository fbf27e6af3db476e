"""Every letter of the catalogue is soundly written: each of its fields known, each word allowed."""

from __future__ import annotations

import pytest

from api.composition import LETTERS
from notifications.letter_source import join_source, split_source
from notifications.letters import Letter, load_letters
from notifications.template_names import names_asked

CATALOGUE = load_letters([LETTERS])
GROUPS = {
    *("organisme", "dossier", "structure", "porteur", "referent", "action", "seance"),
    *("rendez_vous", "pieces_manquantes", "pieces_attendues", "relance"),
}


@pytest.mark.parametrize("letter", CATALOGUE.values(), ids=lambda letter: letter.key)
def test_a_letter_is_soundly_written(letter: Letter) -> None:
    subject, body = split_source(letter.source)
    assert join_source(subject, body) == letter.source
    assert names_asked(letter.source)
    for attachment in letter.attachments:
        assert attachment == "lettre.pdf" or attachment.removesuffix(".ics") in GROUPS


@pytest.mark.parametrize("letter", CATALOGUE.values(), ids=lambda letter: letter.key)
def test_a_decision_is_signed_by_the_direction_and_waits_for_somebody(letter: Letter) -> None:
    if letter.signatory == "direction":
        assert letter.release == "a_valider"
