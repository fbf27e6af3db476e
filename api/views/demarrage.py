"""The first page of an empty installation: start empty, or look round the demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FaultySummary, FieldGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class DemarragePage:
    """Two choices. `groups` are the questions of the first one (organisme, then direction)."""

    create_url: str
    demo_url: str
    groups: tuple[FieldGroup, ...]
    demo_contents: tuple[str, ...] = ()
    chosen: bool = False
    error: str = ""

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        return FaultySummary.of(*self.groups)
