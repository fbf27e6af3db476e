"""The small forms of a dossier's page, and how the page is looked at when one comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import Connection

from api.presentation.actions import Resumed
from api.presentation.drafts import Drafts
from api.presentation.fields import Asking, Typed, questions
from api.presentation.pieces import ResumedPiece
from api.presentation.plan import EditedPlan
from api.presentation.sheets import EditedSheet
from api.views.dossier import Conflict, NoteForm, ReferentForm, SmallForm
from api.views.fields import Choice, FieldView
from grants.dossiers.appointments import APPOINTMENT_FIELDS
from grants.dossiers.notes import LONGEST_NOTE
from grants.organisation.identity import Identity
from grants.organisation.vocabulary import collegue_choices
from workflow.errors import Stale
from workflow.pipeline import Pipeline
from workflow.subject import Subject


@dataclass(frozen=True, slots=True)
class Looking:
    """How the page is looked at: a form that came back, a sheet being changed, a conflict."""

    resumed: Resumed | None = None
    edited: EditedSheet | None = None
    conflict: Conflict | None = None
    notice: str = ""
    moves_only: bool = False
    note_text: str = ""
    note_fault: str = ""
    referent_fault: str = ""
    link_text: str = ""
    link_fault: str = ""
    tag_text: str = ""
    tag_fault: str = ""
    piece: ResumedPiece | None = None
    plan: EditedPlan | None = None
    appointment_typed: Typed | None = None
    appointment_faults: Mapping[str, str] = field(default_factory=dict)
    tache_typed: Typed | None = None
    tache_faults: Mapping[str, str] = field(default_factory=dict)
    time_typed: Typed | None = None
    time_faults: Mapping[str, str] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=dict)


def conflict_of(error: Stale, dossier_id: int) -> Conflict | None:
    """Who changed the dossier first, as its page tells it."""
    if error.at is None:
        return None
    return Conflict(
        who=str(error.details["who"]),
        at=error.at,
        what=(str(error.details["what"]),),
        reload_url=f"/dossiers/{dossier_id}",
    )


def referent_form(
    connection: Connection, identity: Identity, subject: Subject, looking: Looking
) -> ReferentForm | None:
    """Giving the dossier to a colleague."""
    if not identity.may_write:
        return None
    colleagues = collegue_choices(connection, identity.organisme_id)
    present = subject.row["referent_id"]
    return ReferentForm(
        url=f"/dossiers/{subject.id}/referent",
        field=FieldView(
            name="referent",
            label="Confier le dossier à",
            type="choix",
            value=str(present) if present else "",
            choices=tuple(Choice(value=str(id), label=nom) for id, nom in colleagues),
            error=looking.referent_fault,
        ),
        lock_version=subject.lock_version,
        open=bool(looking.referent_fault),
    )


def note_form(identity: Identity, subject: Subject, looking: Looking) -> NoteForm | None:
    """Writing a note."""
    if not identity.may_write:
        return None
    return NoteForm(
        url=f"/dossiers/{subject.id}/notes",
        field=FieldView(
            name="texte",
            label="Nouvelle note",
            type="texte_long",
            value=looking.note_text,
            error=looking.note_fault,
            longest=LONGEST_NOTE,
            scope="note",
        ),
        idempotency_key=uuid4().hex,
    )


def appointment_form(
    asking: Asking, identity: Identity, pipeline: Pipeline, subject: Subject, looking: Looking
) -> SmallForm | None:
    """Another appointment, while the dossier is not at its end."""
    if not identity.may_write or pipeline.stage(subject.stage).final:
        return None
    here = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope="rdv",
        typed=looking.appointment_typed,
        faults=looking.appointment_faults,
    )
    return SmallForm(
        url=f"/dossiers/{subject.id}/rendez-vous",
        title="Fixer un rendez-vous",
        button="Enregistrer le rendez-vous",
        fields=questions(here, APPOINTMENT_FIELDS, {}),
        idempotency_key=uuid4().hex,
        open=bool(looking.appointment_faults),
    )


def link_form(identity: Identity, subject: Subject, looking: Looking) -> SmallForm | None:
    """Another dossier to tie to this one, by its reference."""
    if not identity.may_write:
        return None
    return SmallForm(
        url=f"/dossiers/{subject.id}/liens",
        title="Lier un autre dossier",
        button="Lier",
        fields=(
            FieldView(
                name="reference",
                label="Sa référence",
                value=looking.link_text,
                required=True,
                placeholder="MP-2026-014",
                error=looking.link_fault,
                longest=20,
                scope="lien",
            ),
        ),
        open=bool(looking.link_fault),
    )
