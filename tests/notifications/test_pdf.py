"""Letters on paper: readable by all and for ever, and by the postman through the window."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from notifications.letterhead import Letterhead
from notifications.pdf_streams import settled
from notifications.render import Recipient, Written, as_pdf
from tests.builders.images import jpeg, png
from tests.builders.lettering import (
    BODY,
    CONTEXT,
    HEAD,
    PORTEUSE,
    REFERENCE,
    faults_of_pdf,
    with_,
    written,
)

MM = 72 / 25.4
PNG = png(300, 100)
BARE = Letterhead(name="Tremplin 06")
#: What shows through the window of a DL envelope however the sheet slides in it: from the left
#: and from the top of the sheet, in millimetres.
WINDOW = (100, 190, 45, 79)
#: What may show through it in some position, and must stay white but for the address.
AROUND = (90, 200, 34, 90)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in reader(pdf).pages]


def told_of(pdf: bytes) -> dict[str, str]:
    """What the file says of itself."""
    return {key: str(value) for key, value in (reader(pdf).metadata or {}).items()}


def placed(pdf: bytes, rank: int = 0) -> list[tuple[str, float, float]]:
    """Each piece of text of a page, with where its line begins, in mm from the top left."""
    found: list[tuple[str, float, float]] = []

    def note(text: str, cm: Any, tm: Any, *_: Any) -> None:
        if text.strip():
            x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
            y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            found.append((text.strip(), x / MM, 297 - y / MM))

    reader(pdf).pages[rank].extract_text(visitor_text=note)
    return found


def inside(x: float, y: float, box: tuple[int, int, int, int]) -> bool:
    left, right, top, bottom = box
    return left <= x <= right and top <= y <= bottom


@pytest.mark.parametrize(
    "letter",
    [
        written(),
        written(emblems=True),
        written(head=BARE, emblems=True),
        written(head=replace(HEAD, logo=None, signature=None)),
        written(letterhead=False),
        written("{{ dossier.titre }}\n\n" * 45, emblems=True),
    ],
    ids=["usual", "emblems", "bare", "no logo", "no letterhead", "several pages"],
)
def test_a_letter_is_pdf_a_and_accessible(letter: Written) -> None:
    assert faults_of_pdf(as_pdf(letter)) == []


def test_it_says_who_writes_to_whom_about_what_and_when() -> None:
    (text,) = pages(as_pdf(written(emblems=True)))
    words = " ".join(text.split())
    for told in (
        "Tremplin 06 12, rue de la République 06300 Nice",
        "Cofinancé par l’Union européenne",
        "Avec le soutien de l’État",
        "Les Jardins partagés Madame Ana Porteuse 3, chemin des Oliviers Bâtiment B 06000 NICE",
        f"Réf. : {REFERENCE} Nice, le 1er mars 2027",
        "Objet : Votre projet Un jardin",
        "Le comité accorde 23 000 € (vingt-trois mille euros) à « Un jardin ».",
        "Camille Exemple La directrice",
        "04 93 00 00 00 · contact@tremplin.example Page 1 / 1",
    ):
        assert told in words


def test_the_address_shows_through_the_window_and_nothing_else() -> None:
    spots = placed(as_pdf(written(emblems=True)))
    address = ("Les Jardins", "Madame Ana", "3, chemin", "Bâtiment B", "06000 NICE")
    shown = {text for text, x, y in spots if inside(x, y, AROUND)}
    assert {text for text in shown if not text.startswith(address)} == set()
    assert len(shown) == len(address)
    assert all(inside(x, y, WINDOW) for text, x, y in spots if text.startswith(address))


def test_a_long_address_still_shows_whole() -> None:
    context = with_(
        "structure",
        nom="Association pour la promotion des jardins partagés et solidaires des Alpes-Maritimes",
        adresse="Maison des associations\nEscalier C, 3e étage\n12 bis, avenue Jean-Médecin\nBP 1",
    )
    spots = placed(as_pdf(written(context=context)))
    lines = [(x, y) for _, x, y in spots if inside(x, y, AROUND)]
    assert len(lines) == 8
    assert all(inside(x, y, WINDOW) for x, y in lines)


def test_each_letter_of_one_file_has_its_own_pages() -> None:
    long = written("{{ dossier.titre }}\n\n" * 45)
    pdf = as_pdf([written(), long, written(recipient=Recipient("Bo", None))])
    told = [re.search(r"Page (\d) / (\d)", text) for text in pages(pdf)]
    assert [match.groups() for match in told if match] == [
        ("1", "1"),
        ("1", "2"),
        ("2", "2"),
        ("1", "1"),
    ]
    assert faults_of_pdf(pdf) == []
    assert REFERENCE in pages(pdf)[2].splitlines()[0]
    assert told_of(pdf)["/Title"] == "3 lettres"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert as_pdf(written(emblems=True)) == as_pdf(written(emblems=True))
    assert as_pdf(written()) != as_pdf(written(context=with_("dossier", titre="Un potager")))


def test_it_is_titled_dated_and_in_french() -> None:
    pdf = as_pdf(written())
    told = told_of(pdf)
    assert told["/Title"] == "Votre projet Un jardin"
    assert told["/Author"] == "Tremplin 06"
    assert told["/CreationDate"] == "D:20270301090000Z"
    assert reader(pdf).root_object["/Lang"] == "fr-FR"


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"GIF89a",
        b"<svg/>",
        png(300, 100)[:60],
        png(300, 100).replace(b"IDAT", b"IDAX"),
        jpeg(9, 9),
    ],
    ids=["nothing", "gif", "svg", "cut", "damaged", "empty jpeg"],
)
def test_an_unreadable_picture_is_left_out_and_the_letter_leaves(image: bytes) -> None:
    head = replace(HEAD, logo=image, signature=image)
    without = replace(HEAD, logo=None, signature=None)
    assert as_pdf(written(head=head)) == as_pdf(written(head=without))


def test_a_picture_is_described_to_those_who_do_not_see_it() -> None:
    found = reader(as_pdf(written(emblems=True)))
    objects = [found.get_object(number) for number in range(1, len(found.xref[0]))]
    figures = [each for each in objects if isinstance(each, dict) and each.get("/S") == "/Figure"]
    assert {str(figure["/Alt"]) for figure in figures} == {
        "Logo de Tremplin 06",
        "Signature de Camille Exemple",
        "Drapeau de l’Union européenne",
        "Drapeau français",
    }


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Ana 🎉 花", "Ana □ □"),
        ("ℌ①", "H1"),
        ("e\u0301te\u0301\u200d", "été"),
        ("Łukasz Ж λ ệ", "Łukasz Ж λ ệ"),
    ],
)
def test_what_the_font_has_not_spoils_nothing(name: str, printed: str) -> None:
    letter = written("Pour {{ porteur.nom }}.", context=with_("porteur", nom=name))
    pdf = as_pdf(letter)
    assert faults_of_pdf(pdf) == []
    words = re.search("Pour (.*)\\.", pages(pdf)[0])
    assert words is not None
    assert words[1].replace("e\u0301", "é") == printed
    assert name.strip() in letter.text


def test_words_are_never_read_as_markup() -> None:
    name = '#panic("x") $a$ *b* _c_ `d` @e <f> \\ // g /* h */ = i - j + k ~ "l" [m] {n}'
    letter = written("Pour {{ porteur.nom }}.", context=with_("porteur", nom=name))
    text = " ".join(pages(as_pdf(letter))[0].split())
    assert "".join(name.split()) in "".join(text.split()).replace("«", '"').replace("»", '"')


def test_streams_that_end_in_doubt_are_settled() -> None:
    """One stream in 256 ends with a byte that strict readers take for part of the line's end."""
    found = 0
    for rank in range(40):
        context = with_("dossier", titre=f"Un jardin {rank * rank}")
        pdf = as_pdf(written("{{ dossier.titre }}", context=context, head=BARE))
        assert b"\r\nendstream" not in pdf
        found += len(reader(pdf).pages)
    assert found == 40


def test_a_stream_made_doubtful_is_settled_and_read_alike() -> None:
    pdf = as_pdf(written(head=BARE))
    doubtful, at = _doubtful(pdf)
    assert b"\r\nendstream" in doubtful
    mended = settled(doubtful)
    assert faults_of_pdf(mended) == []
    assert pages(mended) == pages(pdf)
    assert at > 0
    assert settled(pdf) == pdf


def _doubtful(pdf: bytes) -> tuple[bytes, int]:
    """The file with one checksum ending in a carriage return, as one in 256 does by itself."""
    at = pdf.index(b"\nendstream", pdf.index(b"/FlateDecode"))
    return pdf[: at - 1] + b"\r" + pdf[at:], at


def test_the_body_of_a_letter_may_be_anything_a_letter_says() -> None:
    body = BODY + "\n> - a\n>\n> 1. b\n\n| a |\n|---|\n| {{ dossier.titre }} |\n\n5. cinq\n"
    assert faults_of_pdf(as_pdf(written(body, context=CONTEXT, recipient=PORTEUSE))) == []
