"""A member's pages as they are answered: his séance, or one page of a note, faults and all."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from api.answering import page
from api.guests import Guest, guest
from api.guides import SEANCE_PATH
from api.house import house_of
from api.presentation.hearings import Back
from api.presentation.lecture import lecture
from api.presentation.ma_seance import ma_seance
from api.views.chrome import Flash
from workflow.errors import Invalid

_PAGE, _READ = "pages/ma_seance/seance.html", "pages/ma_seance/lecture.html"


def home_of(guest: Guest) -> str:
    """The address of the member's page."""
    return f"{SEANCE_PATH}/{guest.place.subject.id}"


def shown(
    request: Request,
    seated: Guest,
    back: Back | None = None,
    *,
    seen: str = "",
    status: int = 200,
    told: str = "",
    only: int = 0,
) -> Response:
    """The page; `told` is said above it, as is what cannot be said beside its dossier any more.

    `only`: a script asked, and redraws no other dossier than this one.
    """
    house, here = house_of(request), _again(request, seated)
    with house.database.reading() as session:
        view = ma_seance(session.connection(), house.engine, here, back)
    if seen and seen == view.seen:
        return Response(status_code=204)
    if back and back.dossier_id and back.dossier_id not in {each.id for each in view.entries}:
        told = told or " ".join(back.ballot.faults.values() if back.ballot else ())
    if only:
        # The others may have changed meanwhile: the page looks again at all of them.
        entries = tuple(each for each in view.entries if each.id == only)
        view = replace(view, entries=entries, look_url=home_of(here))
    said = Flash(text=told, tone="erreur") if told else None
    return page(request, None, _PAGE, view, status=status, said=said)


def reading(
    request: Request,
    seated: Guest,
    dossier_id: int,
    *,
    number: int,
    back: Back | None = None,
    status: int = 200,
) -> Response:
    """One page of the note on a dossier. Raises NotFound, NotOnTheAgenda."""
    house, here = house_of(request), _again(request, seated)
    with house.database.reading() as session:
        view = lecture(session.connection(), house.engine, here, dossier_id, number, back)
    return page(request, None, _READ, view, status=status)


def _again(request: Request, seated: Guest) -> Guest:
    """The seat as it is now: what was sent may have changed it, or something meanwhile."""
    return seated if request.method == "GET" else guest(request, seated.place.subject.id)


def faults_of(refused: Exception) -> dict[str, str]:
    """What is wrong, by field; a refusal is of none in particular."""
    return dict(refused.faults) if isinstance(refused, Invalid) else {"": str(refused)}


def status_of(refused: Exception) -> int:
    """The HTTP status that says the same thing."""
    return 422 if isinstance(refused, Invalid) else 409
