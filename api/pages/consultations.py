"""The consultation of prestataires, by the team: prepared, sent, opened, marked, chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, id_typed, key_of, only, several, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.pages.keeping import Back, Draw, keep_form, show_form, up_to_date
from api.piece_files import given_document
from api.presentation.consultation_forms import (
    asking_page,
    choice_page,
    consultation_form,
    mark_form,
)
from api.presentation.consultation_offers import offer_of
from api.presentation.consultations import ONE, consultation_page
from api.presentation.fields import Asking
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.dla.consultation.choosing import choose_offer
from grants.dla.consultation.comparison import mark_offer
from grants.dla.consultation.errors import NotToChoose
from grants.dla.consultation.opening import open_offers
from grants.dla.consultation.preparation import (
    ask_prestataires,
    begin_consultation,
    change_consultation,
)
from grants.dla.consultation.reading import latest_of, read_standing
from grants.dla.consultation.sealed import opened_cv, opened_offers
from grants.dla.consultation.sending import give_up, postpone, send_consultation, send_link
from grants.dossiers.reading import read_subject
from workflow.errors import Invalid, NotFound, Stale
from workflow.field_contract import Raw

router = APIRouter()
_PRESENT = "tableau"
_ONE = f"{ONE}/{{consultation_id}}"
_OF_DOSSIER = "/dossiers/{dossier_id}/consultation"
_OFFER = f"{_ONE}/offres/{{offre_id}}"
_TEMPLATE = "pages/consultation/consultation.html"


@router.get(_OF_DOSSIER)
def of_dossier(request: Request, visit: SignedIn, dossier_id: RowId) -> Response:
    """The consultation of a dossier that counts. Raises NotFound where there is none."""
    with house_of(request).database.reading() as session:
        found = latest_of(session.connection(), visit.identity.organisme_id, dossier_id)
    if found is None:
        raise NotFound
    return redirect(request, f"{ONE}/{found.id}")


@router.post(_OF_DOSSIER)
def begin(request: Request, visit: Writer, form: Posted, dossier_id: RowId) -> Response:
    """Prepare a consultation. Raises NotFound, NoConsultationHere, AlreadyConsulting."""
    only(form)
    house = house_of(request)
    with house.database.unit_of_work() as session:
        about = (session, house.engine, visit.identity, dossier_id)
        id = begin_consultation(*about, visit.now, key_of(form))
    return redirect(request, f"{ONE}/{id}")


@router.get(_ONE)
def shown(request: Request, visit: SignedIn, consultation_id: RowId) -> Response:
    """The consultation as it stands. Raises NotFound."""
    return _page(request, visit, consultation_id)


def _page(
    request: Request,
    visit: Visit,
    id: int,
    typed: dict[str, dict[str, Any]] | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        about = (session.connection(), house.engine, visit, id)
        view = consultation_page(*about, typed, faults)
    status = 422 if typed or faults else 200
    return page(request, visit, _TEMPLATE, view, present=_PRESENT, status=status)


@router.get(f"{_ONE}/modifier")
def edit(request: Request, visit: Writer, consultation_id: RowId) -> Response:
    """What is asked, as a form. Raises NotFound."""
    return show_form(request, visit, _form(consultation_id), present=_PRESENT)


@router.post(f"{_ONE}/modifier")
def change(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Keep what is asked. Raises NotFound, AlreadySent."""

    def work(session: Session, answers: dict[str, Raw]) -> tuple[str, Flash]:
        about = (session, visit.identity, consultation_id, answers, visit.now)
        changed = change_consultation(*about, version_of(form))
        return f"{ONE}/{consultation_id}", up_to_date("C’est enregistré.", changed=changed)

    return keep_form(request, visit, form, _form(consultation_id), work, _PRESENT)


def _form(id: int) -> Draw:
    def draw(asking: Asking, back: Back) -> object:
        standing = read_standing(asking.connection, asking.organisme_id, id)
        version = standing.row["seq"] if back.version is None else back.version
        return consultation_form(asking, standing, version=version, conflict=back.conflict)

    return draw


@router.get(f"{_ONE}/prestataires")
def whom(request: Request, visit: Writer, consultation_id: RowId) -> Response:
    """Whom to ask. Raises NotFound."""
    return _whom(request, visit, consultation_id)


