"""Taking a reprise back: everything it added goes, while nothing else hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlmodel import SQLModel

from grants.dossiers.tables import Dossier
from grants.organisation.tables import Personne
from grants.reprise.known import CONTACT, DOSSIER, PERSONNE, STRUCTURE
from grants.reprise.tables import RepriseLigne
from grants.reprise.writing import Chain, Work
from grants.structures.service import STRUCTURES
from grants.structures.tables import Contact, Structure
from workflow import journal
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.journal_closed import close_chains
from workflow.journal_tables import JournalPayload
from workflow.subject import read_trail

TAKEN_BACK = "reprise_annulee"
CONTACT_REMOVED = "contact_retire"
MOST_NAMED = 5
_L, _E, _PAYLOADS = table_of(RepriseLigne), table_of(Echeance), table_of(JournalPayload)
_S, _P = table_of(Structure), table_of(Personne)
_D, _C = table_of(Dossier), table_of(Contact)
#: What a reprise adds, in the order in which it may go.
_TABLES: Mapping[str, Table] = {DOSSIER: _D, CONTACT: _C, STRUCTURE: _S, PERSONNE: _P}
_CHAINED = (DOSSIER, STRUCTURE, PERSONNE)
_NAMED = {DOSSIER: _D.c.reference, STRUCTURE: _S.c.nom, PERSONNE: _P.c.nom}
_WHAT = {DOSSIER: "le dossier", STRUCTURE: "la structure", PERSONNE: "la personne"}
_HANGING = {
    "dossier": "un dossier",
    "contact": "un contact",
    "note": "une note",
    "rendez_vous": "un rendez-vous",
    "lien_dossier": "un dossier lié",
    "tache": "une tâche",
    "piece": "une pièce",
    "etiquette_dossier": "une étiquette",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a reprise cannot be taken back: a sentence."""

    what: str


def holds(connection: Connection, reprise_id: int) -> list[Hold]:
    """Every kind of reason why a reprise cannot be taken back, with some names; none if it can."""
    found = [hold for kind in _CHAINED for hold in _changed(connection, reprise_id, kind)]
    for kind, table in _TABLES.items():
        for other, column in _referring(table):
            found += _referred(connection, reprise_id, kind, other, column)
    return found


def take_back(work: Work) -> dict[str, int]:
    """Remove all that the reprise added, told on each chain, and forget what it had written."""
    counts: dict[str, int] = {}
    _leave_known_structures(work)
    for kind in _CHAINED:
        _end_chains(work, kind)
    work.connection.execute(
        delete(_E).where(_E.c.subject_kind == DOSSIER, _E.c.subject_id.in_(_ids(work, DOSSIER)))
    )
    for kind, table in _TABLES.items():
        gone = work.connection.execute(delete(table).where(table.c.id.in_(_ids(work, kind))))
        counts[kind] = gone.rowcount
    work.connection.execute(delete(_L).where(_L.c.reprise_id == work.reprise_id))
    return counts


def _changed(connection: Connection, reprise_id: int, kind: str) -> Iterator[Hold]:
    """What somebody changed since: its journal went on."""
    table = _TABLES[kind]
    query = (
        select(_NAMED[kind])
        .join(_L, and_(_L.c.genre == kind, _L.c.fiche_id == table.c.id))
        .where(_L.c.reprise_id == reprise_id, table.c.seq != _L.c.seq)
        .order_by(table.c.id)
    )
    names = list(connection.execute(query).scalars())
    for name in names[:MOST_NAMED]:
        yield Hold(f"Depuis, {_WHAT[kind]} « {name} » a changé.")
    if len(names) > MOST_NAMED:
        yield Hold(f"… et {len(names) - MOST_NAMED} autres du même genre, changés eux aussi.")


