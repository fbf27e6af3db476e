"""A pipeline explained: its graph, then its stages and actions in words."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.chrome import Link
from api.views.diagram import Diagram
from api.views.stages import PhaseTone


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """A stage in the table. `public_label` is empty when the porteur sees nothing of it."""

    label: str
    phase: str
    tone: PhaseTone
    public_label: str = ""
    final: bool = False
    present: bool = False
    count: int | None = None
    list_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An action in the table: from, to, by whom, on what conditions, with what letters."""

    label: str
    origin: str
    destination: str
    by: str
    conditions: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelinePage:
    """The page of a pipeline; `dossier` leads back when it was opened from one."""

    label: str
    version: int
    description: str
    diagram: Diagram
    stages: tuple[StageLine, ...]
    actions: tuple[ActionLine, ...]
    dossier: Link | None = None
    others: tuple[Link, ...] = ()
