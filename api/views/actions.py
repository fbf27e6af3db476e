"""« Que faire maintenant » : what may be done with a dossier, and why the rest cannot yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from api.views.drafts import DraftView
from api.views.fields import FaultySummary, FieldGroup, FieldView

ActionTone = Literal["avance", "retour", "sortie", "correction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an action is refused; `url` leads to the place where it can be mended (« #fiche-… »)."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNotice:
    """A letter that the action prepares: sent as it is, or to be validated first."""

    title: str
    to_validate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """One action of the present stage, with its form when it is allowed.

    `reason` is the question asked when a reason is owed. `open` shows the form at once: set it
    when the form comes back with faults, or when the address names the action. `reserved_to`
    names the role that may do it (« la direction »): such an action comes apart, without a form.
    `lock_version` and `idempotency_key` are posted with the form.
    """

    key: str
    label: str
    to_label: str = ""
    help: str = ""
    url: str = ""
    tone: ActionTone = "avance"
    allowed: bool = True
    reasons: tuple[Reason, ...] = ()
    fields: tuple[FieldView, ...] = ()
    reason: FieldView | None = None
    letters: tuple[LetterNotice, ...] = ()
    open: bool = False
    reserved_to: str = ""
    lock_version: int = 0
    idempotency_key: str = ""
    draft: DraftView | None = None

    @property
    def anchor(self) -> str:
        """The id of the action on the page."""
        return f"action-{self.key}"

    @property
    def faults(self) -> FaultySummary:
        """What to mend, field by field."""
        asked = (*self.fields, self.reason) if self.reason else self.fields
        return FaultySummary.of(FieldGroup(fields=asked))
