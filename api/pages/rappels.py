"""The link by which whoever receives reminders stops them: a page that asks, a click that does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.mailing import STOP_PATH
from api.views.rappels import StopPage
from grants.organisation.settings import ORGANISMES
from grants.relances.courriers import LetterLedger
from notifications.unsubscribe import StopLink, find_stop_link, stop_reminders

router = APIRouter()
_TEMPLATE = "pages/rappels/arret.html"


@router.get(f"{STOP_PATH}/{{rappel}}")
def asked(request: Request, rappel: str) -> Response:
    """Looking at the page stops nothing: what reads mail for somebody follows links."""
    house = house_of(request)
    with house.database.reading() as session:
        connection = session.connection()
        found = find_stop_link(connection, house.settings.secret_bytes, rappel)
        view = _view(connection, rappel, found)
    return page(request, None, _TEMPLATE, view)


@router.post(f"{STOP_PATH}/{{rappel}}")
def stopped(request: Request, rappel: str) -> Response:
    """No more reminders, by the button or by a mail program's own (RFC 8058): the link is proof."""
    house = house_of(request)
    with house.database.unit_of_work() as session:
        found = stop_reminders(
            session,
            LetterLedger(house.engine),
            house.settings.secret_bytes,
            rappel,
            house.clock(),
        )
        view = _view(session.connection(), rappel, found)
    return page(request, None, _TEMPLATE, view)


def _view(connection: Connection, rappel: str, found: StopLink) -> StopPage:
    organisme_id = found.row["tenant_id"]
    row = ORGANISMES.read(connection, organisme_id, organisme_id)
    return StopPage(
        url=f"{STOP_PATH}/{rappel}",
        organisme=row["nom"],
        address=found.row["recipient_email"],
        telephone=row["telephone"] or "",
        email=row["email"] or "",
        stopped=found.stopped,
    )
