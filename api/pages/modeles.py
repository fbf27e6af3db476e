"""Letters' texts: read, tried on a real dossier, changed, given back their first text."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, one, only
from api.house import house_of
from api.presentation.drawn import drawn
from api.presentation.modeles import (
    Typed,
    model_page,
    models_page,
    typed_in_force,
    written_of,
)
from api.presentation.reglages import MODELES
from api.views.chrome import Flash
from api.visit import Direction, Overseer, Visit
from grants.relances.modeles import (
    ModelChanged,
    change_model,
    letter_named,
    restore_original,
    source_of,
)
from notifications.composing import MissingValue, TemplateFault
from notifications.render import Written, as_pdf
from workflow.errors import Invalid

router = APIRouter()
_PRESENT = "parametres"
_EDITOR = "pages/parametres/modele.html"
_FIELDS = ("objet", "texte", "dossier", "version")
_DIGITS = 9


@router.get(MODELES)
def models(request: Request, visit: Overseer) -> Response:
    """Every letter, by dispositif."""
    house = house_of(request)
    with house.database.reading() as session:
        view = models_page(session.connection(), house.engine, visit.identity.organisme_id)
    return page(request, visit, "pages/parametres/modeles.html", view, present=_PRESENT)


@router.get(f"{MODELES}/{{lettre}}")
def model(request: Request, visit: Overseer, lettre: str) -> Response:
    """One letter as it stands."""
    return _edited(request, visit, lettre)


@router.post(f"{MODELES}/{{lettre}}")
def change(request: Request, visit: Direction, form: Posted, lettre: str) -> Response:
    """Keep the organisme's own text. Refused with line and cause when it would fail or leak."""
    only(form, *_FIELDS)
    house, typed = house_of(request), _typed(form)
    try:
        source = source_of(typed.subject, typed.body)
        with house.database.unit_of_work() as session:
            changed = change_model(
                session, house.engine, visit.identity, lettre, source, typed.seen or 0, visit.now
            )
    except Invalid as error:
        return _edited(request, visit, lettre, _with(typed, faults=error.faults), 422)
    except ModelChanged as error:
        return _edited(request, visit, lettre, _with(typed, conflict=str(error)), 409)
    said = Flash(text="Le modèle est enregistré : il sert dès le prochain courrier.")
    if not changed:
        said = Flash(text="Rien n’a changé dans ce modèle.", tone="info")
    return redirect(request, f"{MODELES}/{lettre}", said)


@router.get(f"{MODELES}/{{lettre}}/apercu")
def preview(request: Request, visit: Overseer, lettre: str) -> Response:
    """The text in force, as its recipient would read it: for a frame where nothing runs."""
    house = house_of(request)
    with house.database.reading() as session:
        typed = typed_in_force(
            session.connection(), house.engine, visit.identity.organisme_id, lettre
        )
    return _drawn(request, visit, lettre, typed)


@router.post(f"{MODELES}/{{lettre}}/apercu")
def preview_typed(request: Request, visit: Direction, form: Posted, lettre: str) -> Response:
    """The same of the text as typed; nothing is kept."""
    only(form, *_FIELDS)
    return _drawn(request, visit, lettre, _typed(form))


@router.post(f"{MODELES}/{{lettre}}/lettre.pdf")
def as_letter(request: Request, visit: Direction, form: Posted, lettre: str) -> Response:
    """The text as typed, on the letterhead. Raises Invalid for one that cannot be written."""
    only(form, *_FIELDS)
    typed = _typed(form)
    try:
        written, _told = _written(request, visit, lettre, typed)
    except (TemplateFault, MissingValue) as fault:
        return _edited(request, visit, lettre, _with(typed, faults={"texte": _said(fault)}), 422)
    headers = {
        "Content-Disposition": f'inline; filename="{lettre}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(as_pdf(written), media_type="application/pdf", headers=headers)


@router.post(f"{MODELES}/{{lettre}}/original")
def restore(request: Request, visit: Direction, form: Posted, lettre: str) -> Response:
    """Go back to the text that the software ships."""
    only(form, "version")
    house, seen = house_of(request), _number(one(form, "version"))
    said = Flash(text="La lettre a retrouvé son texte d’origine.")
    try:
        with house.database.unit_of_work() as session:
            restore_original(session, house.engine, visit.identity, lettre, seen, visit.now)
    except ModelChanged as error:
        said = Flash(text=str(error), tone="attention")
        return _edited(request, visit, lettre, status=409, said=said)
    return redirect(request, f"{MODELES}/{lettre}", said)


def _written(request: Request, visit: Visit, lettre: str, typed: Typed) -> tuple[Written, str]:
    house = house_of(request)
    letter = letter_named(house.engine, lettre)
    with house.database.reading() as session:
        return written_of(
            session.connection(),
            house.engine,
            visit.identity.organisme_id,
            letter,
            typed,
            visit.now,
        )


def _drawn(request: Request, visit: Visit, lettre: str, typed: Typed) -> Response:
    try:
        written, told = _written(request, visit, lettre, typed)
    except (TemplateFault, MissingValue) as fault:
        return drawn(_note("Cette lettre ne peut pas être écrite", _said(fault)), 422)
    about = _note(f"Objet : {written.subject}", told)
    return drawn(written.html.replace("<body", f"{about}<body", 1))


def _note(title: str, text: str) -> str:
    """A few words above the letter; a browser moves them into its body."""
    style = "font:15px/1.5 system-ui,sans-serif;padding:12px 16px;margin:0"
    return f'<p style="{style}"><strong>{escape(title)}</strong><br>{escape(text)}</p>'


def _said(fault: TemplateFault | MissingValue) -> str:
    if isinstance(fault, MissingValue):
        return f"Il manque {', '.join(fault.names)}."
    return str(fault)


def _edited(
    request: Request,
    visit: Visit,
    lettre: str,
    typed: Typed | None = None,
    status: int = 200,
    said: Flash | None = None,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        view = model_page(
            session.connection(),
            house.engine,
            visit.identity.organisme_id,
            lettre,
            typed,
            may_edit=visit.identity.may_write,
        )
    return page(request, visit, _EDITOR, view, present=_PRESENT, status=status, said=said)


def _typed(form: Form) -> Typed:
    body = one(form, "texte").replace("\r\n", "\n")
    seen = _number(one(form, "version"))
    return Typed(one(form, "objet"), body, one(form, "dossier").strip(), seen)


def _with(typed: Typed, *, faults: dict[str, str] | None = None, conflict: str = "") -> Typed:
    return Typed(typed.subject, typed.body, typed.reference, typed.seen, faults or {}, conflict)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else 0
