"""The reminders and the letters of a dossier, as their page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from api.forms import new_key
from api.presentation.courriers import LIST, row_of
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.relances import RemindersPage, ReminderView
from api.visit import Visit
from grants.dossiers.reading import KIND, read_subject
from grants.relances.by_hand import MOMENT
from grants.relances.foreseeing import TACHE, Coming, foresee
from notifications.letter_queries import Filters, letters
from notifications.outbox import PAPIER
from workflow import echeances
from workflow.engine import Engine
from workflow.fields import FIELD_TYPES

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
    identity, came = visit.identity, came or Came()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
    at = f"/dossiers/{dossier_id}"
    foreseen = foresee(connection, engine, subject, visit.now)
    shown = {
        each.id: _reminder(each, f"{at}/relances/{each.id}", came, may_write=identity.may_write)
        for each in foreseen
    }
    filters = Filters(subject=(KIND, dossier_id))
    sent = letters(connection, identity.organisme_id, filters, None, MOST_LETTERS)
    stage = engine.machine(subject).pipeline.stage(subject.stage)
    return RemindersPage(
        back=Link(label=subject.row["reference"], url=at),
        stage=stage.label,
        coming=tuple(shown[each.id] for each in foreseen if each.is_open),
        over=tuple(shown[each.id] for each in foreseen if not each.is_open),
        letters=tuple(row_of(engine, each, {}, visit) for each in sent),
        all_letters_url=LIST,
        key=new_key(),
        conflict=came.conflict,
    )


def _reminder(coming: Coming, at: str, came: Came, *, may_write: bool) -> ReminderView:
    state, tone = _STATES[coming.state]
    held, ready = coming.state == echeances.SUSPENDUE, coming.state == echeances.PREVUE
    touched = may_write and coming.is_open
    return ReminderView(
        id=str(coming.id),
        label=coming.rule.label,
        state=f"{state}, à la main" if coming.by_hand and ready else state,
        tone=tone,
        when=coming.leaves_at or coming.due_at,
        way=_way(coming),
        to=coming.to,
        why=coming.why,
        against=coming.against,
        along=coming.along,
        version=coming.version,
        move=_moment(coming, came) if touched else None,
        move_url=f"{at}/deplacer" if touched else "",
        hold_url=f"{at}/suspendre" if touched and ready else "",
        resume_url=f"{at}/reprendre" if touched and held else "",
        cancel_url=f"{at}/annuler" if touched else "",
        send_url=f"{at}/envoyer" if touched and not coming.against else "",
    )


def _way(coming: Coming) -> str:
    if coming.way == TACHE:
        return "une tâche pour le référent"
    if coming.way == PAPIER:
        return "une lettre à imprimer"
    return f"un e-mail à {coming.address}"


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
