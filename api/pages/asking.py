"""The questions of a form, asked to whoever visits: with what came back, when it did."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from api.forms import PAPERS, Form
from api.house import House
from api.presentation.fields import Asking, Typed
from api.visit import Visit


def ask(
    house: House,
    session: Session,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    scope: str = "",
) -> Asking:
    """Where the questions are asked: the visitor's organisme."""
    return Asking(
        session.connection(),
        house.engine,
        visit.identity.organisme_id,
        scope=scope,
        typed=typed,
        faults=faults or {},
    )


def answers_of(form: Form, *buttons: str) -> dict[str, str | list[str] | None]:
    """What was answered: the form without its papers and its buttons."""
    return {name: value for name, value in form.items() if name not in PAPERS.union(buttons)}
