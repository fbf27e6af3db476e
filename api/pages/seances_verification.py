"""Is this PDF the minutes that were validated? Sent by whoever holds it, never kept."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.forms import only
from api.house import house_of
from api.presentation.seance_head import BACK, LIST
from api.sendings import MinutesSent
from api.views.chrome import Link
from api.views.verification import VerdictView, VerificationPage
from api.visit import SignedIn, Visit
from grants.comites.papiers.verification import FILE, MOST_MEGABYTES, verify_sent
from workflow.errors import Invalid

router = APIRouter()
VERIFY = f"{LIST}/verifier"
_LONGEST_NAME = 120


@router.get(VERIFY)
def ask(request: Request, visit: SignedIn) -> Response:
    """The form that takes the file."""
    return _shown(request, visit)


@router.post(VERIFY)
def verify(request: Request, visit: SignedIn, upload: MinutesSent) -> Response:
    """What the file is. Nothing of it is kept."""
    only(upload.form)
    house, file = house_of(request), upload.files.get(FILE)
    content = file.content if file is not None else None
    try:
        with house.database.reading() as session:
            organisme_id = visit.identity.organisme_id
            found = verify_sent(session.connection(), organisme_id, content)
    except Invalid as error:
        return _shown(request, visit, fault=error.faults[FILE], status=422)
    view = VerdictView(
        genuine=found.genuine,
        sentence=found.sentence,
        file=(file.name if file is not None else "")[:_LONGEST_NAME],
        checks=found.checks,
        seance=Link(label="Ouvrir la séance", url=f"{LIST}/{found.seance}/pv")
        if found.seance
        else None,
    )
    return _shown(request, visit, view)


def _shown(
    request: Request,
    visit: Visit,
    verdict: VerdictView | None = None,
    *,
    fault: str = "",
    status: int = 200,
) -> Response:
    view = VerificationPage(
        back=BACK, url=VERIFY, most=MOST_MEGABYTES, verdict=verdict, fault=fault
    )
    return page(
        request, visit, "pages/seances/verifier.html", view, present="seances", status=status
    )
