"""Amounts: what is read, what is refused and with which remedy, how they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.money import (
    MONTANT_MAXIMAL,
    AmbiguousAmount,
    AmountFault,
    AmountTooLarge,
    NegativeAmount,
    format_amount,
    format_hundredths,
    group_thousands,
    parse_amount,
    parse_hundredths,
)

NARROW, NO_BREAK, THIN = "\u202f", "\u00a0", "\u2009"


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("23000", 2_300_000),
        ("23 000", 2_300_000),
        (f"23{NO_BREAK}000", 2_300_000),
        (f"23{NARROW}000,00", 2_300_000),
        (f"1{THIN}234{THIN}567,89", 123_456_789),
        ("23000.00", 2_300_000),
        ("23 000.5", 2_300_050),
        ("1 200,5", 120_050),
        ("0", 0),
        ("0,01", 1),
        ("007", 700),
        ("  23 000 €  ", 2_300_000),
        (f"23{NARROW}000{NO_BREAK}€", 2_300_000),
        ("23000€", 2_300_000),
        ("1 euro", 100),
        ("2 Euros", 200),
        ("23 000\t\n", 2_300_000),
        ("9 999 999 999,99", MONTANT_MAXIMAL),
    ],
)
def test_an_amount_is_read_as_a_french_person_writes_it(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


@pytest.mark.parametrize(
    "text",
    ["1.234", "1,234", "1.234,50", "1,234.50", "1.234.567", "1'234,50", "12,345", "1,2,3"],
)
def test_an_amount_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(AmbiguousAmount, match="Écrivez 1 234 ou 1,23"):
        parse_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "€",
        "euros",
        "1e3",
        "1E3",
        "1_000",
        "NaN",
        "inf",
        "Infinity",
        "0x10",
        "\u0662\u0663\u0660\u0660\u0660",
        "\uff12\uff13000",
        "²³",
        "½",
        "23 00",
        "2300 000",
        "23  000",
        "0 123",
        "1 2345",
        ",50",
        "12,",
        "12 ,50",
        "12, 50",
        "$ 100",
        "100 $",
        "100 k€",
        "100 € €",
        "100 euroſ",
        "23 000 francs",
        "--5",
        "5-",
        "23\n000",
        "23\u3000000",
        "23\u200b000",
        "\ud800",
        "12\x00",
    ],
)
def test_what_is_not_an_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AmountFault) as refused:
        parse_amount(text)
    assert str(refused.value) == "Écrivez un montant comme 23 000 ou 23 000,00."


@pytest.mark.parametrize("text", ["-5", "\u22125", "- 5", "+5", "-0"])
def test_a_sign_is_refused_unless_negative_amounts_are_allowed(text: str) -> None:
    with pytest.raises(NegativeAmount, match="sans signe"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "cents"), [("-5", -500), ("\u2212 23 000,50", -2_300_050), ("-0", 0), ("+5", 500)]
)
def test_a_signed_amount_is_read_where_it_is_allowed(text: str, cents: int) -> None:
    assert parse_amount(text, allow_negative=True) == cents


@pytest.mark.parametrize("text", ["10 000 000 000", "10000000000", "99999999999,99", "9" * 9999])
def test_an_amount_over_the_maximum_is_refused_with_the_maximum(text: str) -> None:
    with pytest.raises(AmountTooLarge, match="9 999 999 999,99 au plus"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, f"0{NO_BREAK}€"),
        (5, f"0,05{NO_BREAK}€"),
        (2_300_000, f"23{NARROW}000{NO_BREAK}€"),
        (2_300_050, f"23{NARROW}000,50{NO_BREAK}€"),
        (-120_050, f"\u22121{NARROW}200,50{NO_BREAK}€"),
        (MONTANT_MAXIMAL, f"9{NARROW}999{NARROW}999{NARROW}999,99{NO_BREAK}€"),
    ],
)
def test_an_amount_is_written_in_french_typography(cents: int, written: str) -> None:
    assert format_amount(cents) == written


def test_decimals_are_written_when_asked_for() -> None:
    assert format_amount(2_300_000, decimals=True) == f"23{NARROW}000,00{NO_BREAK}€"
    assert format_hundredths(350) == "3,50"
    assert group_thousands(-1_234_567) == f"\u22121{NARROW}234{NARROW}567"


@given(st.integers(-MONTANT_MAXIMAL, MONTANT_MAXIMAL), st.booleans())
def test_an_amount_written_then_read_is_the_same(cents: int, decimals: bool) -> None:
    assert parse_amount(format_amount(cents, decimals=decimals), allow_negative=True) == cents
    written = format_hundredths(cents, decimals=decimals)
    assert parse_hundredths(written, allow_negative=True) == cents


@given(
    st.text(st.characters(exclude_categories=()))
    | st.text("0123456789.,-+ €e_\u00a0\u202f\u2009'", max_size=30),
    st.booleans(),
)
def test_any_text_gives_an_amount_within_bounds_or_an_amount_fault(text: str, signed: bool) -> None:
    try:
        cents = parse_amount(text, allow_negative=signed)
    except AmountFault:
        return
    assert isinstance(cents, int)
    assert (-MONTANT_MAXIMAL if signed else 0) <= cents <= MONTANT_MAXIMAL
