"""People who come by a personal link, without a compte: in which seat, from which browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection

from api.cookies import read_cookie
from api.forms import Form, RowId, posted_at_the_door
from api.house import house_of
from api.visit import NoLongerInvited, NotInvited
from grants.comites.acces import OBJET, AccessOver, NoSeat, Place, place_of
from grants.organisation.acces import Holder, find_holder
from workflow.errors import DomainError

#: Longer than any séance is prepared: what ends a visit is the séance's end.
Seat = TypeVar("Seat")
BROWSER_KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Guest:
    """A member in front of his page. `cookie` is the secret of his browser."""

    place: Place
    cookie: str
    organisme_nom: str
    now: datetime


def cookie_for(objet: str, objet_id: int) -> str:
    """The cookie of one thing: somebody may be at several, each opened by its own link."""
    return f"acces_{objet}_{objet_id}"


def invited(
    request: Request,
    objet: str,
    objet_id: int,
    seat: Callable[[Connection, Holder], Seat],
    over: tuple[type[DomainError], ...],
) -> tuple[Seat, str, Holder]:
    """Whoever's link opened this browser, where `seat` puts him; the browser's own secret.

    Raises NotInvited; NoLongerInvited where `seat` says that it is `over`.
    """
    house = house_of(request)
    cookie = read_cookie(request, house.settings, cookie_for(objet, objet_id))
    if not cookie:
        raise NotInvited
    with house.database.reading() as session:
        connection = session.connection()
        holder = find_holder(connection, cookie, objet, objet_id)
        if holder is None:
            raise NotInvited
        try:
            return seat(connection, holder), cookie, holder
        except over as ended:
            raise NoLongerInvited(raison=str(ended)) from ended


def guest(request: Request, seance_id: RowId) -> Guest:
    """The member whose link opened this browser. Raises NotInvited, NoLongerInvited."""
    place, cookie, holder = invited(request, OBJET, seance_id, place_of, (AccessOver, NoSeat))
    return Guest(place, cookie, holder.organisme_nom, house_of(request).clock())


def guest_to_read(request: Request, seance_id: RowId, dossier_id: RowId) -> Guest:  # noqa: ARG001
    """The same, for a page about one dossier: an id that no row has is told before who asks."""
    return guest(request, seance_id)


Invited = Annotated[Guest, Depends(guest)]
InvitedToRead = Annotated[Guest, Depends(guest_to_read)]


async def posted_by_guest(request: Request, guest: Invited) -> Form:  # noqa: ARG001 — asked first
    """The fields of a form of the member's page. Raises like `posted_at_the_door`."""
    return await posted_at_the_door(request)


async def posted_on_dossier(request: Request, guest: InvitedToRead) -> Form:  # noqa: ARG001
    """The same, about one dossier."""
    return await posted_at_the_door(request)


PostedByGuest = Annotated[Form, Depends(posted_by_guest)]
PostedOnDossier = Annotated[Form, Depends(posted_on_dossier)]
