"""The kinds of file that a pièce may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: what it is called, how it is served, and whether a browser may show it."""

    label: str
    media: str
    extension: str
    also: tuple[str, ...] = ()
    shown: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        """The ends of name that say this kind."""
        return (self.extension, *self.also)

    @property
    def is_image(self) -> bool:
        """Whether it is a picture."""
        return self.media.startswith("image/")


KINDS: Mapping[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", "pdf", shown=True),
    "jpeg": Kind("Image JPEG", "image/jpeg", "jpg", ("jpeg", "jpe"), shown=True),
    "png": Kind("Image PNG", "image/png", "png", shown=True),
    "webp": Kind("Image WebP", "image/webp", "webp", shown=True),
    "heic": Kind("Photo HEIC", "image/heic", "heic", ("heif",)),
    "docx": Kind("Document Word", f"{_OFFICE}.wordprocessingml.document", "docx"),
    "xlsx": Kind("Classeur Excel", f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    "odt": Kind("Document LibreOffice", f"{_OPEN}.text", "odt"),
    "ods": Kind("Classeur LibreOffice", f"{_OPEN}.spreadsheet", "ods"),
}
#: What a browser's window for choosing files proposes.
ACCEPT = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)
