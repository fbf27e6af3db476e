"""Tâches as lines with one click each, and the forms that give and change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from api.presentation.fields import Asking, questions
from api.presentation.stages import badge
from api.views.aujourdhui import Todo
from api.views.chrome import Link
from api.views.dossier import DossierTasks, SmallForm
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.stages import Avatar
from api.views.taches import TachePage
from api.wording import ago
from grants.dossiers.board import DossierLine
from grants.dossiers.taches.queries import TaskLine, tasks_of_dossier
from grants.dossiers.taches.service import DOSSIER_FIELD, TACHE_FIELDS
from grants.organisation.identity import Identity
from workflow.calendar import next_working_day_on_or_after
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline

HOME = "/aujourdhui"
TASKS = "/taches"


def task_todo(
    engine: Engine, task: TaskLine, identity: Identity, now: datetime, back: str, *, named: bool
) -> Todo:
    """A tâche as a line. `named`: with whoever it falls to."""
    url = f"{TASKS}/{task.id}"
    today = to_paris(now).date()
    done, writes = task.faite_le is not None, identity.may_write
    shown = dossier_part(engine, task.dossier) if task.dossier else {}
    return Todo(
        kind="tache",
        title=task.titre,
        when=ago(task.faite_le or task.pour_le, now),
        exactly=format_date(task.pour_le),
        url=url if writes and not done else None,
        note=_told(task),
        who=Avatar(nom=task.pour) if named and task.pour else None,
        late=not done and task.pour_le < today,
        done_url=f"{url}/faite" if writes and not done else None,
        reopen_url=f"{url}/rouvrir" if writes and done else None,
        back=back,
        task_id=task.id,
        **shown,
    )


def dossier_part(engine: Engine, line: DossierLine) -> dict[str, Any]:
    """What a line says of its dossier."""
    pipeline = pipeline_of(engine, line)
    return {
        "about": f"{line.reference} · {line.carried_by}",
        "about_url": f"/dossiers/{line.id}",
        "dossier_id": line.id,
        "stage": badge(pipeline, line.stage),
    }


def pipeline_of(engine: Engine, line: DossierLine) -> Pipeline:
    """The version of the pipeline that a line's dossier follows."""
    return engine.catalogue.machine(line.pipeline, line.pipeline_version).pipeline


def dossier_tasks(
    asking: Asking, identity: Identity, dossier_id: int, now: datetime
) -> DossierTasks:
    """The tâches of a dossier; `asking` carries the form that came back, if one did."""
    lines = tasks_of_dossier(asking.connection, dossier_id)
    back = f"/dossiers/{dossier_id}#taches"

    def todos(done: bool) -> tuple[Todo, ...]:
        shown = (each for each in lines if (each.faite_le is not None) == done)
        engine = asking.engine
        return tuple(task_todo(engine, each, identity, now, back, named=True) for each in shown)

    form = _small_form(asking, identity, dossier_id, now)
    return DossierTasks(open=todos(False), done=todos(True), form=form)


def new_task_form(asking: Asking, identity: Identity, now: datetime) -> FormView:
    """Giving a tâche from *Aujourd'hui*: to oneself, for the next working day, unless changed."""
    asked = questions(asking, (*TACHE_FIELDS, DOSSIER_FIELD), _proposed(identity, now))
    return FormView(
        url=TASKS,
        groups=(FieldGroup(fields=asked),),
        submit="Ajouter la tâche",
        idempotency_key=uuid4().hex,
    )


def task_page(
    asking: Asking,
    row: Mapping[str, Any],
    dossier: Link | None,
    *,
    version: int | None = None,
    conflict: str = "",
) -> TachePage:
    """One tâche as a form; `asking` carries what came back."""
    told = f"Confiée par {row['auteur']} le {format_date(to_paris(row['creee_le']).date())}."
    known = {"titre": row["titre"], "pour": row["pour_id"], "pour_le": row["pour_le"]}
    return TachePage(
        title=row["titre"],
        told=told,
        form=FormView(
            url=f"{TASKS}/{row['id']}",
            groups=(FieldGroup(fields=questions(asking, TACHE_FIELDS, known)),),
            submit="Enregistrer",
            cancel_url=HOME,
            lock_version=row["version"] if version is None else version,
            conflict=conflict,
        ),
        back=Link(label="Aujourd’hui", url=HOME),
        dossier=dossier,
    )


def _small_form(
    asking: Asking, identity: Identity, dossier_id: int, now: datetime
) -> SmallForm | None:
    if not identity.may_write:
        return None
    return SmallForm(
        url=f"/dossiers/{dossier_id}/taches",
        title="Ajouter une tâche",
        button="Ajouter la tâche",
        fields=questions(asking, TACHE_FIELDS, _proposed(identity, now)),
        idempotency_key=uuid4().hex,
        open=bool(asking.faults),
    )


def _proposed(identity: Identity, now: datetime) -> dict[str, Any]:
    tomorrow = to_paris(now).date() + timedelta(days=1)
    return {"pour": identity.compte_id, "pour_le": next_working_day_on_or_after(tomorrow)}


def _told(task: TaskLine) -> str:
    """Where a tâche comes from; nothing for the ones that people give themselves."""
    if task.faite_par and task.faite_par != task.pour:
        return f"faite par {task.faite_par}"
    if task.by_reminder:
        return "rappel du parcours"
    if task.pour is None:
        return "personne ne l’a encore prise"
    return "" if task.auteur == task.pour else f"confiée par {task.auteur}"
