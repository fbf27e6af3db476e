"""The choice of an offer, with its reason: the dossier moves in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import Session

from grants.dla.consultation.errors import NotToChoose
from grants.dla.consultation.lettres import NOT_RETAINED, RETAINED, write_to
from grants.dla.consultation.reading import (
    CHOSEN,
    CONSULTATIONS,
    UNCHOSEN,
    Standing,
    asked_of,
    read_standing,
)
from grants.dla.consultation.sealed import Offer, opened_offers
from grants.dla.consultation.tables import Consultation, Consulte, Offre
from grants.dla.consultation.vocabulary import KEPT, retaining
from grants.dla.missions.shares import Limit, refused_by
from grants.dla.missions.tables import Mission
from grants.dla.tables import Prestataire
from grants.dossiers.advance import Advanced, Demand, advance
from grants.dossiers.reading import parameters_of, read_subject
from grants.organisation.identity import Acting, Identity
from grants.organisation.ledger import Fact
from workflow.database import table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.money import format_number
from workflow.pipeline import Action, Field
from workflow.subject import Subject

_N, _A, _F, _T = (table_of(each) for each in (Consultation, Consulte, Offre, Prestataire))
_M = table_of(Mission)
REASON = Field(
    key="motif",
    label="Motif du choix",
    type="texte_long",
    required=True,
    longest=4000,
    help="Ce qui distingue cette offre ; dites-le aussi quand elle n’a pas le meilleur total.",
)


def choose_offer(
    session: Session,
    engine: Engine,
    identity: Identity,
    id: int,
    offre_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> Advanced:
    """Choose an offer: the mission is entrusted, the dossier moves, everybody is written to.

    `raw`: the reason, and what the move asks beside what the offer says. Never commits. Raises
    Invalid, Refused (also above the share that one prestataire may have), Sealed, NotToChoose,
    NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    row = CONSULTATIONS.lock(connection, organisme_id, id, version)
    offer = next((each for each in opened_offers(connection, row) if each.id == offre_id), None)
    if offer is None:
        raise NotFound
    standing = Standing(row, asked_of(connection, id))
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=True)
    action = retaining(engine, subject)
    if standing.state != "ouverte" or action is None:
        raise NotToChoose
    values, faults = parse_fields((REASON,), {"motif": raw.get("motif")}, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    _require_share(connection, engine, subject, offer, now)
    connection.execute(update(_F).where(_F.c.id == offer.id).values(retenue=True))
    said = {"prestataire": offer.prestataire, "motif": values["motif"]}
    changes = {"choisie_le": now, "motif": values["motif"]}
    CONSULTATIONS.note(connection, identity, row, Fact(CHOSEN, now, {"champs": said}), changes)
    chosen = chosen_of(connection, organisme_id, subject.id)
    assert chosen is not None, "it was written just now"
    asked = {field.key for field in action.fields} - KEPT.keys()
    answers = {key: raw[key] for key in asked if key in raw} | as_typed(engine, action, chosen)
    moved = advance(session, engine, identity, Demand(subject.id, action.key, answers), now)
    _write_to_all(session, engine, identity, id, offer, now)
    return moved


def _require_share(
    connection: Connection, engine: Engine, subject: Subject, offer: Offer, now: datetime
) -> None:
    limit = Limit.of(parameters_of(engine, subject))
    about = (subject.tenant_id, offer.prestataire_id, offer.cout_ttc)
    fault = refused_by(connection, limit, *about, to_paris(now).date())
    if fault:
        raise Invalid({"offre": fault})


def as_typed(engine: Engine, action: Action, chosen: Mapping[str, Any]) -> dict[str, Raw]:
    """What the chosen offer says, as a form would bring it."""
    fields = {field.key: field for field in action.fields}
    types = engine.vocabulary.field_types
    return {
        key: types[fields[key].type].form(chosen[said])
        for key, said in KEPT.items()
        if key in fields
    }


def chosen_of(
    connection: Connection, organisme_id: int, dossier_id: int, *, even_cancelled: bool = False
) -> Mapping[str, Any] | None:
    """The offer chosen in a dossier's last consultation, and how many were asked and answered.

    None once its mission was cancelled: others are to be consulted.
    """
    latest = (
        select(_N.c.id)
        .where(_N.c.organisme_id == organisme_id, _N.c.dossier_id == dossier_id)
        .order_by(_N.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            *(_F.c.id.label("offre_id"), _F.c.jours, _F.c.cout_ht, _F.c.cout_ttc),
            *(_T.c.nom.label("prestataire"), _T.c.id.label("prestataire_id")),
            *(_N.c.id.label("consultation_id"), _N.c.motif),
        )
        .join(_A, _A.c.id == _F.c.consulte_id)
        .join(_T, _T.c.id == _A.c.prestataire_id)
        .join(_N, _N.c.id == _A.c.consultation_id)
        .where(_N.c.id == latest, _F.c.retenue, _N.c.choisie_le.is_not(None))
    )
    if not even_cancelled:
        cancelled = select(_M.c.id).where(_M.c.offre_id == _F.c.id, _M.c.annulee_le.is_not(None))
        query = query.where(~cancelled.exists())
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    asked = asked_of(connection, row["consultation_id"])
    offers = sum(1 for each in asked if each.offre_id is not None)
    return {**row, "consultes": len(asked), "offres": offers}


def choice_undone(connection: Connection, acting: Acting, subject: Subject, now: datetime) -> None:
    """The move that entrusted the mission is corrected: the offers wait for a choice again."""
    offer = chosen_of(connection, subject.tenant_id, subject.id, even_cancelled=True)
    if offer is None:
        return
    row = CONSULTATIONS.lock(connection, subject.tenant_id, offer["consultation_id"])
    connection.execute(update(_F).where(_F.c.id == offer["offre_id"]).values(retenue=False))
    changes = {"choisie_le": None, "motif": ""}
    CONSULTATIONS.change(connection, acting, row, changes, Fact(UNCHOSEN, now))


def _write_to_all(
    session: Session, engine: Engine, identity: Identity, id: int, offer: Offer, now: datetime
) -> None:
    connection, organisme_id = session.connection(), identity.organisme_id
    standing = read_standing(connection, organisme_id, id)
    subject = read_subject(connection, engine, organisme_id, standing.row["dossier_id"], lock=False)
    mine = {
        "offre": {
            "cout_ht": offer.cout_ht,
            "cout_ttc": offer.cout_ttc,
            "jours": format_number(offer.jours),
        }
    }
    letters = []
    for each in standing.asked:
        if each.offre_id is None:
            continue
        chosen = each.offre_id == offer.id
        letters.append((RETAINED if chosen else NOT_RETAINED, each, mine if chosen else {}))
    write_to(connection, engine, subject, standing, letters, now)
