"""Merging two structures, and taking the merge back: everything moves, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import read_subject
from grants.dossiers.writing import store
from grants.fusions import moved
from grants.fusions.fiches import NUMBERS, chosen, differences
from grants.fusions.queries import Merge, read_merge, what_depends
from grants.fusions.tables import Fusion
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.people import sorting_key
from grants.structures.service import STRUCTURES, lock_structure
from workflow.canonical import canonical
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import DatabaseBusy, DomainError, Invalid, NotFound, Refused
from workflow.guards import Refusal

MERGED, ABSORBED, UNDONE = "structure_fusionnee", "structure_absorbee", "fusion_annulee"
_M = table_of(Fusion)


class SameStructure(DomainError):
    """Une structure ne se fusionne pas avec elle-même : choisissez-en une autre."""

    code = "meme_structure"


class MergeUndone(DomainError):
    """Cette fusion est déjà annulée."""

    code = "fusion_deja_annulee"


@dataclass(frozen=True, slots=True)
class MergeDemand:
    """Which structure is kept, which one it absorbs, and whose answer is kept where they differ.

    `choices`: by field, the id of the structure whose answer is right. The versions are those
    that were compared on screen.
    """

    kept_id: int
    absorbed_id: int
    choices: Mapping[str, Any]
    kept_version: int | None = None
    absorbed_version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class _Work:
    """The transaction, who works in it, and when."""

    session: Session
    engine: Engine
    identity: Identity
    now: datetime

    @property
    def connection(self) -> Connection:
        return self.session.connection()


def merge(
    session: Session, engine: Engine, identity: Identity, demand: MergeDemand, now: datetime
) -> int:
    """Make one structure of two; the id of the one kept. Never commits.

    Raises NotFound, SameStructure, StructureMerged, Stale, Invalid, ReadOnly.
    """
    identity.require_writer()
    work = _Work(session, engine, identity, now)
    connection, organisme_id = work.connection, identity.organisme_id
    if demand.kept_id == demand.absorbed_id:
        raise SameStructure
    done = STRUCTURES.created_by(connection, organisme_id, MERGED, demand.key)
    if done is not None:
        return done
    both = (demand.kept_id, demand.absorbed_id)
    dossiers = moved.dossiers_of(connection, organisme_id, both)
    for id in dossiers:
        read_subject(connection, engine, organisme_id, id, lock=True)
    kept, absorbed = _lock_both(work, demand)
    if moved.dossiers_of(connection, organisme_id, both) != dossiers:
        # A dossier came to one of them while they were being locked.
        raise DatabaseBusy
    values, faults = chosen(differences(kept, absorbed), demand.choices, demand.kept_id)
    if faults:
        raise Invalid(faults)
    _carry_out(work, kept, absorbed, values, demand.key)
    return demand.kept_id


def undo_merge(
    session: Session,
    engine: Engine,
    identity: Identity,
    kept_id: int,
    merge_id: int,
    now: datetime,
) -> int:
    """Give back what a merge had moved; the id of the structure that comes back. Never commits.

    Raises NotFound, MergeUndone, Refused with every reason why it is too late, ReadOnly.
    """
    identity.require_writer()
    work = _Work(session, engine, identity, now)
    connection, organisme_id = work.connection, identity.organisme_id
    found = read_merge(connection, organisme_id, merge_id)
    if found.kept_id != kept_id:
        raise NotFound
    for id in sorted(int(id) for id in found.content.dossiers):
        read_subject(connection, engine, organisme_id, id, lock=True)
    rows = {
        id: STRUCTURES.lock(connection, organisme_id, id)
        for id in sorted((found.kept_id, found.absorbed_id))
    }
    found = read_merge(connection, organisme_id, merge_id, lock=True)
    if found.undone:
        raise MergeUndone
    reasons = what_depends(connection, organisme_id, found)
    if reasons:
        refusals = [Refusal("fusion_engagee", reason) for reason in reasons]
        raise Refused("Annuler la fusion", refusals)
    _take_back(work, found, rows)
    return found.absorbed_id


def _lock_both(work: _Work, demand: MergeDemand) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both structures, the older one locked first whichever is kept."""
    versions = {
        demand.kept_id: demand.kept_version,
        demand.absorbed_id: demand.absorbed_version,
    }
    rows = {
        id: lock_structure(work.connection, work.identity.organisme_id, id, versions[id])
        for id in sorted(versions)
    }
    return rows[demand.kept_id], rows[demand.absorbed_id]


