"""The consultation leaves; its deadline is put off; it is given up; a link is sent again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.dla.consultation.bidders import bidder_of
from grants.dla.consultation.errors import AlreadyOpened, ConsultationOver, NotSent
from grants.dla.consultation.lettres import (
    INVITATION,
    NEW_LINK,
    POSTPONED,
    WITHDRAWN,
    just_written,
    write_to,
)
from grants.dla.consultation.preparation import askable, require_preparation
from grants.dla.consultation.reading import (
    CONSULTATIONS,
    GIVEN_UP,
    SENT,
    Standing,
    asked_of,
    read_standing,
)
from grants.dla.consultation.reading import POSTPONED as PUT_OFF
from grants.dossiers.advance import follow_dates, settle
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import parameters_of, read_subject
from grants.dossiers.writing import store_chain
from grants.organisation.acces import Holder
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from workflow.dates import format_datetime, plain
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field
from workflow.subject import Subject

#: At least so many are asked (DLA guide; rapport d'activité 2009).
FEWEST, FEWEST_PARAMETER = 3, "prestataires_minimum"
DEADLINE = (Field(key="echeance", label="Nouvelle échéance", type="date_heure", required=True),)
REASON = (Field(key="motif", label="Motif", type="texte_long", required=True, longest=2000),)


def send_consultation(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    now: datetime,
    version: int | None = None,
) -> None:
    """Write to everybody who is asked, each with a link of his own. Never commits.

    Raises Invalid (fewer than three, no deadline, a deadline gone, whoever may not be asked),
    AlreadySent, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id, version)
    require_preparation(row)
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=True)
    asked = asked_of(connection, id)
    _require_whole(engine, subject, row, len(asked), now)
    askable(connection, organisme_id, (each.prestataire_id for each in asked), now)
    names = ", ".join(each.nom for each in asked)
    said = {"champs": {"prestataires": names, "echeance": plain(row["echeance"])}}
    CONSULTATIONS.note(connection, identity, row, Fact(SENT, now, said), {"envoyee_le": now})
    told = f"{names}\u202f; réponses attendues jusqu’au {format_datetime(row['echeance'])}."
    _tell(session, engine, subject, identity, SENT, told, now)
    standing = read_standing(connection, organisme_id, id)
    written = [(INVITATION, each, {}) for each in standing.asked]
    write_to(connection, engine, subject, standing, written, now)


def _require_whole(
    engine: Engine,
    subject: Subject,
    row: Mapping[str, Any],
    asked: int,
    now: datetime,
) -> None:
    fewest = fewest_of(parameters_of(engine, subject))
    faults: dict[str, str] = {}
    if asked < fewest:
        more = fewest - asked
        told = f"{asked} prestataire{'s' if asked > 1 else ''}" if asked else "Aucun prestataire"
        faults["prestataires"] = (
            f"{told} : il en faut au moins {fewest}, choisissez-en {more} de plus."
        )
    if row["echeance"] is None:
        faults["echeance"] = "Indiquez jusqu’à quand les offres sont attendues."
    elif row["echeance"] <= now:
        faults["echeance"] = "Cette échéance est passée : choisissez-en une à venir."
    if not row["cahier"].strip():
        faults["cahier"] = "Écrivez le cahier des charges."
    if faults:
        raise Invalid(faults)


def fewest_of(parameters: Mapping[str, Any]) -> int:
    """How many prestataires are asked at least."""
    return parameters.get(FEWEST_PARAMETER) or FEWEST


