"""A letter's source and its values: what is written, what is shown as it is, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.composing import LONGEST_SUBJECT, MissingValue, TemplateFault, compose
from notifications.document import Heading, Listing, Paragraph, Quote, Run, Table
from notifications.letter_source import join_source
from notifications.plain_text import as_text
from notifications.template_values import NotPlain
from tests.builders.lettering import BODY, CONTEXT, with_


def composed(body: str, context: dict[str, Any] = CONTEXT, subject: str = "Objet") -> Any:
    return compose(join_source(subject, body), context)


def told(body: str, context: dict[str, Any] = CONTEXT) -> str:
    return as_text(composed(body, context).blocks)


def missing(body: str, context: dict[str, Any] = CONTEXT, subject: str = "Objet") -> Any:
    with pytest.raises(MissingValue) as refused:
        composed(body, context, subject)
    return refused.value.names


def refused(body: str, subject: str = "Objet") -> TemplateFault:
    with pytest.raises(TemplateFault) as fault:
        composed(body, CONTEXT, subject)
    return fault.value


def test_one_parse_gives_paragraphs_headings_lists_tables_and_quotations() -> None:
    kinds = [type(block) for block in composed(BODY).blocks]
    assert kinds == [Paragraph, Paragraph, Heading, Listing, Table, Quote, Paragraph]


def test_values_are_told_in_french() -> None:
    body = (
        "{{ dossier.montant_accorde | montant }} ({{ dossier.montant_accorde | en_lettres }})"
        " le {{ seance.tenue_le | date_longue }}, {{ rendez_vous.le | date_heure }},"
        " {{ seance.tenue_le | heure }}, {{ referent.telephone | telephone }},"
        " {{ pieces_manquantes | liste }}, {{ '2027-03-01' | jour }}, {{ 21 | nombre_en_lettres }}"
    )
    assert told(body) == (
        "23\u202f000\u00a0€ (vingt-trois mille euros) le 1er\u00a0avril 2027,"
        " samedi 20\u00a0mars 2027 à 10\u00a0h\u00a030, 10\u00a0h,"
        " 04\u00a093\u00a000\u00a011\u00a022, Statuts et RIB, lundi 1er\u00a0mars 2027, vingt et un"
    )


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        ("2027-03-28T00:30:00Z", "dimanche 28\u00a0mars 2027 à 1\u00a0h\u00a030"),
        ("2027-03-28T01:00:00Z", "dimanche 28\u00a0mars 2027 à 3\u00a0h"),
        ("2027-10-30T22:30:00Z", "dimanche 31\u00a0octobre 2027 à 0\u00a0h\u00a030"),
        ("2028-02-28T23:00:00Z", "mardi 29\u00a0février 2028 à 0\u00a0h"),
    ],
)
def test_hours_are_those_of_paris(moment: str, hour: str) -> None:
    assert told("{{ seance.tenue_le | date_heure }}", with_("seance", tenue_le=moment)) == hour


@pytest.mark.parametrize(
    ("civilite", "greeting"),
    [("madame", "Madame"), ("monsieur", "Monsieur"), (None, "Madame, Monsieur")],
)
def test_a_person_is_greeted_as_she_wishes(civilite: str | None, greeting: str) -> None:
    context = with_("porteur", civilite=civilite)
    assert told("{{ porteur.civilite | appel }},", context) == f"{greeting},"


NAMES = (
    "<b>Ana</b> *Ana* _Ana_ `Ana` [Ana](javascript:alert(1)) # Ana",
    "1. Ana",
    "- Ana",
    "> Ana",
    "| a | b |",
    "&lt;Ana&gt; &copy; \\*",
    "{{ organisme }} {% if x %}",
    "***",
    "===",
)


@pytest.mark.parametrize("name", NAMES)
def test_html_markdown_and_braces_in_a_name_are_shown_as_they_are(name: str) -> None:
    (block,) = composed("{{ porteur.nom }}", with_("porteur", nom=name)).blocks
    assert block == Paragraph((Run(name),))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Zs", "Zl"))))
def test_any_name_is_shown_as_it_is(name: str) -> None:
    """Whatever its signs; those that French sets right are looked at elsewhere."""
    name = "".join(sign for sign in name if sign not in "'«»;:!?.°€%\u0085")
    context = with_("porteur", nom=name)
    (block,) = composed("Pour **{{ porteur.nom or 'elle' }}**", context).blocks
    assert block == Paragraph((Run("Pour "), Run(name or "elle", strong=True)))


def test_a_value_of_several_lines_keeps_them() -> None:
    context = with_("action", motif="Trop tard.\n\n\nTrop cher.\n- encore")
    assert told("> {{ action.motif }}", context) == "> Trop tard.\n>\n> Trop cher.\n> - encore"


def test_a_missing_value_is_named_and_all_of_them_at_once() -> None:
    body = (
        "{{ dossier.montant_demande | montant }} {{ dossier.date_fin }} {{ convention.signee_le }}"
        "{% for x in versements %}{{ x.le }}{% endfor %} {{ relance }}"
        "{% for piece in pieces_manquantes %}{{ piece.pourquoi }}{% endfor %}"
        "{{ dossier.montant_demande + 1 }}"
    )
    assert missing(body, subject="{{ dossier.sigle }}") == (
        "dossier.sigle",
        "dossier.montant_demande",
        "dossier.date_fin",
        "convention.signee_le",
        "versements",
        "relance",
        "pieces_manquantes.pourquoi",
    )


def test_an_optional_value_is_asked_for_first() -> None:
    body = "a{% if dossier.date_fin %} le {{ dossier.date_fin | date_longue }}{% endif %} b"
    assert told(body) == "a b"
    assert told("{{ dossier.date_fin | default('sans date') }}") == "sans date"
    assert (
        told("{{ 'oui' if seance else 'non' }} {{ 'oui' if convention else 'non' }}") == "oui non"
    )
    assert told("{% if dossier.montant_demande is none %}rien{% else %}x{% endif %}") == "x"
    assert told("{% if dossier.montant_demande is defined %}x{% else %}rien{% endif %}") == "rien"


@pytest.mark.parametrize(
    ("body", "line", "cause"),
    [
        ("a\n\n{{ dossier }}", 3, "« dossier » regroupe plusieurs valeurs"),
        ("{{ pieces_manquantes }}", 1, "une liste s’écrit avec"),
        ("a\n{{ dossier.titre.__class__ }}", 2, "« .__class__ » n’existe pas ici"),
        ("{{ dossier.titre.upper }}", 1, "« .upper » n’existe pas ici"),
        ("{{ dossier.titre['__len__'] }}", 1, "« .__len__ » n’existe pas ici"),
        ("{{ dossier.titre[0] }}", 1, "entre crochets"),
        ("{{ dossier.items() }}", 1, "pas permise"),
        ("{{ 2 ** 99999999 }}", 1, "pas permise"),
        ("{{ 'a' * 999999999 }}", 1, "pas permise"),
        ("{% include 'x' %}", 1, "pas permise"),
        ("{% import 'x' as y %}", 1, "pas permise"),
        ("{% extends 'x' %}", 1, "pas permise"),
        ("{% macro x() %}{% endmacro %}", 1, "pas permise"),
        ("{{ dossier | attr('titre') }}", 1, "le filtre « attr » n’existe pas"),
        ("{{ dossier.titre | montant }}", 1, "« montant » attend un nombre"),
        ("{{ dossier.titre | date_longue }}", 1, "« date_longue » attend une date"),
        ("{{ '2027-01-01' | heure }}", 1, "« heure » attend une date et une heure"),
        ("{{ dossier.titre | liste }}", 1, "« liste » attend une liste"),
        ("{{ dossier.titre + 1 }}", 1, "ne vont pas ensemble"),
        ("{% for p in pieces_manquantes %}{{ loop.cycle }}{% endfor %}", 1, "« .cycle »"),
        ("a\n{% if x %}", 2, "il manque « {% endif %} »"),
        ("{{ x | nope }}", 1, "le filtre « nope » n’existe pas"),
        ("{% foo %}", 1, "« foo » n’existe pas"),
        ("{{ }}", 1, "rien n’est écrit entre les accolades"),
        ("{{ a b }}", 1, "« b » est de trop"),
        ("{% endif %}", 1, "« endif » ne ferme rien"),
        ("{{ x", 1, "une accolade ouverte n’est pas fermée"),
        ("{# x", 1, "il manque « #} »"),
        ("{{ x.y. }}", 1, "n’est pas comprise"),
        ("{% if a %}" * 400, None, "trop de blocs"),
        ("{{ dossier.vide | default('') }}", None, "rien n’est écrit"),
        ("x" * 20_001, None, "dépasse 20000 caractères"),
    ],
)
def test_what_a_letter_may_not_do_is_refused_with_its_line(
    body: str, line: int | None, cause: str
) -> None:
    fault = refused(body)
    assert (fault.line, fault.place) == (line, "texte")
    assert cause in fault.cause


def test_a_fault_of_the_subject_is_told_as_such() -> None:
    assert refused("a", "{{ dossier }}").place == "objet"
    assert refused("a", "{{ dossier.sigle | default('') }}").place == "objet"


def test_a_subject_is_one_line_of_plain_words() -> None:
    context = with_("dossier", titre="Un *jardin*\r\nBcc: x@y.example " + "long " * 100)
    subject = composed(
        "a", context, "{{ dossier.titre }} : {{ referent.email | courriel }}"
    ).subject
    assert subject.startswith("Un *jardin* Bcc: x@y.example long ")
    assert "\n" not in subject
    assert len(subject) <= LONGEST_SUBJECT
    assert subject.endswith("long…")


@pytest.mark.parametrize("value", [object(), b"x", {1: 2}, {"a": {3}}, [object()]])
def test_only_plain_data_reach_a_letter(value: Any) -> None:
    with pytest.raises(NotPlain):
        composed("a", {"x": value})


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("[a](https://x.example/{{ dossier.reference }})", "https://x.example/MP-2027-001"),
        ("[a](mailto:{{ referent.email }})", "mailto:max@tremplin.example"),
        ("{{ referent.telephone | telephone }}", "tel:+33493001122"),
        ("[a](javascript:alert)", ""),
        ("[a](data:text/html,x)", ""),
        ("[a](file:///etc/passwd)", ""),
        ("[a]({{ action.motif }})", ""),
        ("<https://x.example/é>", "https://x.example/%C3%A9"),
    ],
)
def test_links_lead_to_pages_mails_and_numbers_only(written: str, href: str) -> None:
    context = with_("action", motif="javascript:alert(1)")
    (block,) = composed(written, context).blocks
    assert block.runs[0].href == href


def test_headings_go_down_one_step_at_a_time() -> None:
    blocks = composed("### a\n\n# b\n\n### c\n\n- # d").blocks
    assert [block.level for block in blocks[:3]] == [1, 1, 2]
    assert blocks[3] == Listing(((Paragraph((Run("d", strong=True),)),),))
