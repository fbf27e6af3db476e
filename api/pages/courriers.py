"""Letters: their list, one of them whole, and what a colleague does with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, one, only
from api.house import House, house_of
from api.mailing import mailroom_of, press_of
from api.presentation.courrier import letter_page
from api.presentation.courriers import LIST, VIEWS, list_page
from api.presentation.drawn import drawn
from api.presentation.printing import printed_together
from api.views.chrome import Flash
from api.visit import SignedIn, Visit, Writer
from grants.relances import envois
from grants.relances.envois import Choice, Mailroom
from notifications.desk import (
    LetterChanged,
    LetterFaulty,
    LetterIncomplete,
    NoAddress,
    TooLate,
    preview,
)
from notifications.letter_queries import file_of, letter
from workflow.database import LARGEST_ID
from workflow.errors import OF_THE_DATABASE, DomainError, Invalid, NotFound, Stale

router = APIRouter()
_PRESENT = "courriers"
_MOST_AT_ONCE = 200
_DIGITS = 18
Gesture = Callable[[Session, Mailroom, Any, Choice, datetime], object]


class NoLetterChosen(DomainError):
    """Cochez au moins un courrier."""

    code = "aucun_courrier"


class TooManyLetters(DomainError):
    """{most} courriers au plus à la fois : cochez-en moins."""

    code = "trop_de_courriers"


@router.get(LIST)
def listed(request: Request, visit: SignedIn) -> Response:
    """The letters of the organisme."""
    house = house_of(request)
    with house.database.reading() as session:
        view = list_page(session.connection(), house.engine, visit, dict(request.query_params))
    return page(request, visit, "pages/courriers/liste.html", view, present=_PRESENT)


@router.get(f"{LIST}/impression")
def printed(request: Request, visit: SignedIn) -> Response:
    """A selection in one PDF, to be printed. Raises NoLetterChosen, TooManyLetters, NotFound."""
    house, ids = house_of(request), _ids(request.query_params.getlist("courrier"))
    with house.database.reading() as session:
        content = printed_together(
            session.connection(),
            press_of(house.engine),
            visit.identity.organisme_id,
            ids,
            visit.now,
        )
    return _pdf(content, "courriers.pdf")


@router.post(f"{LIST}/lot")
def together(request: Request, visit: Writer, form: Posted) -> Response:
    """Send, or mark as posted, every letter that is ticked: each has its own outcome."""
    only(form, "courrier", "geste", "vue")
    house, ids = house_of(request), _ids(_several(form, "courrier"))
    view = one(form, "vue") if one(form, "vue") in VIEWS else "tous"
    gestures = {"envoyer": _send, "poster": _post}
    if one(form, "geste") not in gestures:
        raise Invalid({"geste": "Choisissez d’envoyer, ou de marquer comme postés."})
    gesture, done, refused = gestures[one(form, "geste")], 0, []
    for id in ids:
        try:
            gesture(house, visit, Choice(id))
            done += 1
        except OF_THE_DATABASE as error:
            refused += [str(error)] * (len(ids) - done - len(refused))
            break
        except DomainError as error:
            refused.append(str(error))
    return redirect(request, f"{LIST}?vue={view}", _outcome(one(form, "geste"), done, refused))


@router.get(f"{LIST}/{{courrier_id}}")
def shown(request: Request, visit: SignedIn, courrier_id: RowId) -> Response:
    """One letter, as its recipient reads it."""
    return _letter(request, visit, courrier_id)


@router.get(f"{LIST}/{{courrier_id}}/courriel")
def as_email(request: Request, visit: SignedIn, courrier_id: RowId) -> Response:
    """The e-mail itself, for a frame where nothing runs."""
    house, organisme_id = house_of(request), visit.identity.organisme_id
    room = mailroom_of(house.settings, house.engine)
    with house.database.reading() as session:
        connection = session.connection()
        html = letter(connection, organisme_id, courrier_id).row["body_html"]
        if html is None:
            seen = preview(connection, room.write, organisme_id, courrier_id, visit.now)
            html = seen.written.html if seen.written else None
    if html is None:
        raise NotFound
    return drawn(html)


@router.get(f"{LIST}/{{courrier_id}}/lettre.pdf")
def as_letter(request: Request, visit: SignedIn, courrier_id: RowId) -> Response:
    """The letter on the organisme's letterhead."""
    house = house_of(request)
    with house.database.reading() as session:
        content = printed_together(
            session.connection(),
            press_of(house.engine),
            visit.identity.organisme_id,
            [courrier_id],
            visit.now,
        )
    return _pdf(content, f"courrier-{courrier_id}.pdf")


@router.get(f"{LIST}/{{courrier_id}}/fichiers/{{name}}")
def carried(request: Request, visit: SignedIn, courrier_id: RowId, name: str) -> Response:
    """A file that the letter carried, as it was sent."""
    with house_of(request).database.reading() as session:
        media_type, content = file_of(
            session.connection(), visit.identity.organisme_id, courrier_id, name
        )
    plain = media_type.partition(";")[0]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **_PRIVATE}
    return Response(content, media_type=plain, headers=headers)


