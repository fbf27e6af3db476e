"""The étiquettes of a dossier, on its page."""

from __future__ import annotations

from dataclasses import dataclass

from api.views.fields import FieldView


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierTag:
    """An étiquette: the list of those that bear it, and the way to take it off."""

    label: str
    url: str
    remove_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsSection:
    """The étiquettes, and the question that adds one, for whoever may write."""

    tags: tuple[DossierTag, ...] = ()
    url: str = ""
    field: FieldView | None = None
    open: bool = False
