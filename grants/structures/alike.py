"""Structures that may be the one being typed: same number, same e-mail, near-same name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, case, func, literal, or_, select

from grants.organisation.tables import Personne
from grants.structures.tables import Contact, Structure
from workflow.database import table_of
from workflow.texts import fold, near_same

_S, _C, _P = table_of(Structure), table_of(Contact), table_of(Personne)
SAME_SIRET, SAME_RNA = "Même SIRET", "Même numéro RNA"
SAME_EMAIL, NEAR_NAME = "Même e-mail", "Nom très proche"
MOST_SHOWN = 6
_LONGEST_NAME = 200

_WORDS = re.compile(r"[^\W_]+")
_NOT_IN_NUMBER = re.compile(r"[^0-9A-Za-z]")
_ACRONYM_DOTS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_PIECE = 3
_MOST_WORDS = 8
_EMPTY = "assoc"


@dataclass(frozen=True, slots=True)
class Alike:
    """A structure of the organisme, and the strongest reason why it may be the same one."""

    id: int
    nom: str
    commune: str | None
    siret: str | None
    rna: str | None
    why: str


def find_alike(
    connection: Connection,
    organisme_id: int,
    *,
    nom: str | None = None,
    siret: str | None = None,
    rna: str | None = None,
    email: str | None = None,
    apart_from: int | None = None,
) -> list[Alike]:
    """The structures that resemble what was typed, however roughly; the surest first."""
    columns = (_S.c.id, _S.c.nom, _S.c.commune, _S.c.siret, _S.c.rna)
    own = (
        _S.c.organisme_id == organisme_id,
        _S.c.id != (apart_from or 0),
        _S.c.absorbee_par_id.is_(None),
    )
    found: dict[int, Alike] = {}
    for condition, why in _certain(siret, rna, email):
        for row in connection.execute(select(*columns).where(*own, condition).order_by(_S.c.id)):
            found.setdefault(row.id, Alike(*row, why))
    name = (nom or "").strip()[:_LONGEST_NAME]
    pieces = _pieces(name)
    if pieces:
        query = select(*columns).where(*own, _shares(pieces)).order_by(_S.c.nom_cle, _S.c.id)
        for row in connection.execute(query):
            if row.id not in found and near_same(name, row.nom):
                found[row.id] = Alike(*row, NEAR_NAME)
    return list(found.values())[:MOST_SHOWN]


def _certain(
    siret: str | None, rna: str | None, email: str | None
) -> Iterator[tuple[ColumnElement[bool], str]]:
    number = _NOT_IN_NUMBER.sub("", siret or "")
    if number:
        yield _S.c.siret == number, SAME_SIRET
    register = _NOT_IN_NUMBER.sub("", rna or "").upper()
    if register:
        yield _S.c.rna == register, SAME_RNA
    address = (email or "").strip().lower()
    if address and address.isprintable():
        of_contact = (
            select(_C.c.structure_id)
            .join(_P, _P.c.id == _C.c.personne_id)
            .where(_P.c.email == address)
        )
        yield or_(_S.c.email == address, _S.c.id.in_(of_contact)), SAME_EMAIL


def _pieces(name: str) -> tuple[str, ...]:
    """The first and last letters of each telling word: one slip leaves most of them whole."""
    words = _WORDS.findall(_ACRONYM_DOTS.sub("", fold(name)))
    telling = [word for word in words if len(word) > _PIECE and not word.startswith(_EMPTY)]
    kept = sorted(telling or words, key=len, reverse=True)[:_MOST_WORDS]
    ends = (piece for word in kept for piece in (word[:_PIECE], word[-_PIECE:]))
    return tuple(dict.fromkeys(ends))


def _shares(pieces: tuple[str, ...]) -> ColumnElement[bool]:
    """Enough of the pieces stand in the name for it to be worth comparing letter by letter."""
    name = func.replace(_S.c.nom_cle, ".", "")
    shared = literal(0, Integer)
    for piece in pieces:
        shared = shared + case((name.like(f"%{piece}%"), 1), else_=0)
    return shared >= (1 if len(pieces) <= 2 else 2)  # noqa: PLR2004 — one word has two ends
