"""What was typed in a form that the page no longer shows: kept in sight, never lost."""

from __future__ import annotations

from collections.abc import Iterable

from api.presentation.dossier_forms import Looking
from api.presentation.fields import Asking, Typed, questions
from api.views.dossier import DossierPage
from api.views.fields import FieldView
from api.views.sheets import Entry
from grants.dossiers.answers import REASON
from grants.finances.form import amount_fields, line_fields, numbers_of
from workflow.pipeline import Field, Pipeline

_REASON = Field(key=REASON, label="Motif", type="texte_long")


def set_aside(
    asking: Asking, pipeline: Pipeline, looking: Looking, view: DossierPage
) -> tuple[Entry, ...]:
    """The answers of a form that came back and has no place on the page as it stands now."""
    resumed, edited = looking.resumed, looking.edited
    if resumed is not None and not any(each.open for each in view.possible):
        action = pipeline.action(resumed.action)
        fields = (*action.fields, _REASON) if action else ()
        return _entries(asking, fields, resumed.typed)
    if edited is not None and edited.typed and not any(each.form for each in view.sheets):
        sheet = pipeline.sheet(edited.key)
        return _entries(asking, sheet.fields if sheet else (), edited.typed)
    plan = looking.plan
    if plan is not None and plan.typed and not (view.plan and view.plan.form):
        return _plan_entries(asking, pipeline, plan.typed)
    return ()


def _plan_entries(asking: Asking, pipeline: Pipeline, typed: Typed) -> tuple[Entry, ...]:
    lines = (field for number in numbers_of(typed) for field in line_fields(number))
    return _entries(asking, (*amount_fields(pipeline), *lines), typed)


def _entries(asking: Asking, fields: Iterable[Field], typed: Typed) -> tuple[Entry, ...]:
    here = Asking(asking.connection, asking.engine, asking.organisme_id, typed=typed)
    asked = questions(here, fields, {})
    return tuple(
        Entry(label=each.label, value=_written(each), wide=each.type == "texte_long")
        for each in asked
        if _written(each)
    )


def _written(field: FieldView) -> str:
    """What was typed; the words of a choice rather than its key."""
    words = {choice.value: choice.label for choice in field.choices}
    return ", ".join(words.get(value, value) for value in (field.value, *field.values) if value)
