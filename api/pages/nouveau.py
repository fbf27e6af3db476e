"""« Nouveau contact » : the short form that a dossier starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, key_of, one
from api.house import House, house_of
from api.presentation.fields import Asking
from api.presentation.nouveau import nouveau_page
from api.views.chrome import Flash
from api.views.nouveau import NouveauPage
from api.visit import Visit, Writer
from grants.dossiers.first_contact import (
    NO_STRUCTURE,
    FirstContact,
    read_first_contact,
    record_contact,
    was_used,
)
from workflow.dates import to_paris
from workflow.errors import Invalid
from workflow.money import format_amount

router = APIRouter()
_MOST_DIGITS = 19
_BUTTONS = ("structure_id", "continuer", "changer_structure", "idempotency_key")


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the form is shown: what is known beforehand, what came back wrong."""

    faults: Mapping[str, str] = field(default_factory=dict)
    pipeline: str | None = None
    structure_id: int | None = None
    submitted: bool = False
    choosing: bool = False


@router.get("/dossiers/nouveau")
def nouveau(request: Request, visit: Writer) -> Response:
    """The empty form; `?dispositif=` and `?structure=` fill in what is known already."""
    house, asked = house_of(request), request.query_params
    with house.database.reading() as session:
        known = _Shown(
            pipeline=asked.get("dispositif"), structure_id=_number(asked.get("structure", ""))
        )
        view = _page(house, session, visit, None, known)
    return page(request, visit, "pages/nouveau/nouveau.html", view)


@router.post("/dossiers/nouveau/proches")
def near(request: Request, visit: Writer, form: Posted) -> Response:
    """The structures that what is typed so far resembles, as a fragment."""
    house = house_of(request)
    with house.database.reading() as session:
        view = _page(house, session, visit, form)
    return page(request, visit, "pages/nouveau/_proches.html", view)


@router.post("/dossiers/nouveau")
def open_one(request: Request, visit: Writer, form: Posted) -> Response:
    """Open the dossier, unless a known structure resembles this one: then ask first."""
    house = house_of(request)
    if one(form, "changer_structure"):
        return _again(request, house, visit, form, choosing=True)
    chosen = _chosen(form)
    contact = FirstContact(_answers(form), chosen, key_of(form))
    try:
        if chosen is None and not one(form, "continuer"):
            doubtful = _doubtful(request, house, visit, form, contact)
            if doubtful is not None:
                return doubtful
        with house.database.unit_of_work() as session:
            opened = record_contact(session, house.engine, visit.identity, contact, visit.now)
    except Invalid as error:
        return _again(request, house, visit, form, faults=error.faults, status=422)
    flash = Flash(text=f"Dossier {opened.reference} ouvert.")
    if opened.over_cap is not None:
        cap = format_amount(opened.over_cap)
        flash = Flash(
            text=f"Dossier {opened.reference} ouvert. L'aide demandée dépasse le plafond de {cap}.",
            tone="attention",
            remedy="C'est permis à ce stade : il faudra la réduire avant le comité.",
        )
    return redirect(request, f"/dossiers/{opened.dossier_id}", flash)


def _doubtful(
    request: Request, house: House, visit: Visit, form: Form, contact: FirstContact
) -> Response | None:
    """The form again when a structure resembles the one typed; None when none does."""
    with house.database.reading() as session:
        if was_used(session.connection(), visit.identity, contact.key):
            return None  # clicked twice: the structure is known because this form recorded it
        read_first_contact(session.connection(), house.engine, visit.identity, contact, visit.now)
        view = _page(house, session, visit, form, _Shown(submitted=True))
    if not view.warnings:
        return None
    return page(request, visit, "pages/nouveau/nouveau.html", view, status=409)


def _again(
    request: Request,
    house: House,
    visit: Visit,
    form: Form,
    *,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
    choosing: bool = False,
) -> Response:
    with house.database.reading() as session:
        shown = _Shown(faults=faults or {}, choosing=choosing)
        view = _page(house, session, visit, form, shown)
    return page(request, visit, "pages/nouveau/nouveau.html", view, status=status)


def _page(
    house: House, session: Session, visit: Visit, form: Form | None, shown: _Shown | None = None
) -> NouveauPage:
    shown = shown or _Shown()
    asking = Asking(
        session.connection(),
        house.engine,
        visit.identity.organisme_id,
        typed=None if form is None else _answers(form),
        faults=shown.faults,
    )
    typed = "" if form is None else one(form, "structure_id")
    return nouveau_page(
        asking,
        today=to_paris(visit.now).date(),
        referent=visit.identity.compte_id,
        structure_id=shown.structure_id if shown.choosing or form is None else _number(typed),
        pipeline=shown.pipeline,
        submitted=shown.submitted,
        key=None if form is None else key_of(form),
    )


def _answers(form: Form) -> dict[str, str | list[str] | None]:
    return {key: value for key, value in form.items() if key not in _BUTTONS}


def _chosen(form: Form) -> int | None:
    """The known structure that was recognised; no structure at all where it cannot be read."""
    typed = one(form, "structure_id")
    chosen = _number(typed)
    return NO_STRUCTURE if typed and chosen is None else chosen


def _number(typed: str) -> int | None:
    digits = typed.isascii() and typed.isdigit() and len(typed) < _MOST_DIGITS
    return int(typed) if digits else None
