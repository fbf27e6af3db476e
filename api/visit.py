"""A signed-in request: who asks, for which organisme, with what rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from api.cookies import SESSION, read_cookie
from api.house import House, house_of
from api.settings import Settings
from api.views.chrome import Link
from grants.organisation.connexions import Lifetime, Place, Presence, find_presence, mark_seen
from grants.organisation.identity import Identity
from workflow.errors import DatabaseBusy, DatabaseFull, DatabaseReadOnly, DomainError


class NotSignedIn(DomainError):
    """Connectez-vous pour continuer."""

    code = "non_connecte"


class NotInvited(DomainError):
    """Ouvrez cette page par le lien personnel que vous avez reçu par e-mail."""

    code = "non_invite"


class NoLongerInvited(NotInvited):
    """{raison}"""

    code = "plus_invite"


@dataclass(frozen=True, slots=True)
class Visit:
    """One signed-in request. `digest` names the browser's connexion, `csrf` is in its forms."""

    identity: Identity
    email: str
    csrf: str
    organisme_nom: str
    now: datetime
    digest: str
    logo_url: str | None = None
    demonstration: bool = False
    others: tuple[Link, ...] = ()


def lifetime(settings: Settings) -> Lifetime:
    """How long a browser stays signed in."""
    return Lifetime(
        idle=timedelta(hours=settings.idle_hours), whole=timedelta(days=settings.session_days)
    )


def find_visit(request: Request) -> Visit | None:
    """Who asks, if he is signed in."""
    house = house_of(request)
    secret = read_cookie(request, house.settings, SESSION)
    if not secret:
        return None
    now = house.clock()
    with house.database.glance() as connection:
        presence = find_presence(connection, secret, now, lifetime(house.settings))
    if presence is None:
        return None
    if presence.is_to_be_seen:
        _mark_seen(house, presence, now)
    return _visit(presence, now)


def signed_in(request: Request) -> Visit:
    """Anybody with an access to an organisme. Raises NotSignedIn."""
    visit = find_visit(request)
    if visit is None:
        raise NotSignedIn
    request.state.visit = visit
    return visit


SignedIn = Annotated[Visit, Depends(signed_in)]


async def writer(visit: SignedIn) -> Visit:
    """Somebody who may change things. Raises ReadOnly."""
    visit.identity.require_writer()
    return visit


async def direction(visit: SignedIn) -> Visit:
    """The direction of the organisme. Raises DirectionOnly."""
    visit.identity.require_direction()
    return visit


async def overseer(visit: SignedIn) -> Visit:
    """The direction, or who controls: he reads what it sets. Raises DirectionOnly."""
    visit.identity.require_overseer()
    return visit


Writer = Annotated[Visit, Depends(writer)]
Direction = Annotated[Visit, Depends(direction)]
Overseer = Annotated[Visit, Depends(overseer)]


def _mark_seen(house: House, presence: Presence, now: datetime) -> None:
    try:
        with house.database.unit_of_work() as session:
            mark_seen(session, presence.digest, now)
    except (DatabaseBusy, DatabaseFull, DatabaseReadOnly):
        return  # reading goes on where nothing can be written: the next request will try again


def _visit(presence: Presence, now: datetime) -> Visit:
    return Visit(
        identity=presence.identity,
        email=presence.email,
        csrf=presence.csrf,
        organisme_nom=presence.place.nom,
        now=now,
        digest=presence.digest,
        logo_url=_logo_url(presence.place),
        demonstration=presence.place.demonstration,
        others=tuple(
            Link(label=place.nom, url=f"/organismes/{place.id}") for place in presence.others
        ),
    )


def _logo_url(place: Place) -> str | None:
    return f"/organismes/{place.id}/logo?v={place.seq}" if place.has_logo else None
