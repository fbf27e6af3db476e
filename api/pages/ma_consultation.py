"""What a prestataire does on his own page: he reads, offers, changes his offer, declines."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.bidders import DOCUMENT_MEGABYTES, Asked, AskedGuest, OfferSent, PostedByAsked
from api.cookies import drop_cookie
from api.forms import only
from api.guests import cookie_for
from api.guides import CONSULTATION_PATH
from api.house import house_of
from api.mailing import ENTRY_PATH
from api.pages.asking import answers_of
from api.pages.keeping import Back
from api.piece_files import limits_of
from api.presentation.ma_consultation import ma_consultation
from api.views.chrome import Flash
from grants.dla.consultation.bidders import OBJET
from grants.dla.consultation.errors import AlreadyOpened, ConsultationOver, TooLateToOffer
from grants.dla.consultation.offers import Document, decline, deposit_offer
from grants.dossiers.pieces.content import MEGABYTE, examine
from grants.dossiers.pieces.deposit import Incoming
from grants.dossiers.pieces.names import shown_name
from grants.dossiers.pieces.refusals import FileFault, TooHeavy
from grants.organisation.acces import leave
from workflow.errors import DomainError, Invalid

router = APIRouter()
_ONE = f"{CONSULTATION_PATH}/{{consultation_id}}"
_TEMPLATE = "pages/ma_consultation/consultation.html"
_FILE = "document"
_ENDED = (TooLateToOffer, AlreadyOpened, ConsultationOver)


@router.get(_ONE)
def shown(request: Request, guest: Asked) -> Response:
    """His page."""
    return _page(request, guest, Back())


@router.post(f"{_ONE}/offre")
def offer(request: Request, guest: Asked, sending: OfferSent) -> Response:
    """Keep his offer, in the place of the one before."""
    answers, house = answers_of(sending.form), house_of(request)
    faults: dict[str, str] = {}
    document = None
    try:
        document = _document(request, sending.files)
    except FileFault as fault:
        faults[_FILE] = str(fault)
    try:
        with house.database.unit_of_work() as session:
            if faults:
                raise Invalid(faults)
            deposit_offer(session, guest.bidder, answers, document, guest.now)
    except Invalid as refused:
        return _page(request, guest, Back(answers, refused.faults), status=422)
    except _ENDED as ended:
        return _page(request, guest, Back(answers), status=409, ended=ended)
    said = Flash(text="Votre offre est enregistrée. Vous pouvez la changer jusqu’à l’échéance.")
    return redirect(request, f"{CONSULTATION_PATH}/{guest.bidder.standing.id}", said)


def _document(request: Request, files: tuple[Incoming, ...]) -> Document | None:
    """The document that came with an offer, examined. Raises FileFault."""
    if not files:
        return None
    file = files[0]
    if not file.whole:
        raise TooHeavy(most=DOCUMENT_MEGABYTES)
    found = examine(file.path, limits_of(house_of(request).settings))
    content = file.path.read_bytes()
    if len(content) > DOCUMENT_MEGABYTES * MEGABYTE:
        raise TooHeavy(most=DOCUMENT_MEGABYTES)
    return Document(shown_name(file.name, found.kind), found.kind, file.sha256, content)


@router.post(f"{_ONE}/decliner")
def refuse(request: Request, guest: Asked, form: PostedByAsked) -> Response:
    """Say that one will not offer."""
    answers, house = answers_of(form), house_of(request)
    try:
        with house.database.unit_of_work() as session:
            decline(session, guest.bidder, answers, guest.now)
    except Invalid as refused:
        return _page(request, guest, Back(answers, refused.faults), status=422)
    except _ENDED as ended:
        return _page(request, guest, Back(), status=409, ended=ended)
    said = Flash(text="C’est noté, merci de votre réponse.")
    return redirect(request, f"{CONSULTATION_PATH}/{guest.bidder.standing.id}", said)


@router.post(f"{_ONE}/quitter")
def quit_page(request: Request, guest: Asked, form: PostedByAsked) -> Response:
    """This browser is the prestataire's no longer."""
    only(form)
    house = house_of(request)
    with house.database.unit_of_work() as session:
        leave(session, guest.cookie)
    said = Flash(text="Cet appareil est déconnecté. Votre lien vous en enverra un nouveau.")
    response = redirect(request, ENTRY_PATH, said)
    drop_cookie(response, house.settings, cookie_for(OBJET, guest.bidder.standing.id))
    return response


def _page(
    request: Request,
    guest: AskedGuest,
    back: Back,
    *,
    status: int = 200,
    ended: DomainError | None = None,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        about = (session.connection(), house.engine, guest)
        view = ma_consultation(*about, back.typed, back.faults)
    said = Flash(text=str(ended), tone="erreur") if ended else None
    return page(request, None, _TEMPLATE, view, status=status, said=said)
