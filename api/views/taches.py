"""The page that changes a tâche."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.forms import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class TachePage:
    """One tâche as a form. `told` says who gave it and when."""

    title: str
    told: str
    form: FormView
    back: Link
    dossier: Link | None = None
