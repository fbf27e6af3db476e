"""A form of one thing: shown empty or filled in, kept, and shown again with what stands against it.

Séances, comités, members, enveloppes and prestataires are written down alike: only what is kept,
and how it is drawn, is each one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, key_of, new_key, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.fields import Asking, Typed
from api.views.chrome import Flash
from api.visit import Visit
from workflow.errors import Invalid, Stale
from workflow.field_contract import Raw

_TEMPLATE, _PRESENT = "pages/seances/formulaire.html", "seances"
NOTHING_CHANGED = Flash(text="Rien n’a changé.", tone="info")


@dataclass(frozen=True, slots=True)
class Back:
    """What a form is shown with: nothing yet, or what was typed and what stands against it."""

    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    version: int | None = None
    conflict: str = ""

    def key_for(self, row: object) -> str:
        """The key that a new thing is sent with; none for one that there is already."""
        return self.key or (new_key() if row is None else "")

    def seen(self, row: Mapping[str, int] | None, name: str = "seq") -> int | None:
        """The version that was read: that of the form, or that of the row it is made from."""
        return row[name] if row is not None and self.version is None else self.version


#: The form, from the questions and what came back of it.
Draw = Callable[[Asking, Back], object]
#: What is done with the answers: where it leads to, and what is said there.
Work = Callable[[Session, dict[str, Raw]], tuple[str, Flash]]


def show_form(
    request: Request,
    visit: Visit,
    draw: Draw,
    back: Back | None = None,
    present: str = _PRESENT,
) -> Response:
    """The form. `present` is the entry of the navigation. Raises like `draw`."""
    back, house = back or Back(), house_of(request)
    with house.database.reading() as session:
        view = draw(ask(house, session, visit, back.typed, back.faults), back)
    status = 409 if back.conflict else 422 if back.faults else 200
    return page(request, visit, _TEMPLATE, view, present=present, status=status)


def keep_form(
    request: Request,
    visit: Visit,
    form: Form,
    draw: Draw,
    work: Work,
    present: str = _PRESENT,
) -> Response:
    """Keep what was sent; faulty or out of date, the form again. Raises like `work`."""
    answers = answers_of(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            url, said = work(session, answers)
    except Invalid as error:
        back = Back(answers, error.faults, key_of(form), version_of(form))
        return show_form(request, visit, draw, back, present)
    except Stale as error:
        return show_form(request, visit, draw, Back(answers, conflict=str(error)), present)
    return redirect(request, url, said)


def up_to_date(sentence: str, *, changed: bool) -> Flash:
    """What is said of a change, or that nothing changed."""
    return Flash(text=sentence) if changed else NOTHING_CHANGED
