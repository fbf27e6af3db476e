"""Choosing the dossiers of a lot, and what is to be done with them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, literal, select, update
from sqlmodel import Session

from grants.dossiers.advance import Raw
from grants.dossiers.answers import read_answers
from grants.dossiers.etiquettes.queries import Tag
from grants.dossiers.filters import WITH_NAMES, D, Filters
from grants.dossiers.lots.actions import action_of
from grants.dossiers.lots.queries import OpenLot, read_lot
from grants.dossiers.lots.tables import Lot, LotDossier
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from grants.organisation.vocabulary import collegue_label
from workflow.database import LARGEST_ID, table_of
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, KeyReused, NotFound

#: The most dossiers that one operation is about.
MOST = 10_000
# A lot is a place of work: the journal keeps what was done, long after it.
KEPT = timedelta(days=30)
_AT_ONCE = 500
_L, _LD = table_of(Lot), table_of(LotDossier)


class TooManyChosen(DomainError):
    """Une opération porte sur {most} dossiers au plus : il y en a davantage ici. Ajoutez un
    filtre, et recommencez en plusieurs fois."""

    code = "lot_trop_grand"


class NothingChosen(DomainError):
    """Aucun dossier n'est choisi. Cochez-en dans la liste, ou prenez tout ce qui est filtré."""

    code = "lot_vide"


