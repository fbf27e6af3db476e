"""Where an organisme sends word of its moves: decided by the direction, kept in the journal."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.settings import ORGANISMES
from notifications.webhooks import addresses_of, subscribe, unsubscribe

TOLD, TOLD_NO_MORE = "adresse_prevenue", "adresse_retiree"


def tell_address(
    session: Session, identity: Identity, url: str, now: datetime, *, local: bool
) -> str:
    """Tell an address of every move from now on; the secret that signs. Never commits.

    Raises Invalid, DirectionOnly.
    """
    identity.require_direction()
    secret = subscribe(session, identity.organisme_id, url, now, local=local)
    _note(session, identity, TOLD, None, url, now)
    return secret


def tell_no_more(session: Session, identity: Identity, id: int, now: datetime) -> None:
    """Tell an address nothing any more; twice is once. Never commits.

    Raises NotFound, DirectionOnly.
    """
    identity.require_direction()
    if unsubscribe(session, identity.organisme_id, id):
        known = addresses_of(session.connection(), identity.organisme_id)
        url = next(each.url for each in known if each.id == id)
        _note(session, identity, TOLD_NO_MORE, url, None, now)


def _note(
    session: Session,
    identity: Identity,
    event: str,
    before: str | None,
    after: str | None,
    now: datetime,
) -> None:
    connection, organisme_id = session.connection(), identity.organisme_id
    row = ORGANISMES.lock(connection, organisme_id, organisme_id)
    content = {"champs": {"url": {"avant": before, "apres": after}}}
    ORGANISMES.note(connection, identity, row, Fact(event, now, content))
