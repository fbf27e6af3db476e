"""A search, and what is shown of each thing found: a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select, union

from grants.dossiers.filters import WITH_NAMES, D, P, S
from grants.dossiers.pieces.tables import Fichier, Piece
from grants.dossiers.tables import Note
from grants.recherche.correction import corrected
from grants.recherche.index import Kind, find
from grants.recherche.words import read_query
from grants.structures.tables import Contact
from workflow.database import table_of

_N, _F = table_of(Note), table_of(Fichier)
_I, _K = table_of(Piece), table_of(Contact)
#: How many structures and people found bring their dossiers with them.
_MOST_BRINGING = 8


@dataclass(frozen=True, slots=True)
class StructureFound:
    """A structure, where it is and its number."""

    id: int
    nom: str
    commune: str | None
    departement: str | None
    siret: str | None
    rna: str | None


@dataclass(frozen=True, slots=True)
class PersonneFound:
    """A personne, with the latest dossier that she carries, or a structure that she works in."""

    id: int
    nom: str
    email: str | None
    telephone: str | None
    dossier_id: int | None
    structure_id: int | None


@dataclass(frozen=True, slots=True)
class DossierFound:
    """A dossier, and who carries it."""

    id: int
    reference: str
    titre: str
    objet: str | None
    pipeline: str
    pipeline_version: int
    stage: str
    structure: str | None
    porteur: str | None


@dataclass(frozen=True, slots=True)
class NoteFound:
    """A note, and its dossier."""

    id: int
    texte: str
    auteur: str
    le: datetime
    dossier_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class FichierFound:
    """A file handed in, for a dossier or for a structure."""

    id: int
    nom: str
    dossier_id: int | None
    reference: str | None
    structure_id: int | None
    structure: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, the best first in each kind.

    `words` are those looked for; `spellings` are those that took the place of misspelt ones,
    which nothing held.
    """

    words: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    structures: tuple[StructureFound, ...] = ()
    personnes: tuple[PersonneFound, ...] = ()
    dossiers: tuple[DossierFound, ...] = ()
    notes: tuple[NoteFound, ...] = ()
    fichiers: tuple[FichierFound, ...] = ()

    @property
    def count(self) -> int:
        """How many things are shown."""
        groups = (self.structures, self.personnes, self.dossiers, self.notes, self.fichiers)
        return sum(len(group) for group in groups)


def search(connection: Connection, organisme_id: int, text: str, most: int) -> Findings:
    """What the words typed are found in, `most` of each kind; misspelt, what they may mean."""
    words, number = read_query(text)
    if not words:
        return Findings()
    typed = tuple((word,) for word in words)
    either = (typed, ((number,),)) if number else (typed,)
    spellings: tuple[str, ...] = ()
    found = find(connection, organisme_id, either, most)
    if not any(found.values()):
        groups, spellings = corrected(connection, organisme_id, words)
        if spellings:
            found = find(connection, organisme_id, (groups,), most)
    if not any(found.values()):
        return Findings(words)
    return Findings(
        words=(*words, number) if number else words,
        spellings=spellings,
        structures=_structures(connection, organisme_id, found["structure"]),
        personnes=_personnes(connection, organisme_id, found["personne"]),
        dossiers=_dossiers(connection, organisme_id, found, most),
        notes=_notes(connection, organisme_id, found["note"]),
        fichiers=_fichiers(connection, organisme_id, found["fichier"]),
    )


def _of(found: FromClause, organisme_id: int) -> ColumnElement[bool]:
    """Of this organisme: looked at in the rows found, whose ids are few.

    Bare, the column offers an index of its own: SQLite then read all that the organisme has.
    """
    return found.c.organisme_id + 0 == organisme_id


def _structures(
    connection: Connection, organisme_id: int, ids: Sequence[int]
) -> tuple[StructureFound, ...]:
    query = select(S.c.id, S.c.nom, S.c.commune, S.c.departement, S.c.siret, S.c.rna)
    # One that was merged into another is found under the name of the other.
    shown = (S.c.id.in_(ids), _of(S, organisme_id), S.c.absorbee_par_id.is_(None))
    rows = connection.execute(query.where(*shown))
    return tuple(sorted((StructureFound(*row) for row in rows), key=lambda r: ids.index(r.id)))


def _personnes(
    connection: Connection, organisme_id: int, ids: Sequence[int]
) -> tuple[PersonneFound, ...]:
    carried = select(func.max(D.c.id)).where(D.c.porteur_id == P.c.id).scalar_subquery()
    works_in = (
        select(func.max(_K.c.structure_id)).where(_K.c.personne_id == P.c.id).scalar_subquery()
    )
    query = select(P.c.id, P.c.nom, P.c.email, P.c.telephone, carried, works_in)
    rows = connection.execute(query.where(P.c.id.in_(ids), _of(P, organisme_id)))
    return tuple(sorted((PersonneFound(*row) for row in rows), key=lambda r: ids.index(r.id)))


def _dossiers(
    connection: Connection, organisme_id: int, found: dict[Kind, list[int]], most: int
) -> tuple[DossierFound, ...]:
    """Those that hold the words, then those of the structures and people that do."""
    ids = found["dossier"]
    # Each by its own index: an OR of the three read every dossier of the organisme.
    among = union(
        select(D.c.id).where(D.c.id.in_(ids)),
        select(D.c.id).where(D.c.structure_id.in_(found["structure"][:_MOST_BRINGING])),
        select(D.c.id).where(D.c.porteur_id.in_(found["personne"][:_MOST_BRINGING])),
    )
    query = (
        select(
            D.c.id,
            D.c.reference,
            D.c.titre,
            D.c.objet,
            D.c.pipeline,
            D.c.pipeline_version,
            D.c.stage,
            S.c.nom,
            P.c.nom,
        )
        .select_from(WITH_NAMES)
        .where(D.c.id.in_(select(among.subquery().c.id)), _of(D, organisme_id))
        .order_by(case((D.c.id.in_(ids), 0), else_=1), D.c.id.desc())
        .limit(most)
    )
    return tuple(DossierFound(*row) for row in connection.execute(query))


def _notes(connection: Connection, organisme_id: int, ids: Sequence[int]) -> tuple[NoteFound, ...]:
    query = (
        select(_N.c.id, _N.c.texte, _N.c.auteur, _N.c.le, D.c.id, D.c.reference)
        .join(D, D.c.id == _N.c.dossier_id)
        .where(_N.c.id.in_(ids), _of(_N, organisme_id))
    )
    rows = (NoteFound(*row) for row in connection.execute(query))
    return tuple(sorted(rows, key=lambda row: ids.index(row.id)))


def _fichiers(
    connection: Connection, organisme_id: int, ids: Sequence[int]
) -> tuple[FichierFound, ...]:
    query = (
        select(_F.c.id, _F.c.nom, D.c.id, D.c.reference, S.c.id, S.c.nom)
        .select_from(
            _F.join(_I, _I.c.id == _F.c.piece_id)
            .outerjoin(D, D.c.id == _I.c.dossier_id)
            .outerjoin(S, S.c.id == _I.c.structure_id)
        )
        .where(_F.c.id.in_(ids), _of(_F, organisme_id))
    )
    rows = (FichierFound(*row) for row in connection.execute(query))
    return tuple(sorted(rows, key=lambda row: ids.index(row.id)))
