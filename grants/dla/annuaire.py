"""The directory of prestataires, as screens and exports read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from grants.comites.tables import Comite, Membre
from grants.dla.fiche import keys_of
from grants.dla.tables import Prestataire
from grants.organisation.people import sorting_key
from grants.organisation.tables import Personne
from workflow.database import table_of
from workflow.errors import NotFound

LONGEST_SEARCH = 100
_T, _P, _M, _C = (table_of(each) for each in (Prestataire, Personne, Membre, Comite))


@dataclass(frozen=True, slots=True)
class PrestataireLine:
    """A prestataire, with whom to write to and the comités where she sits today."""

    id: int
    nom: str
    nom_cle: str
    siret: str
    personne_id: int
    contact: str
    email: str | None
    telephone: str | None
    competences: tuple[str, ...]
    secteurs: tuple[str, ...]
    departements: tuple[str, ...]
    tarif_journalier: int | None
    realisations: str
    actif: bool
    version: int
    comites: tuple[str, ...] = ()

    def works_in(self, departement: str) -> bool:
        """Whether it goes to a département: to all of them where none is said."""
        return not self.departements or departement in self.departements

    def knows(self, secteur: str) -> bool:
        """Whether it works for a sector: for all of them where none is said."""
        return not self.secteurs or secteur in self.secteurs


@dataclass(frozen=True, slots=True)
class PrestataireFilters:
    """What narrows the directory. `actif` None: those set aside too."""

    text: str = ""
    competence: str | None = None
    secteur: str | None = None
    departement: str | None = None
    actif: bool | None = None

    def keep(self, line: PrestataireLine) -> bool:
        """Whether a prestataire stays."""
        words = sorting_key(self.text).split()
        where = f"{line.nom_cle} {sorting_key(line.contact)} {line.siret}"
        return (
            all(word in where for word in words)
            and (self.competence is None or self.competence in line.competences)
            and (self.secteur is None or line.knows(self.secteur))
            and (self.departement is None or line.works_in(self.departement))
            and (self.actif is None or self.actif == line.actif)
        )


def prestataires_of(
    connection: Connection, organisme_id: int, filters: PrestataireFilters, today: date
) -> list[PrestataireLine]:
    """Those that the filters keep, by name. A directory holds tens of them: it is read whole."""
    sitting = _sitting(connection, organisme_id, today)
    query = _query(organisme_id).order_by(_T.c.nom_cle, _T.c.id)
    lines = (_line(row, sitting) for row in connection.execute(query))
    return [line for line in lines if filters.keep(line)]


def read_prestataire(
    connection: Connection, organisme_id: int, id: int, today: date
) -> PrestataireLine:
    """One of them. Raises NotFound, also for another organisme's."""
    row = connection.execute(_query(organisme_id).where(_T.c.id == id)).first()
    if row is None:
        raise NotFound
    return _line(row, _sitting(connection, organisme_id, today))


def _query(organisme_id: int) -> Any:
    joined = _T.join(_P, _P.c.id == _T.c.personne_id)
    person = (_P.c.nom.label("contact"), _P.c.email, _P.c.telephone)
    return select(*_T.c, *person).select_from(joined).where(_T.c.organisme_id == organisme_id)


def _sitting(connection: Connection, organisme_id: int, today: date) -> dict[int, tuple[str, ...]]:
    """The comités of whoever sits in one that day, by personne."""
    query = (
        select(_M.c.personne_id, _C.c.nom)
        .join(_C, _C.c.id == _M.c.comite_id)
        .where(_M.c.organisme_id == organisme_id, _M.c.debut <= today)
        .where(or_(_M.c.fin.is_(None), _M.c.fin >= today))
        .order_by(_C.c.nom)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.personne_id] = (*found.get(row.personne_id, ()), row.nom)
    return found


def _line(row: Row[Any], sitting: dict[int, tuple[str, ...]]) -> PrestataireLine:
    return PrestataireLine(
        id=row.id,
        nom=row.nom,
        nom_cle=row.nom_cle,
        siret=row.siret,
        personne_id=row.personne_id,
        contact=row.contact,
        email=row.email,
        telephone=row.telephone,
        competences=keys_of(row.competences),
        secteurs=keys_of(row.secteurs),
        departements=keys_of(row.departements),
        tarif_journalier=row.tarif_journalier,
        realisations=row.realisations,
        actif=row.actif,
        version=row.seq,
        comites=sitting.get(row.personne_id, ()),
    )


def departements_served(lines: Iterable[PrestataireLine]) -> list[str]:
    """The départements that some of them name."""
    return sorted({code for line in lines for code in line.departements})