@router.post(f"{_ONE}/prestataires")
def choose_whom(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Keep whom to ask. Raises NotFound, AlreadySent, Stale."""
    only(form, "prestataire")
    house, ids = house_of(request), _ids(several(form, "prestataire"))
    try:
        with house.database.unit_of_work() as session:
            about = (session, visit.identity, consultation_id, ids, visit.now)
            ask_prestataires(*about, version_of(form))
    except Invalid as refused:
        fault = " ".join(refused.faults.values())
        return _whom(request, visit, consultation_id, ids, fault)
    return redirect(request, f"{ONE}/{consultation_id}", Flash(text="C’est enregistré."))


def _whom(
    request: Request, visit: Visit, id: int, chosen: list[int] | None = None, fault: str = ""
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit)
        standing = read_standing(asking.connection, asking.organisme_id, id)
        about = (asking.connection, house.engine, asking.organisme_id)
        subject = read_subject(*about, standing.row["dossier_id"], lock=False)
        view = asking_page(asking, visit, subject, standing, chosen, fault)
    template, status = "pages/consultation/prestataires.html", 422 if fault else 200
    return page(request, visit, template, view, present=_PRESENT, status=status)


def _ids(typed: list[str]) -> list[int]:
    ids = [id for id in map(id_typed, typed) if id is not None]
    if len(ids) != len(typed):
        raise Invalid({"prestataires": "Ce prestataire n’est pas dans votre annuaire."})
    return ids


@router.post(f"{_ONE}/envoyer")
def send(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Write to everybody who is asked. Raises NotFound, AlreadySent, Stale."""
    only(form)
    house = house_of(request)

    def work(session: Session) -> None:
        about = (session, house.engine, visit.identity, consultation_id, visit.now)
        send_consultation(*about, version_of(form))

    return _done(request, visit, consultation_id, work, "La consultation est partie.")


@router.post(f"{_ONE}/ouvrir")
def open_all(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Open the offers. Raises NotFound, TooSoonToOpen, NothingToOpen, AlreadyOpened."""
    only(form)
    house = house_of(request)

    def work(session: Session) -> None:
        open_offers(session, house.engine, visit.identity, consultation_id, visit.now)

    return _done(request, visit, consultation_id, work, "Les offres sont ouvertes.")


@router.post(f"{_ONE}/liens/{{consulte_id}}")
def new_link(
    request: Request, visit: Writer, form: Posted, consultation_id: RowId, consulte_id: RowId
) -> Response:
    """Send somebody a new link. Raises NotFound, AlreadyOpened."""
    only(form)
    house = house_of(request)

    def work(session: Session) -> None:
        about = (session, house.engine, visit.identity, consultation_id)
        send_link(*about, consulte_id, visit.now)

    return _done(request, visit, consultation_id, work, "Un nouveau lien part à son adresse.")


@router.post(f"{_ONE}/echeance")
def put_off(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Give everybody more time. Raises NotFound, AlreadyOpened, Stale."""
    return _small(request, visit, form, consultation_id, postpone, "L’échéance est repoussée.")


@router.post(f"{_ONE}/abandon")
def abandon(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Nothing will come of it. Raises NotFound, ConsultationOver, Stale."""
    return _small(request, visit, form, consultation_id, give_up, "La consultation est abandonnée.")


def _small(
    request: Request, visit: Visit, form: Form, id: int, gesture: Callable[..., None], said: str
) -> Response:
    house, answers = house_of(request), answers_of(form)
    try:
        with house.database.unit_of_work() as session:
            about = (session, house.engine, visit.identity, id, answers, visit.now)
            gesture(*about, version_of(form))
    except Invalid as refused:
        where = request.url.path
        typed = {where: {"typed": answers, "faults": refused.faults}}
        return _page(request, visit, id, typed)
    return redirect(request, f"{ONE}/{id}", Flash(text=said))


def _done(
    request: Request, visit: Visit, id: int, work: Callable[[Session], None], said: str
) -> Response:
    try:
        with house_of(request).database.unit_of_work() as session:
            work(session)
    except Invalid as refused:
        return _page(request, visit, id, faults=dict(refused.faults))
    return redirect(request, f"{ONE}/{id}", Flash(text=said))


@router.get(_OFFER)
def offer(request: Request, visit: SignedIn, consultation_id: RowId, offre_id: RowId) -> Response:
    """An opened offer. Raises NotFound, Sealed."""
    return _offer(request, visit, consultation_id, offre_id, Back())


@router.post(_OFFER)
def mark(
    request: Request, visit: Writer, form: Posted, consultation_id: RowId, offre_id: RowId
) -> Response:
    """Mark an offer. Raises NotFound, Sealed, NotToChoose."""
    answers = answers_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            about = (session, visit.identity, consultation_id, offre_id, answers, visit.now)
            changed = mark_offer(*about, version_of(form))
    except Invalid as refused:
        back = Back(answers, refused.faults, version=version_of(form))
        return _offer(request, visit, consultation_id, offre_id, back)
    except Stale as error:
        back = Back(answers, conflict=str(error))
        return _offer(request, visit, consultation_id, offre_id, back)
    said = up_to_date("L’offre est notée.", changed=changed)
    return redirect(request, f"{ONE}/{consultation_id}", said)


def _offer(request: Request, visit: Visit, id: int, offre_id: int, back: Back) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, back.typed, back.faults)
        connection = asking.connection
        standing = read_standing(connection, asking.organisme_id, id)
        found = {each.id: each for each in opened_offers(connection, standing.row)}
        if offre_id not in found:
            raise NotFound
        form = None
        if visit.identity.may_write:
            version = standing.row["seq"] if back.version is None else back.version
            shown = {"version": version, "conflict": back.conflict}
            form = mark_form(asking, standing, found[offre_id], **shown)
        view = offer_of(connection, standing, offre_id, form)
    status = 409 if back.conflict else 422 if back.faults else 200
    template = "pages/consultation/offre.html"
    return page(request, visit, template, view, present=_PRESENT, status=status)


@router.get(f"{_OFFER}/document")
def document(
    request: Request, visit: SignedIn, consultation_id: RowId, offre_id: RowId
) -> Response:
    """The document of an opened offer. Raises NotFound, Sealed."""
    with house_of(request).database.reading() as session:
        connection = session.connection()
        standing = read_standing(connection, visit.identity.organisme_id, consultation_id)
        content = opened_cv(connection, standing.row, offre_id)
        offers = {each.id: each for each in opened_offers(connection, standing.row)}
    found = offers.get(offre_id)
    if content is None or found is None or found.cv_type is None:
        raise NotFound
    return given_document(content, found.cv_type, f"offre-{offre_id}")


@router.get(f"{_ONE}/choisir")
def choosing(request: Request, visit: Writer, consultation_id: RowId) -> Response:
    """The grid and the form of the choice. Raises NotFound, Sealed, NotToChoose."""
    return _choosing(request, visit, consultation_id, Back())


@router.post(f"{_ONE}/choisir")
def choose(request: Request, visit: Writer, form: Posted, consultation_id: RowId) -> Response:
    """Retain an offer: the dossier moves. Raises NotFound, Sealed, NotToChoose, Refused."""
    answers, house = answers_of(form), house_of(request)
    try:
        with house.database.unit_of_work() as session:
            offre_id = _offre(answers)
            about = (session, house.engine, visit.identity, consultation_id, offre_id)
            choose_offer(*about, answers, visit.now, version_of(form))
    except Invalid as refused:
        back = Back(answers, refused.faults, version=version_of(form))
        return _choosing(request, visit, consultation_id, back)
    except Stale as error:
        return _choosing(request, visit, consultation_id, Back(answers, conflict=str(error)))
    said = Flash(text="L’offre est retenue : la mission commence, les lettres sont à relire.")
    return redirect(request, f"{ONE}/{consultation_id}", said)


def _offre(answers: dict[str, Any]) -> int:
    found = id_typed(str(answers.get("offre") or "").removeprefix("o"))
    if found is None:
        raise Invalid({"offre": "Choisissez l’offre que vous retenez."})
    return found


def _choosing(request: Request, visit: Visit, id: int, back: Back) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = ask(house, session, visit, back.typed, back.faults)
        connection = asking.connection
        standing = read_standing(connection, asking.organisme_id, id)
        offers = opened_offers(connection, standing.row)
        if standing.state != "ouverte":
            raise NotToChoose
        about = (connection, house.engine, asking.organisme_id)
        subject = read_subject(*about, standing.row["dossier_id"], lock=False)
        version = standing.row["seq"] if back.version is None else back.version
        shown = {"version": version, "conflict": back.conflict, "known": {}}
        view = choice_page(asking, visit, subject, standing, offers, **shown)
    status = 409 if back.conflict else 422 if back.faults else 200
    template = "pages/consultation/choisir.html"
    return page(request, visit, template, view, present=_PRESENT, status=status)