@router.post(f"{LIST}/{{courrier_id}}/envoyer")
def send(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """« Envoyer »: what was on screen leaves."""
    said = Flash(text="Le courrier est validé : il part dans quelques instants.")
    return _done(request, visit, form, courrier_id, _send, said)


@router.post(f"{LIST}/{{courrier_id}}/annuler")
def stop(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """It will not leave."""
    said = Flash(text="Ce courrier ne partira pas.", tone="info")
    return _done(request, visit, form, courrier_id, _in_one(envois.cancel), said)


@router.post(f"{LIST}/{{courrier_id}}/renvoyer")
def again(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """Once more, to the address known today."""
    said = Flash(text="Le courrier repart dans quelques instants.")
    return _done(request, visit, form, courrier_id, _in_one(envois.send_again), said)


@router.post(f"{LIST}/{{courrier_id}}/poste")
def posted_by_hand(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """It was printed and posted."""
    said = Flash(text="Le courrier est noté posté.")
    return _done(request, visit, form, courrier_id, _post, said)


@router.post(f"{LIST}/{{courrier_id}}/imprimer")
def on_paper(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """To be printed rather than sent."""
    said = Flash(text="Ce courrier sera à imprimer.", tone="info")
    return _done(request, visit, form, courrier_id, _in_one(envois.print_instead), said)


@router.post(f"{LIST}/{{courrier_id}}/completer")
def filled_in(request: Request, visit: Writer, form: Posted, courrier_id: RowId) -> Response:
    """What it lacked is taken from the dossier of today."""
    said = Flash(text="Le courrier est réécrit avec ce que le dossier contient aujourd’hui.")
    return _done(request, visit, form, courrier_id, _in_one(envois.complete), said)


_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_Doing = Callable[[House, Visit, Choice], None]


def _done(request: Request, visit: Visit, form: Form, id: int, do: _Doing, said: Flash) -> Response:
    """One gesture on one letter, then its page; told there when it came too late."""
    only(form, "lock_version", "affiche")
    try:
        do(house_of(request), visit, Choice(id, _version(form), one(form, "affiche") or None))
    except (Stale, LetterChanged, LetterFaulty, LetterIncomplete, NoAddress, TooLate) as error:
        told = Flash(text=str(error), tone="attention")
        return _letter(request, visit, id, 409, told)
    return redirect(request, f"{LIST}/{id}", said)


def _letter(
    request: Request, visit: Visit, id: int, status: int = 200, said: Flash | None = None
) -> Response:
    house = house_of(request)
    room = mailroom_of(house.settings, house.engine)
    with house.database.reading() as session:
        view = letter_page(session.connection(), room, visit, id, visit.now)
    template = "pages/courriers/courrier.html"
    return page(request, visit, template, view, present=_PRESENT, status=status, said=said)


def _send(house: House, visit: Visit, choice: Choice) -> None:
    room = mailroom_of(house.settings, house.engine)
    envois.send(house.database, room, visit.identity, choice, visit.now)


def _in_one(gesture: Gesture) -> _Doing:
    """A gesture that has one transaction of its own."""

    def do(house: House, visit: Visit, choice: Choice) -> None:
        room = mailroom_of(house.settings, house.engine)
        with house.database.unit_of_work() as session:
            gesture(session, room, visit.identity, choice, visit.now)

    return do


_post = _in_one(envois.mark_posted)


def _version(form: Form) -> int | None:
    """The version on screen; an unreadable one is nobody's."""
    typed = one(form, "lock_version")
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else 0


def _several(form: Form, name: str) -> list[str]:
    given = form.get(name, [])
    return [given] if isinstance(given, str) else list(given)


def _ids(typed: list[str]) -> list[int]:
    """The letters that are ticked. Raises NoLetterChosen, TooManyLetters, NotFound."""
    if not typed:
        raise NoLetterChosen
    if len(typed) > _MOST_AT_ONCE:
        raise TooManyLetters(most=_MOST_AT_ONCE)
    readable = all(each.isascii() and each.isdigit() and len(each) <= _DIGITS for each in typed)
    ids = [int(each) for each in typed] if readable else []
    if not ids or not all(0 < id <= LARGEST_ID for id in ids):
        raise NotFound
    return list(dict.fromkeys(ids))


def _outcome(gesture: str, done: int, refused: list[str]) -> Flash:
    """What became of a batch: how many went, and why the others did not."""
    what = "envoyé" if gesture == "envoyer" else "noté posté"
    plural = "s" if done > 1 else ""
    said = f"{done} courrier{plural} {what.replace(' ', plural + ' ')}{plural}."
    if not refused:
        return Flash(text=said)
    reasons = " ".join(dict.fromkeys(refused))
    return Flash(text=f"{said} {len(refused)} non : {reasons}", tone="attention")


def _pdf(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"', **_PRIVATE}
    return Response(content, media_type="application/pdf", headers=headers)
