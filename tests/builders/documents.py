"""Documents as people hand them in, and as those who mean harm make them."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from tests.builders.offices import LOGO

PNG = LOGO
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def pdf(pages: int = 1, *, more: bytes = b"", tail: bytes = b"", mark: str = "") -> bytes:
    """A PDF of so many blank pages; `more` stands among its objects, `tail` after its end."""
    kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages,
    ]
    body = b"%PDF-1.4\n" + f"% {mark}\n".encode()
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    body += more
    start = len(body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return body + trailer + b"startxref\n%d\n%%%%EOF\n" % start + tail


def packed(text: bytes) -> bytes:
    """Objects packed in a compressed stream, as recent PDFs do, and hide things."""
    data = zlib.compress(text)
    heading = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(data)
    return b"90 0 obj\n" + heading + b"\nstream\n" + data + b"\nendstream\nendobj\n"


def jpeg(width: int = 640, height: int = 480, tail: bytes = b"") -> bytes:
    """The headings of a photograph: nothing here decodes the rest."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01" + bytes(7)
        + b"\xff\xc0" + frame
        + b"\xff\xda" + struct.pack(">H", 8) + bytes(6) + b"\x12\x34\xff\xd9" + tail
    )  # fmt: skip


def png(width: int, height: int) -> bytes:
    """A PNG that says that it has so many pixels, over next to no data: a bomb when they are."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checked)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def webp(width: int = 320, height: int = 200) -> bytes:
    """The heading of a WebP image."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(width: int = 400, height: int = 300) -> bytes:
    """The boxes of a telephone's photograph."""
    sides = struct.pack(">I4sIII", 20, b"ispe", 0, width, height)
    kind = struct.pack(">I4s", 24, b"ftyp") + b"heic" + bytes(4) + b"mif1heic"
    return kind + struct.pack(">I4s", 8 + len(sides), b"meta") + sides


def zipped(parts: Mapping[str, bytes], comment: bytes = b"") -> bytes:
    """A zip of these parts, compressed."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def _types(main: str) -> bytes:
    return f'<Types><Override ContentType="application/vnd.{main}.main+xml"/></Types>'.encode()


def docx(parts: Mapping[str, bytes] | None = None, *, macros: bool = False) -> bytes:
    """A Word document."""
    kind = "ms-word.document.macroEnabled" if macros else ""
    word = _types("openxmlformats-officedocument.wordprocessingml.document")
    types = {"[Content_Types].xml": word + kind.encode()}
    return zipped({**types, "word/document.xml": b"<w:document/>", **(parts or {})})


def xlsx() -> bytes:
    """An Excel workbook."""
    types = _types("openxmlformats-officedocument.spreadsheetml.sheet")
    return zipped({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>"})


def opened(kind: str = "text", parts: Mapping[str, bytes] | None = None) -> bytes:
    """A LibreOffice document."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return zipped({"mimetype": mimetype, "content.xml": b"<office/>", **(parts or {})})
