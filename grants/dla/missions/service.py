"""A mission: entrusted by a move, its days noted, its invoices kept and paid, then judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dla.missions.fields import (
    EVALUATION_FIELDS,
    INVOICE_FIELDS,
    JOURNEE_FIELDS,
    PAYMENT_FIELDS,
)
from grants.dla.missions.tables import Facture, Journee, Mission
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.tables import Organisme
from workflow.database import table_of
from workflow.dates import format_date, plain, to_paris
from workflow.errors import DomainError, Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.money import format_amount
from workflow.pipeline import Field

if TYPE_CHECKING:
    from grants.dossiers.advance import EffectContext

ENTRUSTED, TAKEN_BACK, RESUMED = "mission_confiee", "mission_annulee", "mission_reprise"
DAY_NOTED, DAY_REMOVED = "journee_notee", "journee_retiree"
INVOICED, INVOICE_REMOVED, PAID, JUDGED = (
    "facture_recue",
    "facture_retiree",
    "facture_payee",
    "mission_evaluee",
)
MISSIONS = Ledger(
    "mission",
    table_of(Mission),
    {
        ENTRUSTED: "Mission confiée",
        TAKEN_BACK: "Mission annulée",
        RESUMED: "Mission reprise",
        DAY_NOTED: "Intervention du prestataire notée",
        DAY_REMOVED: "Intervention du prestataire retirée",
        INVOICED: "Facture reçue",
        INVOICE_REMOVED: "Facture retirée",
        PAID: "Facture payée",
        JUDGED: "Prestataire évalué",
    },
)
_M, _J, _F = table_of(Mission), table_of(Journee), table_of(Facture)
_O = table_of(Organisme)


class MissionOver(DomainError):
    """Cette mission est annulée : rien ne s’y ajoute."""

    code = "mission_annulee"


def entrust(context: EffectContext) -> None:
    """Order the mission of the offer chosen, within the move that retains it."""
    from grants.dla.consultation.choosing import chosen_of  # an offer leads to its mission

    connection, subject = context.session.connection(), context.subject
    offer = chosen_of(connection, subject.tenant_id, subject.id)
    assert offer is not None, "a guard of the move requires it"
    values = {
        "dossier_id": subject.id,
        "offre_id": offer["offre_id"],
        "prestataire_id": offer["prestataire_id"],
        "numero": _next_number(connection, subject.tenant_id),
        "confiee_le": to_paris(context.move.at).date(),
        **{key: offer[key] for key in ("jours", "cout_ht", "cout_ttc")},
        "appreciation": "",
    }
    MISSIONS.create(connection, context.identity, values, Fact(ENTRUSTED, context.move.at))


def cancel(context: EffectContext) -> None:
    """The move that entrusted it is corrected, or the prestataire gives it up."""
    row = _latest(context)
    if row is not None and row["annulee_le"] is None:
        changes, fact = {"annulee_le": context.move.at}, Fact(TAKEN_BACK, context.move.at)
        MISSIONS.change(context.session.connection(), context.identity, row, changes, fact)


def resume(context: EffectContext) -> None:
    """The move that cancelled it is corrected."""
    row = _latest(context)
    if row is not None and row["annulee_le"] is not None:
        changes, fact = {"annulee_le": None}, Fact(RESUMED, context.move.at)
        MISSIONS.change(context.session.connection(), context.identity, row, changes, fact)


def _latest(context: EffectContext) -> dict[str, Any] | None:
    subject = context.subject
    query = (
        select(*_M.c)
        .where(_M.c.organisme_id == subject.tenant_id, _M.c.dossier_id == subject.id)
        .order_by(_M.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    row = context.session.connection().execute(query).mappings().first()
    return None if row is None else dict(row)


def _next_number(connection: Connection, organisme_id: int) -> int:
    # Two missions entrusted at once wait for each other: each has a number of its own.
    connection.execute(select(_O.c.id).where(_O.c.id == organisme_id).with_for_update())
    last = select(func.max(_M.c.numero)).where(_M.c.organisme_id == organisme_id)
    return (connection.execute(last).scalar() or 0) + 1


def note_day(
    session: Session, identity: Identity, id: int, raw: Mapping[str, Raw], now: datetime
) -> None:
    """Days that the prestataire gave; more than was ordered is told on screen, not refused.

    Never commits. Raises Invalid with every fault, MissionOver, NotFound, ReadOnly.
    """
    row, values = _asked(session, identity, id, JOURNEE_FIELDS, raw)
    if values["le"] > to_paris(now).date():
        raise Invalid({"le": "Cette date est à venir. Une journée se note une fois faite."})
    if values["le"] < row["confiee_le"]:
        told = f"La mission a été confiée le {format_date(row['confiee_le'])}, pas avant."
        raise Invalid({"le": told})
    connection = session.connection()
    owner = {"organisme_id": identity.organisme_id, "mission_id": id}
    connection.execute(insert(_J).values(**values, **owner))
    said = {"champs": {key: plain(value) for key, value in values.items()}}
    MISSIONS.note(connection, identity, row, Fact(DAY_NOTED, now, said))


def remove_day(
    session: Session, identity: Identity, id: int, journee_id: int, now: datetime
) -> None:
    """Take days back that were noted by mistake. Raises NotFound, MissionOver, ReadOnly."""
    row = _open(session, identity, id)
    connection = session.connection()
    line = _line(connection, _J, id, journee_id)
    connection.execute(delete(_J).where(_J.c.id == journee_id))
    said = {key: plain(line[key]) for key in ("le", "jours", "objet")}
    MISSIONS.note(connection, identity, row, Fact(DAY_REMOVED, now, {"champs": said}))


def keep_invoice(
    session: Session, identity: Identity, id: int, raw: Mapping[str, Raw], now: datetime
) -> None:
    """An invoice of the prestataire; all of them together never exceed what was ordered.

    Never commits. Raises Invalid with every fault, MissionOver, NotFound, ReadOnly.
    """
    row, values = _asked(session, identity, id, INVOICE_FIELDS, raw)
    connection = session.connection()
    if fault := _too_much(connection, row, values["montant"]):
        raise Invalid({"montant": fault})
    if values["le"] > to_paris(now).date():
        raise Invalid({"le": "Cette date est à venir. Recopiez celle de la facture."})
    owner = {"organisme_id": identity.organisme_id, "mission_id": id}
    try:
        with connection.begin_nested():
            connection.execute(insert(_F).values(**values, **owner))
    except IntegrityError:
        told = f"La facture {values['numero']} est déjà là."
        raise Invalid({"numero": told}) from None
    said = {key: plain(value) for key, value in values.items()}
    MISSIONS.note(connection, identity, row, Fact(INVOICED, now, {"champs": said}))


def _too_much(connection: Connection, row: Mapping[str, Any], amount: int) -> str:
    billed = select(func.coalesce(func.sum(_F.c.montant), 0)).where(_F.c.mission_id == row["id"])
    left = row["cout_ttc"] - int(connection.execute(billed).scalar_one())
    if amount <= left:
        return ""
    ordered = format_amount(row["cout_ttc"], decimals=True)
    over = format_amount(amount - left, decimals=True)
    return f"{over} de trop : la commande est de {ordered} toutes taxes comprises."


def pay_invoice(
    session: Session,
    identity: Identity,
    id: int,
    facture_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
) -> None:
    """The day an invoice was paid on. Paid already: the day is corrected. Never commits.

    Raises Invalid, MissionOver, NotFound, ReadOnly.
    """
    row, connection = _open(session, identity, id), session.connection()
    line = _line(connection, _F, id, facture_id)
    values, faults = parse_fields(PAYMENT_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    day = values["payee_le"]
    if day > to_paris(now).date():
        raise Invalid({"payee_le": "Cette date est à venir."})
    if day < line["le"]:
        raise Invalid({"payee_le": "Elle serait payée avant d’avoir été faite."})
    connection.execute(update(_F).where(_F.c.id == facture_id).values(payee_le=day))
    said = {"numero": line["numero"], "payee_le": plain(day)}
    MISSIONS.note(connection, identity, row, Fact(PAID, now, {"champs": said}))


def remove_invoice(
    session: Session, identity: Identity, id: int, facture_id: int, now: datetime
) -> None:
    """Take an invoice back that is not paid. Raises Invalid, NotFound, MissionOver, ReadOnly."""
    row = _open(session, identity, id)
    connection = session.connection()
    line = _line(connection, _F, id, facture_id)
    if line["payee_le"] is not None:
        raise Invalid({"facture": f"La facture {line['numero']} est payée : elle reste."})
    connection.execute(delete(_F).where(_F.c.id == facture_id))
    said = {"champs": {"numero": line["numero"]}}
    MISSIONS.note(connection, identity, row, Fact(INVOICE_REMOVED, now, said))


def judge(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """How the prestataire did; who consults him next reads it. Never commits.

    Raises Invalid with every fault, MissionOver, NotFound, Stale, ReadOnly.
    """
    row, values = _asked(session, identity, id, EVALUATION_FIELDS, raw, version)
    values["appreciation"] = values["appreciation"] or ""
    return bool(MISSIONS.change(session.connection(), identity, row, values, Fact(JUDGED, now)))


def _asked(
    session: Session,
    identity: Identity,
    id: int,
    fields: tuple[Field, ...],
    raw: Mapping[str, Raw],
    version: int | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    row = _open(session, identity, id, version)
    values, faults = parse_fields(fields, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return row, values


def _open(
    session: Session, identity: Identity, id: int, version: int | None = None
) -> dict[str, Any]:
    identity.require_writer()
    row = MISSIONS.lock(session.connection(), identity.organisme_id, id, version)
    if row["annulee_le"] is not None:
        raise MissionOver
    return row


def _line(connection: Connection, table: Any, mission_id: int, id: int) -> dict[str, Any]:
    query = select(*table.c).where(table.c.id == id, table.c.mission_id == mission_id)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise NotFound
    return dict(found)
