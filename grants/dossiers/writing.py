"""The dossier's own row: written once per move or change, only as it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from grants.dossiers.columns import kept_values
from grants.dossiers.readiness import ready_on_entry
from grants.dossiers.tables import Dossier
from workflow.database import table_of
from workflow.engine import Engine, Move
from workflow.errors import Invalid
from workflow.statements import Statement
from workflow.subject import Subject, write_trail

_TABLE = table_of(Dossier)


# The forms and the guards say it first and better: this is what is left to the database.
_CONSTRAINTS = {
    "ck_dossier_montant_demande": ("montant_demande", "L'aide demandée doit être positive."),
    "ck_dossier_cout_total": ("cout_total", "Le coût total doit être positif."),
    "ck_dossier_montant_accorde": (
        "montant_accorde",
        "Le montant accordé doit être positif, sans dépasser ni le plafond ni l'aide demandée.",
    ),
    "ck_dossier_emplois_crees": ("emplois_crees", "Écrivez 0 ou plus."),
    "ck_dossier_dates": ("date_fin", "Le projet finirait avant de commencer."),
}


@contextmanager
def constraints_told() -> Iterator[None]:
    """What the database itself refuses of a dossier, by field. Raises Invalid."""
    try:
        yield
    except IntegrityError as error:
        for name, (field, sentence) in _CONSTRAINTS.items():
            if name in str(error.orig):
                raise Invalid({field: sentence}) from error
        raise


def store_move(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    move: Move,
    changes: Mapping[str, Any],
    since: datetime | None = None,
) -> None:
    """Write a move that the engine made: stage, trail, chain, version, and its answers.

    `since`: when the stage was entered, where it is not by this move.
    """
    moved: dict[str, Any] = {"stage": move.to_stage, "trail": write_trail(move.trail)}
    subject.trail = move.trail
    if move.to_stage != move.from_stage:
        subject.stage_since = moved["stage_since"] = since or move.at
        # Come back to, a stage was entered before: what opens again has been waiting since now.
        ready = None if since else ready_on_entry(connection, engine, subject, changes, move.at)
        moved |= {"pret_pour": ready, "pret_depuis": None}
    store(connection, engine, subject, {**moved, **changes})


def store(
    connection: Connection, engine: Engine, subject: Subject, changes: Mapping[str, Any]
) -> None:
    """Write columns of a dossier with its chain's head, and one more version."""
    with constraints_told():
        _write(connection, subject, {**changes, "lock_version": subject.lock_version + 1})
    subject.lock_version += 1
    subject.row = {**subject.row, **changes}
    fields = engine.machine(subject).fields
    subject.values = kept_values(subject.row, fields, engine.vocabulary.field_types)


def store_chain(connection: Connection, subject: Subject) -> None:
    """Write the chain's head only: a note or a letter does not make a form out of date."""
    _write(connection, subject, {})


def store_chains(connection: Connection, subjects: Iterable[Subject]) -> None:
    """The same for many dossiers at once."""
    rows = [
        {"id_": each.id, "seen": each.lock_version, "seq": each.seq, "head": each.head}
        for each in subjects
    ]
    _statement(("head", "seq")).run_on_each(connection, rows)


def _write(connection: Connection, subject: Subject, changes: Mapping[str, Any]) -> None:
    written = {**changes, "seq": subject.seq, "head": subject.head}
    values = {"id_": subject.id, "seen": subject.lock_version, **written}
    # The row was read locked in this very transaction: only a fault of locking misses it.
    _statement(tuple(sorted(written))).run_on_one(connection, values)


@lru_cache(maxsize=1024)
def _statement(columns: Iterable[str]) -> Statement:
    return Statement(
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("id_"), _TABLE.c.lock_version == bindparam("seen"))
        .values({name: bindparam(name, type_=_TABLE.c[name].type) for name in columns})
    )
