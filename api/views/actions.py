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


class ActionsOnOffer:
    """What a page says of its actions, sorted as they are shown."""

    __slots__ = ()
    actions: tuple[ActionView, ...]

    @property
    def possible(self) -> tuple[ActionView, ...]:
        """What the reader may do now, moves forward first."""
        order = ("avance", "retour", "sortie", "correction")
        open_to_reader = [a for a in self.actions if a.allowed and not a.reserved_to]
        return tuple(sorted(open_to_reader, key=lambda action: order.index(action.tone)))

    @property
    def moves(self) -> tuple[ActionView, ...]:
        """Among those, what takes the dossier on, or back to be mended."""
        return tuple(a for a in self.possible if a.tone in ("avance", "retour"))

    @property
    def exits(self) -> tuple[ActionView, ...]:
        """Among those, what ends it, or corrects its history: offered apart, more quietly."""
        return tuple(a for a in self.possible if a.tone in ("sortie", "correction"))

    @property
    def refused(self) -> tuple[ActionView, ...]:
        """What the reader could do, were it not for the reasons given."""
        return tuple(a for a in self.actions if not a.allowed and not a.reserved_to)

    @property
    def reserved(self) -> tuple[ActionView, ...]:
        """What others may do."""
        return tuple(action for action in self.actions if action.reserved_to)
