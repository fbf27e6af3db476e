"""Enveloppes: what there is to grant, by dispositif, year and funder; set by the direction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from grants.finances.tables import Enveloppe
from grants.interventions.fields import dispositifs_of
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

CREATED, CHANGED = "enveloppe_creee", "enveloppe_modifiee"
ENVELOPPES = Ledger(
    "enveloppe",
    table_of(Enveloppe),
    {CREATED: "Enveloppe ouverte", CHANGED: "Enveloppe modifiée"},
)
_E = table_of(Enveloppe)


def enveloppe_fields(engine: Engine) -> tuple[Field, ...]:
    """The form of an enveloppe."""
    choices = tuple(Choice(key=key, label=label) for key, label in dispositifs_of(engine).items())
    return (
        Field(key="dispositif", label="Dispositif", type="choix", required=True, choices=choices),
        Field(key="annee", label="Année", type="entier", required=True, minimum=1900, maximum=2200),
        Field(key="financeur", label="Financeur", type="texte", required=True, longest=200),
        Field(
            key="montant",
            label="Montant disponible",
            type="montant",
            required=True,
            minimum=0,
            help="Les décisions du comité ne le dépassent pas, sauf règle contraire du comité.",
        ),
    )


def open_enveloppe(
    session: Session,
    engine: Engine,
    identity: Identity,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Open an enveloppe; its id. Never commits. Raises Invalid with every fault, DirectionOnly."""
    identity.require_direction()
    connection = session.connection()
    done = ENVELOPPES.created_by(connection, identity.organisme_id, CREATED, key)
    if done is not None:
        return done
    values = _read(connection, engine, identity.organisme_id, raw, None)
    return ENVELOPPES.create(connection, identity, values, Fact(CREATED, now, key=key))


def modify_enveloppe(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change an enveloppe. True if anything changed. Never commits.

    Raises Invalid with every fault, NotFound, Stale, DirectionOnly.
    """
    identity.require_direction()
    connection = session.connection()
    row = ENVELOPPES.lock(connection, identity.organisme_id, id, version)
    values = _read(connection, engine, identity.organisme_id, raw, id)
    return bool(ENVELOPPES.change(connection, identity, row, values, Fact(CHANGED, now)))


def enveloppes_of(connection: Connection, organisme_id: int) -> list[dict[str, Any]]:
    """Every enveloppe of an organisme, latest year first."""
    query = select(*_E.c).where(_E.c.organisme_id == organisme_id)
    ordered = query.order_by(_E.c.annee.desc(), _E.c.dispositif, _E.c.financeur)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def available(connection: Connection, organisme_id: int, dispositif: str, annee: int) -> int | None:
    """What the funders give for a dispositif and a year, in cents; None where nothing is said."""
    query = select(func.sum(_E.c.montant)).where(
        _E.c.organisme_id == organisme_id, _E.c.dispositif == dispositif, _E.c.annee == annee
    )
    total = connection.execute(query).scalar()
    return None if total is None else int(total)


def _read(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    raw: Mapping[str, Raw],
    id: int | None,
) -> dict[str, Any]:
    values, faults = parse_fields(enveloppe_fields(engine), raw, FIELD_TYPES)
    if not faults:
        same = select(_E.c.id).where(
            _E.c.organisme_id == organisme_id,
            _E.c.dispositif == values["dispositif"],
            _E.c.annee == values["annee"],
            _E.c.financeur == values["financeur"],
        )
        if any(found != id for found in connection.execute(same).scalars()):
            sentence = "Ce financeur a déjà une enveloppe pour cette année : modifiez-la."
            faults["financeur"] = sentence
    if faults:
        raise Invalid(faults)
    return values
