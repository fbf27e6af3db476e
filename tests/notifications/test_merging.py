"""Several reminders to one person: one e-mail, what they all say said once."""

from __future__ import annotations

import pytest

from notifications.render import MissingValue, Part, Written, write_merged
from tests.builders.lettering import AT, CONTEXT, HEAD, PORTEUSE, faults_of_pdf, template, with_

HELLO, BYE = "{{ porteur.civilite | appel }},\n\n", "\n\nÉcrivez à {{ referent.email }}.\n"
PIECES = template(f"{HELLO}Il manque : {{{{ pieces_manquantes | liste }}}}.{BYE}", "Vos pièces")
RENDEZ_VOUS = template(
    f"{HELLO}## Demain\n\nVenez le {{{{ rendez_vous.le | date_longue }}}}.{BYE}",
    "Votre rendez-vous",
    attachments=("rendez_vous.ics",),
)


def merged(*parts: Part) -> Written:
    return write_merged(parts, letterhead=HEAD, recipient=PORTEUSE, at=AT)


def test_one_greeting_one_part_each_one_way_to_answer() -> None:
    letter = merged((PIECES, CONTEXT, "MP-1"), (RENDEZ_VOUS, CONTEXT, "MP-1"))
    assert letter.subject == "Deux rappels pour votre dossier MP-1"
    assert letter.text == (
        "Madame,\n\nCe message réunit deux rappels.\n\n"
        "Vos pièces\n\nIl manque : Statuts et RIB.\n\n"
        "Votre rendez-vous\n\nDemain\n\nVenez le 20\u00a0mars 2027.\n\n"
        "Écrivez à max@tremplin.example.\n\nCamille Exemple\nLa directrice\nTremplin 06\n"
    ).replace("manque :", "manque\u00a0:")
    assert [file.name for file in letter.attachments] == ["rendez_vous.ics"]
    assert letter.html.count("<h2") == 2
    assert letter.html.count("<h3") == 1


def test_each_dossier_is_named_when_there_are_several() -> None:
    other = with_("rendez_vous", le="2027-04-02T08:00:00Z")
    letter = merged(
        (RENDEZ_VOUS, CONTEXT, "MP-1"), (RENDEZ_VOUS, other, "MP-2"), (PIECES, CONTEXT, "MP-2")
    )
    assert letter.subject == "Trois rappels pour vos dossiers"
    assert "Votre rendez-vous (MP-1)" in letter.text
    assert "Votre rendez-vous (MP-2)" in letter.text
    assert "Référence : MP-1, MP-2" in letter.html
    assert [file.name for file in letter.attachments] == ["rendez_vous.ics", "rendez_vous-2.ics"]


def test_alone_a_reminder_is_itself() -> None:
    letter = merged((PIECES, CONTEXT, "MP-1"))
    assert letter.subject == "Vos pièces"
    assert "réunit" not in letter.text


def test_two_letters_alike_keep_a_part_each() -> None:
    letter = merged((PIECES, CONTEXT, "MP-1"), (PIECES, CONTEXT, "MP-2"))
    assert letter.text.count("Vos pièces") == 2
    assert letter.text.count("Il manque") == 2
    assert letter.text.count("Madame") == letter.text.count("Écrivez") == 1


def test_what_any_part_lacks_is_named() -> None:
    lacking = template("{{ dossier.date_fin }} {{ rendez_vous.salle }}")
    with pytest.raises(MissingValue) as refused:
        merged((PIECES, CONTEXT, "MP-1"), (lacking, CONTEXT, "MP-1"), (lacking, CONTEXT, "MP-2"))
    assert refused.value.names == ("dossier.date_fin", "rendez_vous.salle")


def test_it_can_be_printed_too() -> None:
    from notifications.render import as_pdf

    letter = merged((PIECES, CONTEXT, "MP-1"), (RENDEZ_VOUS, CONTEXT, "MP-2"))
    assert faults_of_pdf(as_pdf(letter)) == []
