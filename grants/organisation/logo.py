"""The images of an organisme, its logo and its signature: a PNG or a JPEG, within bounds."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

import filetype
from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.settings import ORGANISMES
from grants.organisation.tables import Organisme
from workflow.database import table_of
from workflow.errors import Invalid

FIELD = "logo"
SIGNATURE = "signature"
LARGEST_FILE = 1024 * 1024
SMALLEST_SIDE, LARGEST_SIDE = 32, 2000
TYPES = ("image/png", "image/jpeg")

_O = table_of(Organisme)
_NO_FILE = "Choisissez d'abord un fichier."
_TOO_HEAVY = "Ce fichier dépasse 1 Mo. Enregistrez l'image dans une taille plus petite."
_OTHER_TYPE = "Ce fichier n'est ni un PNG ni un JPEG. Enregistrez l'image dans l'un de ces formats."
_BROKEN = "Cette image est abîmée ou incomplète. Enregistrez-la de nouveau, puis réessayez."

# The markers of a JPEG that give its size; the four left out of C0–CF mean other things.
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER, _PICTURE = 0xFF, 0xDA


@dataclass(frozen=True, slots=True)
class Image:
    """An image of an organisme, ready to be served."""

    content: bytes
    type: str


def set_logo(session: Session, identity: Identity, content: bytes, now: datetime) -> None:
    """Give the organisme a logo. Never commits. Raises Invalid, DirectionOnly."""
    _keep(session, identity, FIELD, content, Fact("logo_change", now))


def remove_logo(session: Session, identity: Identity, now: datetime) -> None:
    """Go back to the software's own sign. Never commits. Raises DirectionOnly."""
    _keep(session, identity, FIELD, None, Fact("logo_retire", now))


def set_signature(session: Session, identity: Identity, content: bytes, now: datetime) -> None:
    """Give the image that signs the letters. Never commits. Raises Invalid, DirectionOnly."""
    _keep(session, identity, SIGNATURE, content, Fact("signature_changee", now))


def remove_signature(session: Session, identity: Identity, now: datetime) -> None:
    """Leave the place of the signature to a pen. Never commits. Raises DirectionOnly."""
    _keep(session, identity, SIGNATURE, None, Fact("signature_retiree", now))


def read_logo(connection: Connection, organisme_id: int) -> Image | None:
    """The logo of an organisme, if it has one."""
    return _read(connection, organisme_id, FIELD)


def read_signature(connection: Connection, organisme_id: int) -> Image | None:
    """The signature of an organisme, if it has one."""
    return _read(connection, organisme_id, SIGNATURE)


def _keep(
    session: Session, identity: Identity, which: str, content: bytes | None, fact: Fact
) -> None:
    identity.require_direction()
    kind = None if content is None else image_type(content, which)
    connection = session.connection()
    row = ORGANISMES.lock(connection, identity.organisme_id, identity.organisme_id)
    values = {which: content, f"{which}_type": kind}
    ORGANISMES.change(connection, identity, row, values, fact)


def _read(connection: Connection, organisme_id: int, which: str) -> Image | None:
    query = select(_O.c[which], _O.c[f"{which}_type"]).where(_O.c.id == organisme_id)
    row = connection.execute(query).first()
    return None if row is None or row[0] is None else Image(row[0], row[1])


def image_type(content: bytes, which: str = FIELD) -> str:
    """The type of an image that may be a logo or a signature. Raises Invalid."""
    fault = _fault(content)
    if fault:
        raise Invalid({which: fault})
    return filetype.guess_mime(content)


def _fault(content: bytes) -> str:
    """Why an image will not do, and what to do; empty when it will."""
    if not content:
        return _NO_FILE
    if len(content) > LARGEST_FILE:
        return _TOO_HEAVY
    kind = filetype.guess_mime(content)
    if kind not in TYPES:
        return _OTHER_TYPE
    size = _png_size(content) if kind == "image/png" else _jpeg_size(content)
    if size is None:
        return _BROKEN
    if min(size) >= SMALLEST_SIDE and max(size) <= LARGEST_SIDE:
        return ""
    return (
        f"Cette image mesure {size[0]} × {size[1]} pixels : chaque côté doit en compter"
        f" {SMALLEST_SIDE} au moins et {LARGEST_SIDE} au plus."
    )


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG whose parts follow each other down to its end."""
    size: tuple[int, int] | None = None
    at = 8
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if name == b"IHDR" and length >= 8 and at + 16 <= len(content):  # noqa: PLR2004 — two sides
            size = struct.unpack_from(">II", content, at + 8)
        at += 12 + length
        if name == b"IEND":
            return size if at == len(content) else None
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, from the first marker that gives them."""
    at = 2
    while at + 9 <= len(content):
        if content[at] != _MARKER:
            return None
        marker = content[at + 1]
        if marker == _MARKER:
            at += 1
        elif marker in _ALONE_MARKERS:
            at += 2
        elif marker == _PICTURE:
            return None
        elif marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    return None
