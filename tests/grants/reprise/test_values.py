from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from grants.reprise.grid import Unreadable, Value, letter_of
from grants.reprise.values import as_text
from grants.structures.service import STRUCTURE_FIELDS
from tests.builders.bad_values import BAD
from workflow.field_contract import FieldFault
from workflow.fields import FIELD_TYPES
from workflow.pipeline import Choice, Field

_KNOWN = {field.key: field for field in STRUCTURE_FIELDS}


def field(kind: str) -> Field:
    choices = (Choice(key="association", label="Association"), Choice(key="scop", label="SCOP"))
    return Field(key="champ", label="Champ", type=kind, choices=choices)


READ: list[tuple[str, Value, str]] = [
    ("date", "12/03/2009", "12/03/2009"),
    ("date", "12 mars 2009", "12/3/2009"),
    ("date", "Jeudi 1er Mars 2012", "1/3/2012"),
    ("date", "3 févr. 2009", "3/2/2009"),
    ("date", "12-03-2009", "12/03/2009"),
    ("date", "12.03.2009", "12/03/2009"),
    ("date", "2009-03-12 00:00:00", "2009-03-12"),
    ("date", "12/03/2009 00:00", "12/03/2009"),
    ("date", datetime.combine(date(2009, 3, 12), time()), "2009-03-12"),
    ("date", date(2009, 3, 12), "2009-03-12"),
    ("date_heure", datetime.combine(date(2009, 3, 12), time(14, 30)), "2009-03-12T14:30"),
    ("texte", date(2009, 3, 12), "12/03/2009"),
    ("texte", 34, "34"),
    ("texte", 3.5, "3,5"),
    ("texte", None, ""),
    ("montant", 20000, "20000"),
    ("montant", 20000.5, "20000.5"),
    ("montant", 0.1 + 0.2, "0.3"),
    ("entier", 12.0, "12"),
    ("nombre", 2.25, "2.25"),
    ("siret", 73282932000074, "73282932000074"),
    ("siret", 73282932000074.0, "73282932000074"),
    ("telephone", 199001234, "0199001234"),
    ("telephone", 33199001234, "33199001234"),
    ("code_postal", 6000, "06000"),
    ("code_postal", 34000.0, "34000"),
    ("departement", 6.0, "6"),
    ("choix", "association", "association"),
    ("choix", "ASSOCIATION ", "association"),
    ("choix", "Scop", "scop"),
    ("oui_non", True, "oui"),
    ("oui_non", "X", "oui"),
    ("oui_non", "faux", "non"),
]


@pytest.mark.parametrize(
    ("kind", "value", "expected"), READ, ids=[f"{n} {kind}" for n, (kind, *_) in enumerate(READ)]
)
def test_a_cell_becomes_what_a_form_would_have_brought(
    kind: str, value: Value, expected: str
) -> None:
    assert as_text(value, field(kind)) == expected


SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\u2007", "\u2008", "\u200a", "\u2003", "\u205f"]


@pytest.mark.parametrize("space", SPACES, ids=lambda each: f"U+{ord(each):04X}")
def test_an_amount_is_read_with_every_french_space(space: str) -> None:
    text = as_text(f"20{space}000,50{space}€", field("montant"))
    assert FIELD_TYPES["montant"].parse(text, field("montant")) == 20_000_50


NAMED: list[tuple[str, Value, str]] = [
    ("siret", "1,23E+13", "abrégé"),
    ("siret", "1.23e13", "abrégé"),
    ("siret", "73282932000074.0", "virgule"),
    ("siret", "73282932000074,00", "virgule"),
    ("siret", 7328293200007.4, "virgule"),
    ("siret", 1234567890123, "zéros du début"),
    ("siret", "732829320", "SIREN"),
    ("date", 39884, "nombre, pas une date"),
    ("date", "39884", "nombre, pas une date"),
    ("date", "12/03/09", "quatre chiffres"),
    ("montant", date(2009, 3, 12), "n'est pas attendue"),
    ("texte", timedelta(hours=3), "n'est pas attendue"),
    ("texte", "#N/A", "en erreur"),
    ("montant", "#REF!", "en erreur"),
    ("nombre", float("nan"), "en erreur"),
    ("nombre", float("inf"), "en erreur"),
    ("choix", "GAEC", "Association, SCOP"),
    ("texte", Unreadable("Fusionnée."), "Fusionnée"),
]


@pytest.mark.parametrize(
    ("kind", "value", "said"), NAMED, ids=[f"{n} {kind}" for n, (kind, *_) in enumerate(NAMED)]
)
def test_what_a_spreadsheet_spoils_is_named(kind: str, value: Value, said: str) -> None:
    with pytest.raises(FieldFault, match=said):
        as_text(value, field(kind))


@pytest.mark.parametrize("kind", ["texte", "montant", "entier", "date", "email", "siret", "url"])
def test_nothing_that_a_form_refuses_passes_in_a_cell(kind: str) -> None:
    """But for the writings of dates that spreadsheets have, and forms have not."""
    for name, bad in BAD[kind].items():
        with pytest.raises(FieldFault):
            FIELD_TYPES[kind].parse(as_text(bad, field(kind)), field(kind))
        assert name


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [letter_of(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
