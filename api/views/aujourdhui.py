"""« Aujourd'hui » : what awaits somebody, the most pressing first, one thing to do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.forms import FormView
from api.views.listing import EmptyState, Tab
from api.views.stages import Avatar, StageBadge

TodoKind = Literal["tache", "echeance", "rendez_vous", "immobile", "pret"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing that awaits. `url` is where it is dealt with; `when` says by or since when.

    `about` is the dossier (reference and who carries it), where there is one. `done_url` takes
    « Fait » in one click; `back` is the page to come back to. The ids are for programs.
    """

    kind: TodoKind
    title: str
    when: str
    exactly: str = ""
    url: str | None = None
    about: str = ""
    about_url: str | None = None
    stage: StageBadge | None = None
    note: str = ""
    who: Avatar | None = None
    late: bool = False
    done_url: str | None = None
    reopen_url: str | None = None
    back: str = "/aujourdhui"
    task_id: int | None = None
    dossier_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoSection:
    """Things of one urgency. `more` says what is left out, `more_link` where it is."""

    key: str
    title: str
    lines: tuple[Todo, ...]
    note: str = ""
    more: str = ""
    more_link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AujourdhuiPage:
    """The page. `colleagues` chooses another person's; `done` is what the reader finished today."""

    day: str
    lead: str
    tabs: tuple[Tab, ...]
    colleagues: FieldView
    sections: tuple[TodoSection, ...]
    done: tuple[Todo, ...] = ()
    form: FormView | None = None
    form_open: bool = False
    empty: EmptyState | None = None
