"""The reminders and the letters of a dossier, as their page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.courriers import LIST, row_of
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.relances import RemindersPage, ReminderView
from api.visit import Visit
from api.wording import counted
from grants.comites.queries import seance_name
from grants.comites.reading import KIND as SEANCE
from grants.comites.reading import read_sitting
from grants.dossiers.reading import KIND as DOSSIER
from grants.dossiers.reading import read_subject
from grants.relances.by_hand import MOMENT
from grants.relances.foreseeing import TACHE, Coming, foresee
from grants.relances.foreseeing_sitting import foresee_sitting
from notifications.letter_queries import Filters, letters
from notifications.outbox import PAPIER
from workflow import echeances
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES
from workflow.subject import Subject

MOST_LETTERS = 30
_STATES = {
    echeances.PREVUE: ("prévu", "bleu"),
    echeances.SUSPENDUE: ("en pause", "ocre"),
    echeances.FAITE: ("parti", "vert"),
    echeances.ANNULEE: ("sans objet", "pierre"),
    echeances.ARRETEE: ("annulé", "pierre"),
}


@dataclass(frozen=True, slots=True)
class Came:
    """What came back to the page: for which reminder, what was typed, what is wrong with it."""

    id: int = 0
    typed: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


def reminders_page(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    dossier_id: int,
    came: Came | None = None,
) -> RemindersPage:
    """What will be sent, when, to whom and why; what was sent. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
    back = Link(label=subject.row["reference"], url=f"/dossiers/{dossier_id}")
    foreseen = foresee(connection, engine, subject, visit.now)
    return _page(_Shown(connection, engine, visit, subject, came or Came()), back, foreseen)


def sitting_reminders_page(
    connection: Connection,
    engine: Engine,
    visit: Visit,
    seance_id: int,
    came: Came | None = None,
) -> RemindersPage:
    """The same of a séance, to its members and to whoever prepares it. Raises NotFound."""
    subject = read_sitting(connection, visit.identity.organisme_id, seance_id, lock=False)
    back = Link(label=seance_name(subject.row), url=f"/seances/{seance_id}")
    foreseen = foresee_sitting(connection, engine, subject, visit.now)
    return _page(_Shown(connection, engine, visit, subject, came or Came()), back, foreseen)


class _Words(NamedTuple):
    """What the page calls its subject, and whoever its tâches fall to."""

    of_what: str
    holder: str


_WORDS = {
    DOSSIER: _Words("du dossier", "le référent"),
    SEANCE: _Words("de la séance", "qui prépare la séance"),
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """The subject of the page, who looks at it, and what came back to it."""

    connection: Connection
    engine: Engine
    visit: Visit
    subject: Subject
    came: Came

    @property
    def words(self) -> _Words:
        return _WORDS[self.subject.kind]


def _page(shown: _Shown, back: Link, foreseen: list[Coming]) -> RemindersPage:
    visit, subject, engine = shown.visit, shown.subject, shown.engine
    views = {each.id: _reminder(shown, each, f"{back.url}/relances/{each.id}") for each in foreseen}
    filters = Filters(subject=(subject.kind, subject.id))
    sent = letters(shown.connection, subject.tenant_id, filters, None, MOST_LETTERS)
    return RemindersPage(
        back=back,
        of_what=shown.words.of_what,
        stage=engine.machine(subject).pipeline.stage(subject.stage).label,
        coming=tuple(views[each.id] for each in foreseen if each.is_open),
        over=tuple(views[each.id] for each in foreseen if not each.is_open),
        letters=tuple(row_of(engine, each, {}, visit) for each in sent),
        all_letters_url=LIST,
        key=new_key(),
        conflict=shown.came.conflict,
    )


def _reminder(shown: _Shown, coming: Coming, at: str) -> ReminderView:
    state, tone = _STATES[coming.state]
    held, ready = coming.state == echeances.SUSPENDUE, coming.state == echeances.PREVUE
    touched = shown.visit.identity.may_write and coming.is_open
    return ReminderView(
        id=str(coming.id),
        label=coming.rule.label,
        state=f"{state}, à la main" if coming.by_hand and ready else state,
        tone=tone,
        when=coming.leaves_at or coming.due_at,
        way=_way(shown, coming),
        to="" if coming.many else coming.to,
        why=coming.why,
        against=coming.against,
        along=coming.along,
        version=coming.version,
        move=_moment(coming, shown.came) if touched else None,
        move_url=f"{at}/deplacer" if touched else "",
        hold_url=f"{at}/suspendre" if touched and ready else "",
        resume_url=f"{at}/reprendre" if touched and held else "",
        cancel_url=f"{at}/annuler" if touched else "",
        send_url=f"{at}/envoyer" if touched and not coming.against else "",
    )


def _way(shown: _Shown, coming: Coming) -> str:
    if coming.many is not None:
        return f"{to_each(coming)}\u00a0: {coming.to}" if coming.to else to_each(coming)
    if coming.way == TACHE:
        return f"une tâche pour {shown.words.holder}"
    if coming.way == PAPIER:
        return "une lettre à imprimer"
    return f"un e-mail à {coming.address}"


def to_each(coming: Coming) -> str:
    """« 9 e-mails et 2 lettres à imprimer »: one to each member concerned."""
    assert coming.many is not None, "of what goes to several"
    by_mail, on_paper = coming.many
    mails = counted(by_mail, "e-mail") if by_mail else ""
    letters = counted(on_paper, "lettre") + " à imprimer" if on_paper else ""
    return " et ".join(filter(None, [mails, letters])) or "personne n’est concerné aujourd’hui"


def _moment(coming: Coming, came: Came) -> FieldView:
    back = came.id == coming.id
    proposed = str(FIELD_TYPES["date_heure"].form(coming.leaves_at or coming.due_at))
    return FieldView(
        name=MOMENT,
        label="Jour et heure",
        type="date_heure",
        value=came.typed if back else proposed,
        error=came.faults.get(MOMENT, "") if back else "",
        scope=f"relance-{coming.id}",
        required=True,
    )
