"""One pièce of one dossier, opened to be changed: its row made and locked, whoever else it serves.

A pièce kept for a structure serves every dossier of it: those that may now move by themselves
are locked too, always in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import Session

from grants.dossiers.pieces.guards import HANDED_IN_SO_FAR
from grants.dossiers.pieces.states import ATTENDUE, Standing, standings
from grants.dossiers.pieces.tables import Piece as Kept
from grants.dossiers.reading import read_subject
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Identity
from workflow.conflicts import insert_into
from workflow.database import table_of
from workflow.dates import format_datetime, to_paris
from workflow.engine import Engine
from workflow.errors import DomainError, NotFound, Stale
from workflow.pipeline import Piece
from workflow.statements import Statement
from workflow.subject import Subject

_D, _P = table_of(Dossier), table_of(Kept)
_OTHERS = Statement(
    select(_D.c.id, _D.c.pipeline, _D.c.pipeline_version, _D.c.stage).where(
        _D.c.organisme_id == bindparam("organisme"),
        _D.c.structure_id == bindparam("structure"),
        _D.c.id != bindparam("here"),
    )
)
_MADE_OF = ("organisme_id", "cle", "par_id", "par", "le")


@cache
def _made(dialect: str, owner: str) -> Statement:
    """The making of a pièce's row; of two that come at once, one makes it."""
    given = {name: bindparam(name) for name in (*_MADE_OF, owner)}
    first = insert_into(dialect, _P).values(etat=ATTENDUE, version=1, **given)
    return Statement(first.on_conflict_do_nothing())


def _found(owner: str) -> Statement:
    """That row, locked."""
    mine = (_P.c[name] == bindparam(name) for name in ("cle", owner))
    return Statement(select(*_P.c).where(*mine).with_for_update())


#: By whose it is: its finding.
_FOUND = {owner: _found(owner) for owner in ("dossier_id", "structure_id")}
_CLEARED = {"motif": None, "commentaire": None}


class NoStructureYet(DomainError):
    """« {piece} » est gardée pour la structure : rattachez d’abord le dossier à la sienne."""

    code = "sans_structure"


@dataclass(slots=True)
class Opened:
    """A pièce about to change; `siblings` are the other dossiers that it may set moving."""

    subject: Subject
    piece: Piece
    row: dict[str, Any]
    standing: Standing
    siblings: tuple[Subject, ...] = field(default=())

    @property
    def motif(self) -> str | None:
        """Why it has to be mended."""
        return self.row["motif"]


def require_piece(
    connection: Connection, engine: Engine, organisme_id: int, dossier_id: int, key: str
) -> None:
    """Nothing is put on the disk for a pièce that is not expected. Raises NotFound."""
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
    if engine.machine(subject).pipeline.piece(key) is None:
        raise NotFound


def open_piece(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    key: str,
    now: datetime,
    version: int | None = None,
) -> Opened:
    """Lock a pièce of a dossier. Raises NotFound, NoStructureYet, Stale, ReadOnly.

    `version`: what was on screen; another one means that somebody changed it meanwhile.
    """
    identity.require_writer()
    connection = session.connection()
    here = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
    piece = engine.machine(here).pipeline.piece(key)
    if piece is None:
        raise NotFound
    others = _that_may_move(connection, engine, here) if piece.kept == "structure" else ()
    locked = {
        id: read_subject(connection, engine, identity.organisme_id, id, lock=True)
        for id in sorted({dossier_id, *others})
    }
    subject = locked.pop(dossier_id)
    row = _row(connection, identity, subject, piece, now)
    if version not in (None, row["version"]):
        raise Stale(row["par"], row["le"], format_datetime(row["le"]), f"« {piece.label} »")
    pipeline, day = engine.machine(subject).pipeline, to_paris(now).date()
    standing = next(each for each in standings(pipeline, [row], day) if each.piece.key == key)
    return Opened(subject, piece, row, standing, tuple(locked.values()))


def change(
    session: Session,
    opened: Opened,
    identity: Identity,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write a change of a pièce, and who made it."""
    written = {
        **_CLEARED,
        **values,
        "version": opened.row["version"] + 1,
        "par_id": identity.compte_id,
        "par": identity.nom,
        "le": now,
    }
    statement = update(_P).where(_P.c.id == opened.row["id"]).values(written)
    session.connection().execute(statement)
    opened.row = {**opened.row, **written}


def _row(
    connection: Connection, identity: Identity, subject: Subject, piece: Piece, now: datetime
) -> dict[str, Any]:
    """The pièce's row, made if it is the first time; two that come at once find the same one."""
    owner, id = _owner(subject, piece)
    values = {
        "organisme_id": subject.tenant_id,
        "cle": piece.key,
        "par_id": identity.compte_id,
        "par": identity.nom,
        "le": now,
        owner: id,
    }
    _made(connection.dialect.name, owner).run(connection, values)
    row = _FOUND[owner].first(connection, {"cle": piece.key, owner: id})
    assert row is not None, "it was just made, if it was not there"
    return row


def _owner(subject: Subject, piece: Piece) -> tuple[str, int]:
    """Whose pièce it is, by the column that says so."""
    if piece.kept == "dossier":
        return "dossier_id", subject.id
    structure = subject.row["structure_id"]
    if structure is None:
        raise NoStructureYet(piece=piece.label)
    return "structure_id", structure


def _that_may_move(connection: Connection, engine: Engine, here: Subject) -> tuple[int, ...]:
    """The structure's other dossiers that stand before an automatic action that asks for pièces."""
    if here.row["structure_id"] is None:
        return ()
    asked = {"organisme": here.tenant_id, "structure": here.row["structure_id"], "here": here.id}
    found = _OTHERS.rows(connection, asked)
    return tuple(row["id"] for row in found if _waits(engine, row))


def _waits(engine: Engine, row: Any) -> bool:
    machine = engine.catalogue.machine(row["pipeline"], row["pipeline_version"])
    guards = engine.vocabulary.guards
    return any(
        action.automatic
        and any(HANDED_IN_SO_FAR in guards[reference.name].facts for reference in action.guards)
        for action in machine.leaving(row["stage"]).values()
    )
