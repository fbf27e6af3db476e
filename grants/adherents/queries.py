"""What pages, exports, programs and the report read of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Select, func, or_, select

from grants.adherents.tables import Adherent, Cotisation
from grants.organisation.tables import Personne
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.errors import NotFound

_A, _C = table_of(Adherent), table_of(Cotisation)
_S, _P = table_of(Structure), table_of(Personne)


@dataclass(frozen=True, slots=True)
class AdherentFilters:
    """What narrows the list: members between two days, of the insertion or not, who owe."""

    du: date | None = None
    au: date | None = None
    iae: bool | None = None
    impayes: int | None = None


@dataclass(frozen=True, slots=True)
class AdherentLine:
    """A member with its name, and its fee of a year: cents due and paid, none where not noted."""

    id: int
    nom: str
    structure_id: int | None
    personne_id: int | None
    nature_iae: str | None
    college: str | None
    debut: date
    fin: date | None
    version: int
    due: int | None
    payee: int | None
    payee_le: date | None

    @property
    def owes(self) -> bool:
        """Whether something of the fee is still to come."""
        return self.due is not None and (self.payee or 0) < self.due


def adherents_of(
    connection: Connection, organisme_id: int, filters: AdherentFilters, year: int
) -> Sequence[AdherentLine]:
    """The members that the filters keep, by name, with the fee of a year (that of the unpaid)."""
    # A structure that was merged into another keeps the memberships that the other had too.
    here = (_A.c.organisme_id == organisme_id, _S.c.absorbee_par_id.is_(None))
    query = _lines(filters.impayes or year).where(*here)
    if filters.du is not None:
        query = query.where(or_(_A.c.fin.is_(None), _A.c.fin >= filters.du))
    if filters.au is not None:
        query = query.where(_A.c.debut <= filters.au)
    if filters.iae is not None:
        known = _A.c.nature_iae.is_not(None)
        query = query.where(known if filters.iae else ~known)
    if filters.impayes is not None:
        query = query.where(_C.c.payee < _C.c.due)
    ordered = query.order_by(func.coalesce(_S.c.nom_cle, _P.c.nom_cle), _A.c.id)
    return [AdherentLine(*row) for row in connection.execute(ordered)]


def read_adherent(connection: Connection, organisme_id: int, id: int, year: int) -> AdherentLine:
    """One member. Raises NotFound."""
    mine = (_A.c.organisme_id == organisme_id, _A.c.id == id)
    row = connection.execute(_lines(year).where(*mine)).first()
    if row is None:
        raise NotFound
    return AdherentLine(*row)


@dataclass(frozen=True, slots=True)
class Fee:
    """What a member owes and paid for a year, in cents."""

    annee: int
    due: int
    payee: int
    payee_le: date | None


def fees_of(connection: Connection, organisme_id: int, adherent_id: int) -> Sequence[Fee]:
    """The fees of a member, latest year first."""
    mine = (_C.c.organisme_id == organisme_id, _C.c.adherent_id == adherent_id)
    query = select(_C.c.annee, _C.c.due, _C.c.payee, _C.c.payee_le).where(*mine)
    return [Fee(*row) for row in connection.execute(query.order_by(_C.c.annee.desc()))]


def _lines(year: int) -> Select:
    joined = (
        _A.outerjoin(_S, _S.c.id == _A.c.structure_id)
        .outerjoin(_P, _P.c.id == _A.c.personne_id)
        .outerjoin(_C, (_C.c.adherent_id == _A.c.id) & (_C.c.annee == year))
    )
    return select(
        *(_A.c.id, func.coalesce(_S.c.nom, _P.c.nom), _A.c.structure_id, _A.c.personne_id),
        *(_A.c.nature_iae, _A.c.college, _A.c.debut, _A.c.fin, _A.c.seq),
        *(_C.c.due, _C.c.payee, _C.c.payee_le),
    ).select_from(joined)
