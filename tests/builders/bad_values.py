"""What nobody should be able to record, by type of field; and one answer of each type that is fine.

A type of field that is not named here fails the tests that look for it: give it its own.
"""

from __future__ import annotations

from workflow.pipeline import Field

# Each would break a page, a letter or a database, or read as something else.
UNREADABLE = {
    "NUL": "a\x00b",
    "escape": "a\x1b[31mb",
    "backspace": "prix\x08",
    "C1 control": "a\x85b\x9d",
    "right-to-left override": "facture\u202egpj.exe",
    "isolate": "a\u2066b",
    "noncharacter": "a\ufffeb",
    "last plane": "a\U0010ffffb",
}
_OTHER_DIGITS = {
    "Arabic digits": "٢٣٠٠٠",
    "Bengali digits": "২৩",
    "full-width digits": "２３",
    "superscript": "2²",
    "circled": "①",
}
_NOT_NUMBERS = {
    "exponent": "1e3",
    "underscore": "1_000",
    "hexadecimal": "0x17",
    "not a number": "NaN",
    "infinite": "Infinity",
    "infinite again": "-inf",
    "words": "vingt",
    "two signs": "--5",
    "two commas": "1,2,3",
    "mixed separators": "1.234,50",
    "badly grouped": "23 0000",
    "spaces only between": "1 2 3",
    "formula": "=1+1",
    "percent": "10 %",
    **_OTHER_DIGITS,
}
_AMOUNTS = {
    **_NOT_NUMBERS,
    "ambiguous comma": "1,234",
    "ambiguous point": "23.000",
    "beyond cents": "10,005",
    "apostrophes": "23'000",
    "negative": "-5",
    "typographic minus": "\u221223",
    "dollars": "$23",
    "too large": "99999999999999",
    "far too large": "9" * 400,
    "no digits": ",",
}
_INTEGERS = {
    **_NOT_NUMBERS,
    "decimal": "3,5",
    "decimal point": "3.0",
    "negative": "-1",
    "beyond 31 bits": str(2**31),
    "beyond 63 bits": str(2**63),
    "far beyond": "9" * 400,
}
_DATES = {
    "no such day": "2026-02-30",
    "no such month": "15/13/2026",
    "not a leap year": "29/02/2027",
    "American": "12/31/2026",
    "year zero": "0000-01-01",
    "five digits": "12026-01-01",
    "negative": "-2026-01-01",
    "two digits": "01/02/26",
    "too early": "1899-12-31",
    "too late": "2201-01-01",
    "in words": "demain",
    "a number": "46000",
    "with more": "2026-01-01; DROP TABLE dossier",
    "other digits": "２０２６-01-01",
    "week": "2026-W10-1",
}
_MOMENTS = {
    **_DATES,
    "no hour": "2026-05-04",
    "hour 24": "2026-05-04T24:00",
    "minute 60": "2026-05-04T10:60",
    "skipped hour": "2026-03-29T02:30",
    "with a zone": "2026-05-04T10:30+02:00",
    "Z": "2026-05-04T10:30Z",
}
_DURATIONS = {
    **_OTHER_DIGITS,
    "nothing": "0",
    "no minute": "0h00",
    "negative": "-1",
    "more than a day": "24h01",
    "minutes without saying so": "90",
    "minute 60": "1h60",
    "in words": "une heure",
    "exponent": "1e1",
    "far beyond": "9" * 400,
    "formula": "=1+1",
}
_IDS = {
    "zero": "0",
    "nobody's": "987654321",
    "negative": "-1",
    "beyond 63 bits": str(2**63),
    "far beyond": "9" * 500,
    "not a number": "abc",
    "decimal": "1.0",
    "exponent": "1e3",
    "other digits": "٣",
    "injection": "1 OR 1=1",
    "with a line end": "1\n2",
}
_CHOICES = {
    "not proposed": "autre_chose",
    "injection": "' OR '1'='1",
    "markup": "<script>alert(1)</script>",
    "very long": "x" * 5000,
    "unreadable": "a\x00b",
}
_TOO_LONG = {"too long": "é" * 10_001, "decomposed and too long": "e\u0301" * 10_001}
_LINES = {**UNREADABLE, **_TOO_LONG, "two lines": "une ligne\nune autre", "tabulation": "a\tb"}
_EMAILS = {
    **UNREADABLE,
    "no at": "anne.example.org",
    "two at": "anne@b@example.org",
    "accent": "hélène@example.org",
    "no domain": "anne@",
    "an address": "anne@[127.0.0.1]",
    "header": "anne@example.org\nBcc: x@example.org",
    "too long": f"{'a' * 300}@example.org",
    "named": "Anne <anne@example.org>",
}
_TELEPHONES = {**UNREADABLE, "short": "12", "letters": "APPELEZ", "long": "0" * 70, "extra": "01+"}
_CODES = {**UNREADABLE, "short": "12", "letters": "ABCDEFG", "long": "1" * 100, **_OTHER_DIGITS}
_URLS = {
    **UNREADABLE,
    "script": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "no dot": "http://localhost",
    "with a password": "https://anne:secret@example.org",
    "space": "https://example .org",
    "too long": f"https://example.org/{'a' * 600}",
    "broken port": "https://example.org:abc",
    "broken address": "https://[::1",
}