def _referring(table: Table) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of the schema that points to a table."""
    for other in SQLModel.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                yield other, key.parent


def _referred(
    connection: Connection, reprise_id: int, kind: str, other: Table, column: Column[Any]
) -> Iterator[Hold]:
    """Rows that the reprise did not add, and that point to what it added."""
    own = next((own for own, table in _TABLES.items() if table is other), None)
    conditions: list[ColumnElement[bool]] = [_L.c.reprise_id == reprise_id, _L.c.genre == kind]
    if own is not None:
        mine = _L.alias("mine")
        conditions.append(
            ~exists().where(
                mine.c.reprise_id == reprise_id,
                mine.c.genre == own,
                mine.c.fiche_id == other.c.id,
            )
        )
    query = (
        select(func.count(), func.min(column))
        .select_from(other)
        .join(_L, _L.c.fiche_id == column)
        .where(*conditions)
    )
    number, first = connection.execute(query).one()
    if not number:
        return
    what = _HANGING.get(other.name, f"autre chose ({other.name.replace('_', ' ')})")
    named = _NAMED.get(kind)
    name = (
        connection.execute(select(named).where(_TABLES[kind].c.id == first)).scalar_one()
        if named is not None
        else ""
    )
    more = f", et {number - 1} fois ailleurs" if number > 1 else ""
    yield Hold(f"Depuis, {what} tient à {_WHAT.get(kind, 'un contact')} « {name} »{more}.")


def _ids(work: Work, kind: str) -> Any:
    return select(_L.c.fiche_id).where(_L.c.reprise_id == work.reprise_id, _L.c.genre == kind)


def _end_chains(work: Work, kind: str) -> None:
    """The last word of each chain: moves that never were are corrected, the rest is forgotten."""
    table = _TABLES[kind]
    columns = [table.c.id, table.c.seq, table.c.head]
    columns.append(table.c.trail if kind == DOSSIER else literal("").label("trail"))
    query = select(*columns).where(table.c.id.in_(_ids(work, kind))).with_for_update()
    entries, heads = [], []
    for row in work.connection.execute(query).all():
        chain = Chain(row.seq, row.head)
        seqs: Sequence[int | None] = [step.seq for step in read_trail(row.trail)] or [None]
        for corrected in seqs:
            entry = journal.Entry(
                kind="fait",
                event=TAKEN_BACK,
                actor=work.identity.actor,
                role=work.identity.role,
                at=work.now,
                corrects=corrected,
                content={"reprise": work.reprise_id},
            )
            entries.append(work.tell(chain, kind, row.id, entry))
        heads.append((row.id, chain.seq, chain.head))
    journal.append_all(work.connection, entries)
    close_chains(work.connection, kind, heads, work.now)
    work.connection.execute(
        update(_PAYLOADS)
        .where(
            _PAYLOADS.c.subject_kind == kind,
            _PAYLOADS.c.subject_id.in_(_ids(work, kind)),
            _PAYLOADS.c.erased_at.is_(None),
        )
        .values(salt=None, content=None, erased_at=work.now)
    )


def _leave_known_structures(work: Work) -> None:
    """The structures that were there before lose the contacts that the file had given them."""
    query = (
        select(_C.c.structure_id, _C.c.personne_id, _P.c.nom)
        .join(_P, _P.c.id == _C.c.personne_id)
        .where(_C.c.id.in_(_ids(work, CONTACT)), _C.c.structure_id.not_in(_ids(work, STRUCTURE)))
        .order_by(_C.c.structure_id, _C.c.id)
    )
    told: dict[int, list[tuple[int, str]]] = {}
    for structure_id, personne_id, name in work.connection.execute(query):
        told.setdefault(structure_id, []).append((personne_id, name))
    for structure_id, people in told.items():
        row = STRUCTURES.lock(work.connection, work.identity.organisme_id, structure_id)
        chain = Chain(row["seq"], row["head"])
        entries = []
        for personne_id, name in people:
            champs = {"champs": {"nom": {"avant": name, "apres": None}}, "personne": personne_id}
            entry = work.fact(CONTACT_REMOVED, champs)
            entries.append(work.tell(chain, STRUCTURE, structure_id, entry))
        journal.append_all(work.connection, entries)
        head = {"seq": chain.seq, "head": chain.head}
        work.connection.execute(update(_S).where(_S.c.id == structure_id).values(head))
        # Another reprise may have added the structure: what came and went does not change it.
        mine = (_L.c.genre == STRUCTURE, _L.c.fiche_id == structure_id)
        passed = {"seq": _L.c.seq + 2 * len(people)}
        work.connection.execute(update(_L).where(*mine).values(passed))