def _carry_out(
    work: _Work,
    kept: Mapping[str, Any],
    absorbed: Mapping[str, Any],
    values: Mapping[str, Any],
    key: str | None,
) -> None:
    connection, one, two = work.connection, kept["id"], absorbed["id"]
    organisme_id = work.identity.organisme_id
    own, coming = (moved.dossiers_of(connection, organisme_id, [id]) for id in (one, two))
    contacts = moved.moving_contacts(connection, one, two)
    pieces = moved.moving_pieces(connection, one, two)
    moved.move_contacts(connection, contacts, one)
    moved.move_pieces(connection, pieces, one, two)
    given_up = {name: absorbed[name] for name in NUMBERS if absorbed[name] is not None}
    gone = {"absorbee_par_id": one, **dict.fromkeys(given_up)}
    told = {"champs": _pairs(absorbed, gone), "par": kept["nom"]}
    # The numbers are given up before they are taken.
    STRUCTURES.note(connection, work.identity, absorbed, Fact(ABSORBED, work.now, told), gone)
    columns = _with_name_key(values)
    champs = {key: [kept[key], value] for key, value in columns.items() if kept[key] != value}
    told = {"champs": _pairs(kept, columns), "absorbee": absorbed["nom"]}
    STRUCTURES.note(connection, work.identity, kept, Fact(MERGED, work.now, told, key), columns)
    seqs = _move_dossiers(work, coming, one, absorbed["nom"], MERGED)
    interventions = moved.retie(connection, moved.T, two, one)
    if pieces or interventions:
        _settle(work, own)
    content = moved.Content(
        dossiers={str(id): seq for id, seq in seqs.items()},
        contacts=contacts,
        pieces={str(row["id"]): row["version"] + 1 for row in pieces},
        financements=moved.retie(connection, moved.F, two, one),
        membres=moved.retie(connection, moved.M, two, one),
        interventions=interventions,
        adherents=moved.move_memberships(connection, two, one),
        champs=champs,
        rendus=given_up,
    )
    _keep(work, one, two, content)


def _keep(work: _Work, kept: int, absorbed: int, content: moved.Content) -> None:
    """The merge's own row: what went where, for whoever takes it back."""
    work.connection.execute(
        insert(_M).values(
            organisme_id=work.identity.organisme_id,
            gardee_id=kept,
            absorbee_id=absorbed,
            le=work.now,
            par_id=work.identity.compte_id,
            par=work.identity.nom,
            contenu=canonical(content.plain()),
        )
    )


def _take_back(work: _Work, merge: Merge, rows: Mapping[int, Mapping[str, Any]]) -> None:
    connection, content = work.connection, merge.content
    kept, absorbed = rows[merge.kept_id], rows[merge.absorbed_id]
    moved.move_contacts(connection, content.contacts, merge.absorbed_id)
    pieces = moved.pieces_by_id(connection, [int(id) for id in content.pieces])
    moved.move_pieces(connection, pieces, merge.kept_id, merge.absorbed_id)
    retied = (
        (moved.F, content.financements),
        (moved.M, content.membres),
        (moved.T, content.interventions),
        (moved.A, content.adherents),
    )
    for table, ids in retied:
        moved.give_back(connection, table, ids, merge.kept_id, merge.absorbed_id)
    before = {column: pair[0] for column, pair in content.champs.items()}
    told = {"champs": _pairs(kept, before), "rendue": absorbed["nom"]}
    STRUCTURES.note(connection, work.identity, kept, Fact(UNDONE, work.now, told), before)
    back = {"absorbee_par_id": None, **content.rendus}
    told = {"champs": _pairs(absorbed, back)}
    STRUCTURES.note(connection, work.identity, absorbed, Fact(UNDONE, work.now, told), back)
    _move_dossiers(
        work, [int(id) for id in content.dossiers], merge.absorbed_id, kept["nom"], UNDONE
    )
    if pieces:
        own = moved.dossiers_of(connection, work.identity.organisme_id, [merge.kept_id])
        _settle(work, own)
    undone = {"annulee_le": work.now, "annulee_par": work.identity.nom}
    connection.execute(update(_M).where(_M.c.id == merge.id).values(undone))


def _move_dossiers(
    work: _Work, ids: Sequence[int], to: int, before: str, event: str
) -> dict[int, int]:
    """Tie dossiers to a structure, each told on its own journal; the last seq of each."""
    connection, organisme_id = work.connection, work.identity.organisme_id
    name = STRUCTURES.read(connection, organisme_id, to)["nom"]
    seqs: dict[int, int] = {}
    for id in sorted(ids):
        subject = read_subject(connection, work.engine, organisme_id, id, lock=True)
        told = {"changements": {"structure": {"avant": before, "apres": name}}}
        record_fact(work.session, work.engine, subject, work.identity, event, told, work.now)
        store(connection, work.engine, subject, {"structure_id": to})
        fresh = read_subject(connection, work.engine, organisme_id, id, lock=True)
        settle(work.session, work.engine, fresh, work.now)
        seqs[id] = fresh.seq
    return seqs


def _settle(work: _Work, ids: Sequence[int]) -> None:
    for id in sorted(ids):
        organisme_id = work.identity.organisme_id
        subject = read_subject(work.connection, work.engine, organisme_id, id, lock=True)
        settle(work.session, work.engine, subject, work.now)


def _with_name_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **({"nom_cle": sorting_key(values["nom"])} if "nom" in values else {})}


def _pairs(row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Before and after, by column, of what does change and people read."""
    hidden = ("absorbee_par_id", "nom_cle")
    return {
        column: {"avant": row[column], "apres": value}
        for column, value in values.items()
        if column not in hidden and row[column] != value
    }
