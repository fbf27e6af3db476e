"""The start code, asked from whoever opens an empty installation from another machine."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """One question. The code was printed where the program was started."""

    url: str
    code: FieldView
