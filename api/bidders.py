"""Prestataires who come by a personal link, without a compte: each on his own page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from api.arrivals import receive
from api.cookies import DOOR, door_token, read_cookie
from api.forms import Form, RowId, posted_at_the_door, proved
from api.guests import invited
from api.house import house_of
from api.sendings import Sending
from grants.dla.consultation.bidders import OBJET, Bidder, bidder_of
from grants.dla.consultation.errors import ConsultationOver, NotAsked
from grants.dossiers.pieces.content import MEGABYTE
from grants.dossiers.pieces.storage import Storage

#: The largest document that comes with an offer.
DOCUMENT_MEGABYTES = 5


@dataclass(frozen=True, slots=True)
class AskedGuest:
    """A prestataire in front of his page. `cookie` is the secret of his browser."""

    bidder: Bidder
    cookie: str
    organisme_nom: str
    now: datetime


def asked_guest(request: Request, consultation_id: RowId) -> AskedGuest:
    """The prestataire whose link opened this browser. Raises NotInvited, NoLongerInvited."""
    over = (ConsultationOver, NotAsked)
    bidder, cookie, holder = invited(request, OBJET, consultation_id, bidder_of, over)
    return AskedGuest(bidder, cookie, holder.organisme_nom, house_of(request).clock())


Asked = Annotated[AskedGuest, Depends(asked_guest)]


async def posted_by_asked(request: Request, guest: Asked) -> Form:  # noqa: ARG001 — asked first
    """The fields of a form of his page. Raises like `posted_at_the_door`."""
    return await posted_at_the_door(request)


async def offer_sent(request: Request, guest: Asked) -> AsyncGenerator[Sending]:  # noqa: ARG001
    """An offer, with its document. Raises SendingTooBig, and like `posted_at_the_door`."""
    settings = house_of(request).settings
    largest = DOCUMENT_MEGABYTES * MEGABYTE
    async with receive(request, Storage(settings.files_folder), largest) as (form, files):
        door = read_cookie(request, settings, DOOR)
        yield Sending(proved(form, door_token(settings, door) if door else ""), files)


PostedByAsked = Annotated[Form, Depends(posted_by_asked)]
OfferSent = Annotated[Sending, Depends(offer_sent)]
