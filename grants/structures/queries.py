"""Structures as the list and the searches read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_

from grants.structures.departements import DEPARTEMENTS
from grants.structures.tables import Structure
from workflow.database import LARGEST_ID, table_of
from workflow.texts import fold

_S = table_of(Structure)
PAGE = 50
LONGEST_SEARCH = 100
_DIGITS_OF_NUMBER = 3


@dataclass(frozen=True, slots=True)
class StructureFilters:
    """What narrows the list: words of the name, of the commune, or the first digits of a SIRET."""

    text: str = ""
    departement: str | None = None
    secteur: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts: after, or before, a structure."""

    id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class StructureLine:
    """One structure on the list."""

    id: int
    nom: str
    siret: str | None
    rna: str | None
    forme_juridique: str | None
    secteur: str | None
    commune: str | None
    departement: str | None


@dataclass(frozen=True, slots=True)
class StructurePage:
    """One page of the list, by name, and where its neighbours start, when there are any."""

    lines: tuple[StructureLine, ...]
    previous: Place | None
    next: Place | None


_LINE = (
    _S.c.id,
    _S.c.nom,
    _S.c.siret,
    _S.c.rna,
    _S.c.forme_juridique,
    _S.c.secteur,
    _S.c.commune,
    _S.c.departement,
)


def structures_page(
    connection: Connection,
    organisme_id: int,
    filters: StructureFilters,
    place: Place | None = None,
    size: int = PAGE,
) -> StructurePage:
    """The structures that the filters keep, `size` at a time, by name."""
    query = select(*_LINE).where(*_clauses(connection, organisme_id, filters))
    here = tuple_(_S.c.nom_cle, _S.c.id)
    start = _start(connection, organisme_id, place)
    backwards = start is not None and place is not None and place.backwards
    if start is not None:
        query = query.where(here < tuple_(*start) if backwards else here > tuple_(*start))
    ordered = (_S.c.nom_cle.desc(), _S.c.id.desc()) if backwards else (_S.c.nom_cle, _S.c.id)
    rows = connection.execute(query.order_by(*ordered).limit(size + 1)).all()
    more, rows = len(rows) > size, rows[:size]
    lines = tuple(StructureLine(*row) for row in (reversed(rows) if backwards else rows))
    before, after = (more, True) if backwards else (start is not None, more)
    return StructurePage(
        lines,
        Place(lines[0].id, backwards=True) if lines and before else None,
        Place(lines[-1].id) if lines and after else None,
    )


def count_structures(
    connection: Connection, organisme_id: int, filters: StructureFilters | None = None
) -> int:
    """How many structures the filters keep."""
    clauses = _clauses(connection, organisme_id, filters or StructureFilters())
    return connection.execute(select(func.count()).select_from(_S).where(*clauses)).scalar_one()


def departements_of_structures(connection: Connection, organisme_id: int) -> list[str]:
    """The départements where the organisme knows structures."""
    query = select(_S.c.departement).where(
        _S.c.organisme_id == organisme_id, _S.c.departement.is_not(None)
    )
    return sorted(connection.execute(query.distinct()).scalars(), key=list(DEPARTEMENTS).index)


def _start(
    connection: Connection, organisme_id: int, place: Place | None
) -> tuple[Any, Any] | None:
    """The name and id that a page starts from; nothing when that structure is not known."""
    if place is None or not 0 < place.id <= LARGEST_ID:
        return None
    query = select(_S.c.nom_cle, _S.c.id).where(
        _S.c.organisme_id == organisme_id, _S.c.id == place.id
    )
    row = connection.execute(query).first()
    return None if row is None else (row.nom_cle, row.id)


def _clauses(
    connection: Connection, organisme_id: int, filters: StructureFilters
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        _S.c.organisme_id == organisme_id,
        _S.c.absorbee_par_id.is_(None),
    ]
    if filters.departement is not None:
        found.append(_S.c.departement == filters.departement)
    if filters.secteur is not None:
        found.append(_S.c.secteur == filters.secteur)
    text = "".join(filter(str.isprintable, fold(filters.text[:LONGEST_SEARCH])))
    number = text.replace(" ", "")
    if len(number) >= _DIGITS_OF_NUMBER and number.isascii() and number.isdigit():
        # A SIRET is often typed with its spaces: it is one word.
        return [*found, or_(_S.c.siret.startswith(number), _holds(_S.c.nom_cle, text))]
    communes = _communes(connection, organisme_id) if text else {}
    for word in text.split():
        named = [commune for commune, folded in communes.items() if word in folded]
        found.append(
            or_(
                _holds(_S.c.nom_cle, word),
                _S.c.commune.in_(named),
                _S.c.siret.startswith(word, autoescape=True),
                _S.c.rna == word.upper(),
            )
        )
    return found


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    return column.contains(words, autoescape=True)


def _communes(connection: Connection, organisme_id: int) -> dict[str, str]:
    """Each commune of the organisme's structures, and the same without accents or case."""
    query = select(_S.c.commune).where(_S.c.organisme_id == organisme_id, _S.c.commune.is_not(None))
    return {name: fold(name) for name in connection.execute(query.distinct()).scalars()}
