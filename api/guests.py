"""People who come by a personal link, without a compte: in which seat, from which browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from api.cookies import read_cookie
from api.forms import RowId
from api.house import house_of
from api.visit import NoLongerInvited, NotInvited
from grants.comites.acces import OBJET, AccessOver, NoSeat, Place, place_of
from grants.organisation.acces import find_holder

#: Longer than any séance is prepared: what ends a visit is the séance's end.
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


def guest(request: Request, seance_id: RowId) -> Guest:
    """The member whose link opened this browser. Raises NotInvited."""
    house = house_of(request)
    cookie = read_cookie(request, house.settings, cookie_for(OBJET, seance_id))
    if not cookie:
        raise NotInvited
    with house.database.reading() as session:
        connection = session.connection()
        holder = find_holder(connection, cookie, OBJET, seance_id)
        if holder is None:
            raise NotInvited
        try:
            place = place_of(connection, holder)
        except (AccessOver, NoSeat) as ended:
            raise NoLongerInvited(raison=str(ended)) from ended
    return Guest(place, cookie, holder.organisme_nom, house.clock())


Invited = Annotated[Guest, Depends(guest)]
