"""The columns that a person chose for the list, and the view that opens first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dossiers.listes.tables import PreferenceListe
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.statements import Read, Statement

_P = table_of(PreferenceListe)
_CHOSEN = Statement(
    select(_P.c.colonnes, _P.c.vue_id).where(
        _P.c.organisme_id == bindparam("organisme"), _P.c.compte_id == bindparam("compte")
    )
)


@dataclass(frozen=True, slots=True)
class Preference:
    """The keys of the chosen columns, none where nobody chose; the id of the first view."""

    columns: tuple[str, ...] = ()
    vue_id: int | None = None


def preference_read(identity: Identity) -> Read:
    """What `preference_of` reads."""
    return _CHOSEN, {"organisme": identity.organisme_id, "compte": identity.compte_id}


def preference_of(connection: Connection, identity: Identity) -> Preference:
    """What a person chose in an organisme."""
    statement, values = preference_read(identity)
    row = statement.first(connection, values)
    return Preference() if row is None else Preference(keys_of(row["colonnes"]), row["vue_id"])


def choose_columns(
    session: Session, identity: Identity, chosen: Iterable[str], known: Collection[str]
) -> tuple[str, ...]:
    """Keep the columns of a person, in this order. Raises Invalid for one that does not exist."""
    columns = tuple(dict.fromkeys(chosen))
    if not set(columns) <= set(known):
        raise Invalid({"colonne": "Choisissez des colonnes de la liste."})
    _write(session.connection(), identity, colonnes=",".join(columns))
    return columns


def open_first(session: Session, identity: Identity, vue_id: int | None) -> None:
    """Make a view the one that opens first for a person; None for the whole list."""
    _write(session.connection(), identity, vue_id=vue_id)


def keys_of(columns: str) -> tuple[str, ...]:
    """The keys of columns as they are kept."""
    return tuple(key for key in columns.split(",") if key)


def _write(connection: Connection, identity: Identity, **values: object) -> None:
    change = update(_P).where(*_mine(identity)).values(values)
    if connection.execute(change).rowcount:
        return
    row = {
        "organisme_id": identity.organisme_id,
        "compte_id": identity.compte_id,
        "colonnes": "",
        **values,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(_P).values(row))
    except IntegrityError:
        # The same person has just written hers from another window.
        connection.execute(change)


def _mine(identity: Identity) -> tuple[ColumnElement[bool], ...]:
    return _P.c.organisme_id == identity.organisme_id, _P.c.compte_id == identity.compte_id