def postpone(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> None:
    """Give everybody more time, and tell them. Never commits.

    Raises Invalid, NotSent, AlreadyOpened, ConsultationOver, NotFound, Stale, ReadOnly.
    """
    row, standing, subject = _living(session, engine, identity, id, version)
    values, faults = parse_fields(DEADLINE, raw, FIELD_TYPES)
    if not faults and values["echeance"] <= max(now, row["echeance"]):
        faults["echeance"] = "Choisissez une échéance plus tardive que celle d’avant, et à venir."
    if faults:
        raise Invalid(faults)
    connection = session.connection()
    CONSULTATIONS.change(connection, identity, row, values, Fact(PUT_OFF, now))
    follow_dates(connection, engine, subject, now)
    standing = read_standing(connection, identity.organisme_id, id)
    waited = [(POSTPONED, each, {}) for each in standing.asked if each.decline_le is None]
    write_to(connection, engine, subject, standing, waited, now)


def give_up(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> None:
    """Nothing will come of it; whoever was written to is told. Offers stay closed.

    Never commits. Raises Invalid without a reason, ConsultationOver, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id, version)
    standing = Standing(row, asked_of(connection, id))
    if standing.state in ("choisie", "abandonnee"):
        raise ConsultationOver
    values, faults = parse_fields(REASON, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=True)
    said = {"champs": {"motif": values["motif"]}}
    changes = {"abandonnee_le": now, "motif": values["motif"]}
    CONSULTATIONS.note(connection, identity, row, Fact(GIVEN_UP, now, said), changes)
    _tell(session, engine, subject, identity, GIVEN_UP, values["motif"], now)
    if standing.state != "preparation":
        told = [(WITHDRAWN, each, {}) for each in standing.asked if each.decline_le is None]
        write_to(connection, engine, subject, standing, told, now)


def renew_link(session: Session, engine: Engine, holder: Holder, now: datetime) -> bool:
    """Whoever holds a spent link has a new one sent to his address.

    Never commits. False when one is on its way. Raises NotFound, NotAsked, ConsultationOver.
    """
    bidder = bidder_of(session.connection(), holder)
    return _send_link(session, engine, bidder.standing, bidder.asked.id, now)


def send_link(
    session: Session, engine: Engine, identity: Identity, id: int, consulte_id: int, now: datetime
) -> bool:
    """A colleague sends somebody who is asked a new link. Never commits.

    False when one is on its way. Raises NotSent, AlreadyOpened, ConsultationOver, NotFound,
    ReadOnly.
    """
    identity.require_writer()
    asked = read_standing(session.connection(), identity.organisme_id, id).asked
    if all(each.id != consulte_id for each in asked):
        raise NotFound
    _, standing, _ = _living(session, engine, identity, id, None)
    return _send_link(session, engine, standing, consulte_id, now)


def _send_link(
    session: Session, engine: Engine, standing: Standing, consulte_id: int, now: datetime
) -> bool:
    connection, row = session.connection(), standing.row
    asked = next((each for each in standing.asked if each.id == consulte_id), None)
    if asked is None:
        raise NotFound
    subject = read_subject(connection, engine, row["organisme_id"], row["dossier_id"], lock=True)
    if just_written(connection, subject.id, asked.personne_id, now):
        return False
    write_to(connection, engine, subject, standing, [(NEW_LINK, asked, {})], now)
    return True


def _living(
    session: Session, engine: Engine, identity: Identity, id: int, version: int | None
) -> tuple[dict[str, Any], Standing, Subject]:
    """A consultation that was sent and is not opened, with its dossier, both locked."""
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id, version)
    standing = Standing(row, asked_of(connection, id))
    if standing.state == "preparation":
        raise NotSent
    if standing.state == "ouverte":
        raise AlreadyOpened
    if standing.state != "envoyee":
        raise ConsultationOver
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=True)
    return row, standing, subject


def _tell(
    session: Session,
    engine: Engine,
    subject: Subject,
    identity: Identity,
    event: str,
    told: str,
    now: datetime,
) -> None:
    """The dossier's own story says it too."""
    connection = session.connection()
    record_fact(session, engine, subject, identity, event, {"texte": told}, now)
    settle(session, engine, subject, now)
    follow_dates(connection, engine, subject, now)
    store_chain(connection, subject)
