"""A file is accepted or refused by what it holds, and the sentence says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from grants.dossiers.pieces.content import MEGABYTE, Limits, examine
from grants.dossiers.pieces.refusals import FileFault
from tests.builders.documents import (
    HTML,
    OLD_WORD,
    PNG,
    SVG,
    docx,
    heic,
    jpeg,
    opened,
    packed,
    pdf,
    png,
    webp,
    xlsx,
    zipped,
)

SMALL = Limits(size=2 * MEGABYTE, pages=10, pixels=1_000_000)
SCRIPT = b"99 0 obj\n<< /S /JavaScript /JS (app.alert(1)) >>\nendobj\n"

ACCEPTED = {
    "pdf": (pdf(3), "pdf", 3),
    "pdf_recent": (pdf(2, more=packed(b"5 0 << /Type /Page >>")), "pdf", 3),
    "pdf_saut_de_ligne_final": (pdf(1, tail=b"\r\n\n"), "pdf", 1),
    "jpeg": (jpeg(), "jpeg", None),
    "jpeg_d_un_telephone": (jpeg(tail=b"\x00\x00\x00\x18ftypmp42" + bytes(200)), "jpeg", None),
    "png": (PNG, "png", None),
    "webp": (webp(), "webp", None),
    "heic": (heic(), "heic", None),
    "docx": (docx(), "docx", None),
    "xlsx": (xlsx(), "xlsx", None),
    "odt": (opened(), "odt", None),
    "ods": (opened("spreadsheet"), "ods", None),
}

REFUSED = {
    "vide": (b"", "Ce fichier est vide."),
    "trop_lourd": (pdf(1) + bytes(2 * MEGABYTE), "Ce fichier dépasse 2 Mo."),
    "svg": (SVG, "Ce n’est ni un PDF,"),
    "html": (HTML, "Ce n’est ni un PDF,"),
    "texte": (b"bonjour", "Ce n’est ni un PDF,"),
    "programme": (b"MZ\x90\x00" + bytes(100), "Ce n’est ni un PDF,"),
    "gif": (b"GIF89a" + bytes(20), "Ce n’est ni un PDF,"),
    "word_ancien": (OLD_WORD, "C’est un document Office ancien, ou protégé"),
    "zip": (zipped({"a.txt": b"a"}), "Ce n’est ni un PDF,"),
    "pptx": (zipped({"[Content_Types].xml": b"presentationml"}), "Ce n’est ni un PDF,"),
    "pdf_et_zip": (pdf(tail=zipped({"a": b"a"})), "Ce fichier en cache un autre."),
    "pdf_et_html": (pdf(tail=HTML), "Ce fichier en cache un autre."),
    "html_et_pdf": (HTML + pdf(), "Ce fichier en cache un autre."),
    "image_et_zip": (jpeg(tail=zipped({"a": b"a"})), "Ce fichier en cache un autre."),
    "image_et_html": (PNG + HTML, "Ce fichier en cache un autre."),
    "image_et_pdf": (jpeg(tail=pdf()), "Ce fichier en cache un autre."),
    "zip_precede": (b"PK\x03\x04" + bytes(30) + docx(), "Ce fichier en cache un autre."),
    "pdf_coupe": (pdf(4)[:300], "Ce fichier est abîmé ou incomplet."),
    "pdf_sans_page": (b"%PDF-1.4\nstartxref\n0\n%%EOF", "Ce fichier est abîmé ou incomplet."),
    "docx_coupe": (docx()[:-40], "Ce fichier est abîmé ou incomplet."),
    "png_coupe": (PNG[:60], "Ce fichier est abîmé ou incomplet."),
    "jpeg_coupe": (jpeg()[:-2], "Ce fichier est abîmé ou incomplet."),
    "pdf_protege": (
        pdf(more=b"9 0 obj\n<< >>\nendobj\n% /Encrypt 9 0 R\n"),
        "Ce document est prot",
    ),
    "odt_protege": (
        opened(parts={"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        "Ce document est protégé par un mot de passe.",
    ),
    "pdf_et_script": (pdf(more=SCRIPT), "Ce document contient des macros ou du code"),
    "pdf_script_deguise": (
        pdf(more=SCRIPT.replace(b"/JavaScript", b"/J#61va#53cript")),
        "Ce document contient des macros ou du code",
    ),
    "pdf_script_cache": (
        pdf(more=packed(b"9 0 << /S /JavaScript >>")),
        "Ce document contient des macros ou du code",
    ),
    "pdf_lance": (pdf(more=SCRIPT.replace(b"JavaScript", b"Launch")), "Ce document contient des"),
    "docx_a_macros": (docx(macros=True), "Ce document contient des macros ou du code"),
    "docx_vba": (docx({"word/vbaProject.bin": b"x"}), "Ce document contient des macros ou du code"),
    "odt_a_macros": (opened(parts={"Basic/Standard/m.xml": b"x"}), "Ce document contient des"),
    "pages": (pdf(11), "Ce PDF compte 11 pages, le maximum est 10."),
    "pixels": (png(50_000, 50_000), "Cette image est trop grande : 1 millions de pixels"),
    "pixels_jpeg": (jpeg(60_000, 60_000), "Cette image est trop grande"),
    "bombe_docx": (docx({"word/a.xml": bytes(20 * MEGABYTE)}), "Ce document est anormalement gros"),
    "bombe_pdf": (pdf(more=packed(bytes(80 * MEGABYTE))), "Ce document est anormalement gros"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arrive"


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_people_hand_in_is_known_by_its_content(path: Path, name: str) -> None:
    content, kind, pages = ACCEPTED[name]
    path.write_bytes(content)
    found = examine(path, SMALL)
    assert (found.kind, found.pages) == (kind, pages)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_do_harm_is_refused_with_a_remedy(path: Path, name: str) -> None:
    content, sentence = REFUSED[name]
    path.write_bytes(content)
    with pytest.raises(FileFault) as caught:
        examine(path, SMALL)
    told = " ".join(str(caught.value).split())
    assert told.startswith(sentence)
    assert any(word in told for word in ("puis", "envoyez", "Enregistrez", "Réduisez", "Gardez"))


def test_a_zip_that_announces_a_million_parts_is_refused_before_they_are_listed(
    path: Path,
) -> None:
    small = docx()
    forged = bytearray(small)
    forged[-10:-6] = (2 * MEGABYTE).to_bytes(4, "little")
    path.write_bytes(forged)
    with pytest.raises(FileFault, match="anormalement gros"):
        examine(path, SMALL)


def test_many_hostile_streams_are_read_in_no_time(path: Path) -> None:
    path.write_bytes(pdf(more=b"1 0 obj << >>\nstream\n" * 80_000))
    assert examine(path, SMALL).pages == 1
