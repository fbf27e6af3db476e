"""The name that a file is shown under, and given back with."""

from __future__ import annotations

import pytest

from grants.dossiers.pieces.names import LONGEST_NAME, shown_name


@pytest.mark.parametrize(
    ("raw", "kind", "shown"),
    [
        ("Statuts signés.pdf", "pdf", "Statuts signés.pdf"),
        ("RIB.PDF", "pdf", "RIB.pdf"),
        ("photo.jpeg", "jpeg", "photo.jpg"),
        ("C:\\Users\\moi\\devis.docx", "docx", "devis.docx"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("/", "pdf", "document.pdf"),
        ("", "png", "document.png"),
        (".pdf", "pdf", "document.pdf"),
        ("rib\x00.exe", "pdf", "document.pdf"),
        ("rib\r\nSet-Cookie: a.pdf", "pdf", "rib Set-Cookie_ a.pdf"),
        ("contrat\u202efdp.exe", "pdf", "contratfdp.pdf"),
        ("dev\u200bis\u2028.pdf", "pdf", "devis.pdf"),
        ("page.html", "pdf", "page.pdf"),
        ("budget v1.2", "xlsx", "budget v1.2.xlsx"),
        ("statuts e\u0301crits.pdf", "pdf", "statuts écrits.pdf"),
        ('a"b<c>.pdf', "pdf", "a_b_c_.pdf"),
        ("nul\ud800.pdf", "pdf", "nul.pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(raw: str, kind: str, shown: str) -> None:
    assert shown_name(raw, kind) == shown


def test_a_name_of_three_hundred_letters_is_cut_before_its_ending() -> None:
    shown = shown_name("é" * 300 + ".pdf", "pdf")
    assert shown == "é" * LONGEST_NAME + ".pdf"
    assert len(shown) <= 150
