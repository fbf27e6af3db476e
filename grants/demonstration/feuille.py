"""One sheet that says what it stands for: the documents of the demonstrations are all made up."""

from __future__ import annotations

_PAGE = (595, 842)
_SAYING = "Document de démonstration : donnée inventée."


def blank_pdf(title: str) -> bytes:
    """A PDF of one page with this title, always the same bytes for the same title."""
    text = f"BT /F1 20 Tf 72 740 Td ({_written(title)}) Tj ET\n"
    text += f"BT /F1 12 Tf 72 706 Td ({_written(_SAYING)}) Tj ET\n"
    drawn = text.encode("cp1252", "replace")
    width, height = _PAGE
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n" % len(drawn) + drawn + b"endstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n" % count + table
    end += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + end


def _written(text: str) -> str:
    """A text between the parentheses of a PDF."""
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