class LotUsed(DomainError):
    """Ce lot sert déjà à une autre opération : « {titre} ». Choisissez de nouveau les dossiers
    dans la liste."""

    code = "lot_deja_utilise"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which dossiers: these ids, or all that the filters keep. `back`: the list they come from."""

    ids: Collection[int] = ()
    filters: Filters | None = None
    back: str = ""


def open_lot(session: Session, identity: Identity, chosen: Chosen, now: datetime, key: str) -> int:
    """Gather the chosen dossiers; the id of the lot, the same one when a form is sent twice.

    Raises NothingChosen, TooManyChosen, NotFound (one of another organisme), KeyReused.
    """
    identity.require_writer()
    connection = session.connection()
    known = connection.execute(
        select(_L.c.id, _L.c.compte_id).where(
            _L.c.organisme_id == identity.organisme_id, _L.c.cle == key
        )
    ).first()
    if known is not None:
        if known.compte_id != identity.compte_id:
            raise KeyReused
        return known.id
    _forget_old(connection, identity, now)
    count = _count(connection, identity, chosen)
    row = {
        "organisme_id": identity.organisme_id,
        "compte_id": identity.compte_id,
        "cle": key,
        "cree_le": now,
        "nature": "",
        "titre": "",
        "demande": "{}",
        "etat": "choix",
        "nombre": count,
        "retour": chosen.back,
    }
    lot_id = connection.execute(insert(_L).values(row).returning(_L.c.id)).scalar_one()
    if _gather(connection, identity, lot_id, chosen) != count:
        raise NotFound
    return lot_id


def ask_to_assign(
    session: Session, identity: Identity, lot_id: int, compte_id: int | None
) -> OpenLot:
    """Every dossier is to be given to a colleague, or to nobody. Raises Invalid, LotUsed."""
    connection = session.connection()
    name: str | None = "personne"
    if compte_id is not None:
        known = 0 < compte_id <= LARGEST_ID
        name = collegue_label(connection, identity.organisme_id, compte_id) if known else None
    if name is None:
        raise Invalid({"referent": "Choisissez un collègue dans la liste."})
    return _ask(session, identity, lot_id, "confier", f"Confier à {name}", {"referent": compte_id})


def ask_to_tag(session: Session, identity: Identity, lot_id: int, etiquette: Tag) -> OpenLot:
    """Every dossier is to bear an étiquette. Raises LotUsed."""
    title = f"Ajouter l'étiquette « {etiquette.nom} »"
    return _ask(session, identity, lot_id, "etiqueter", title, {"etiquette": etiquette.id})


def ask_to_untag(session: Session, identity: Identity, lot_id: int, etiquette: Tag) -> OpenLot:
    """No dossier is to bear an étiquette any more. Raises LotUsed."""
    title = f"Retirer l'étiquette « {etiquette.nom} »"
    return _ask(session, identity, lot_id, "retirer", title, {"etiquette": etiquette.id})


def ask_to_move(
    session: Session,
    engine: Engine,
    identity: Identity,
    lot_id: int,
    names: tuple[str, str],
    answers: Raw,
    reason: str | None,
) -> OpenLot:
    """Every dossier is to take an action, named by its pipeline and its key; one form for all.

    Nothing moves yet: each is rehearsed first. Raises Invalid, NotFound, LotUsed.
    """
    identity.require_writer()
    connection = session.connection()
    lot = read_lot(connection, identity, lot_id, lock=True)
    action, example = action_of(connection, engine, identity, lot, *names)
    subject = read_subject(connection, engine, identity.organisme_id, example, lock=False)
    read_answers(connection, engine, subject, action, answers, reason)
    asked = {"pipeline": names[0], "action": names[1], "champs": dict(answers), "motif": reason}
    if lot.etat not in ("choix", "verification", "verifie"):
        if lot.demande == asked:
            return lot
        raise LotUsed(titre=lot.titre)
    fresh = {"etat": "attente", "raisons": "[]"}
    connection.execute(update(_LD).where(_LD.c.lot_id == lot.id).values(fresh))
    return _set(connection, lot, "avancer", action.label, asked, "verification")


def ask_to_carry_out(session: Session, identity: Identity, lot_id: int) -> OpenLot:
    """What was rehearsed is to be done. Sent again, it changes nothing. Raises LotUsed."""
    identity.require_writer()
    connection = session.connection()
    lot = read_lot(connection, identity, lot_id, lock=True)
    if lot.etat in ("execution", "termine") and lot.nature == "avancer":
        return lot
    if lot.etat != "verifie":
        raise LotUsed(titre=lot.titre or "choix en cours")
    return _set(connection, lot, lot.nature, lot.titre, lot.demande, "execution")


def ask_to_undo(session: Session, identity: Identity, lot_id: int) -> OpenLot | None:
    """What a lot assigned or tagged is to be taken back; None where nothing can be."""
    identity.require_writer()
    connection = session.connection()
    lot = read_lot(connection, identity, lot_id, lock=True)
    if lot.etat != "termine" or lot.nature == "avancer":
        return None
    return _set(connection, lot, lot.nature, lot.titre, lot.demande, "annulation")


def refused_of(connection: Connection, identity: Identity, lot_id: int) -> list[int]:
    """The dossiers of a lot that were refused: what one tries again once it is mended."""
    read_lot(connection, identity, lot_id)
    query = select(_LD.c.dossier_id).where(_LD.c.lot_id == lot_id, _LD.c.etat == "refuse")
    return list(connection.execute(query.order_by(_LD.c.dossier_id)).scalars())


def _ask(
    session: Session,
    identity: Identity,
    lot_id: int,
    nature: str,
    title: str,
    asked: Mapping[str, Any],
) -> OpenLot:
    identity.require_writer()
    connection = session.connection()
    lot = read_lot(connection, identity, lot_id, lock=True)
    if lot.etat not in ("choix", "verification", "verifie"):
        if (lot.nature, lot.demande) == (nature, asked):
            return lot
        raise LotUsed(titre=lot.titre)
    fresh = {"etat": "attente", "raisons": "[]"}
    connection.execute(update(_LD).where(_LD.c.lot_id == lot.id).values(fresh))
    return _set(connection, lot, nature, title, asked, "execution")


def _set(
    connection: Connection,
    lot: OpenLot,
    nature: str,
    title: str,
    asked: Mapping[str, Any],
    state: str,
) -> OpenLot:
    values = {
        "nature": nature,
        "titre": title,
        "demande": json.dumps(asked, ensure_ascii=False),
        "etat": state,
    }
    connection.execute(update(_L).where(_L.c.id == lot.id).values(values))
    return replace(lot, nature=nature, titre=title, demande=dict(asked), etat=state)


def _count(connection: Connection, identity: Identity, chosen: Chosen) -> int:
    """How many dossiers are chosen, never counting far beyond what is accepted."""
    if chosen.filters is None:
        count = len(set(chosen.ids))
    else:
        some = _filtered(identity, chosen.filters).limit(MOST + 1).subquery()
        count = connection.execute(select(func.count()).select_from(some)).scalar_one()
    if count > MOST:
        raise TooManyChosen(most=f"{MOST:_}".replace("_", "\u202f"))
    if not count:
        raise NothingChosen
    return count


def _gather(connection: Connection, identity: Identity, lot_id: int, chosen: Chosen) -> int:
    """Write the lines; how many there are. Another organisme's dossier gets none."""
    if chosen.filters is not None:
        _write(connection, lot_id, _filtered(identity, chosen.filters))
    ids = iter(sorted(set(chosen.ids)))
    while some := list(islice(ids, _AT_ONCE)):
        own = select(D.c.id).where(D.c.organisme_id == identity.organisme_id, D.c.id.in_(some))
        _write(connection, lot_id, own)
    written = select(func.count()).select_from(_LD).where(_LD.c.lot_id == lot_id)
    return connection.execute(written).scalar_one()


def _write(connection: Connection, lot_id: int, ids: Select[tuple[int]]) -> None:
    found = ids.subquery()
    lines = select(literal(lot_id), found.c.id, literal("attente"), literal("[]"))
    names = ["lot_id", "dossier_id", "etat", "raisons"]
    connection.execute(insert(_LD).from_select(names, lines))


def _filtered(identity: Identity, filters: Filters) -> Select[tuple[int]]:
    return select(D.c.id).select_from(WITH_NAMES).where(*filters.clauses(identity.organisme_id))


def _forget_old(connection: Connection, identity: Identity, now: datetime) -> None:
    """The lots of this person that served long ago leave with their lines."""
    old = select(_L.c.id).where(
        _L.c.organisme_id == identity.organisme_id,
        _L.c.compte_id == identity.compte_id,
        _L.c.cree_le < now - KEPT,
    )
    connection.execute(delete(_LD).where(_LD.c.lot_id.in_(old)))
    connection.execute(delete(_L).where(_L.c.id.in_(old)))