_COOPERATION_LINES = {
    **UNREADABLE,
    **_TOO_LONG,
    "too many cells": "a ; b ; c ; d ; e ; f",
    "too many lines": "\n".join(f"Ana {n} ; Porto ; 2" for n in range(501)),
}
_TOO_LONG_DELAYS = {**UNREADABLE, "too long": "15 jours, " * 60}
BAD: dict[str, dict[str, str]] = {
    "texte": _LINES,
    "texte_long": {**UNREADABLE, **_TOO_LONG},
    "montant": _AMOUNTS,
    "nombre": _AMOUNTS,
    "entier": _INTEGERS,
    "date": _DATES,
    "date_heure": _MOMENTS,
    "duree": _DURATIONS,
    "choix": _CHOICES,
    "choix_multiple": _CHOICES,
    "oui_non": {**_CHOICES, "perhaps": "peut-être", "one": "1", "true": "true"},
    "departement": {**_CHOICES, "no such": "99", "long gone": "20"},
    "departements": {**_CHOICES, "no such": "34, 99"},
    "code_postal": {**_CODES, "four digits": "3400", "with a letter": "3400A"},
    "email": _EMAILS,
    "telephone": _TELEPHONES,
    "siret": {**_CODES, "mistyped": "73282932000075", "zeros": "0" * 14},
    "rna": {**_CODES, "no W": "751234567"},
    "url": _URLS,
    "iban": {**_CODES, "mistyped": "FR7630006000011234567890188"},
    "delais": {
        **_TOO_LONG_DELAYS,
        "in words": "quinze jours",
        "no unit": "15",
        "another unit": "2 semaines",
        "twice": "15 jours, 15 jours",
        "half": "15 jours, ",
        "eleven years": "4000 jours",
        "too many": ", ".join(f"{n} jours" for n in range(1, 20)),
    },
    "partenaires": {**_COOPERATION_LINES, "no country": "Ateliers du port"},
    "visites": {**_COOPERATION_LINES, "no such day": "30/02/2026 ; Porto ; 2"},
    "participants": {**_COOPERATION_LINES, "no days": "Ana Reis ; Ateliers du port ; aucun"},
    "collegue": _IDS,
    "personne": _IDS,
    "structure": _IDS,
    "seance": _IDS,
}
_GOOD: dict[str, str] = {
    "texte": "Un texte",
    "texte_long": "Un texte\nsur deux lignes",
    "montant": "1 200,50",
    "nombre": "3,5",
    "entier": "12",
    "date": "2026-03-10",
    "date_heure": "2026-06-15T14:30",
    "duree": "1h30",
    "oui_non": "oui",
    "departement": "34",
    "departements": "34, 11",
    "code_postal": "34000",
    "email": "anne.essai@example.org",
    "telephone": "01 99 00 12 34",
    "siret": "732 829 320 00074",
    "rna": "W342000001",
    "url": "https://www.example.org",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "delais": "15 jours ouvrés, 30 jours",
    "partenaires": "Ateliers du port ; Portugal ; accueil",
    "visites": "12/03/2026 ; Porto ; 2",
    "participants": "Ana Reis ; Ateliers du port ; 2,5",
}


def bad_of(field: Field, number: int) -> str:
    """One bad answer to a field; all of them in turn as the number grows."""
    answers = list(BAD[field.type].values())
    return answers[number % len(answers)]


def most_bad(fields: tuple[Field, ...]) -> int:
    """How many numbers it takes to try every bad answer to every field."""
    return max(len(BAD[field.type]) for field in fields)


def good_of(field: Field, ids: dict[str, str]) -> str:
    """One answer that is fine; `ids` gives a row of each type of reference."""
    if field.type in ("choix", "choix_multiple"):
        return field.choices[0].key
    return ids[field.type] if field.type in ids else _GOOD[field.type]
