"""A question on a form: what it asks, what was typed, and what is wrong with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FieldType = Literal[
    "texte",
    "texte_long",
    "montant",
    "date",
    "date_heure",
    "choix",
    "choix_multiple",
    "oui_non",
    "entier",
    "personne",
    "seance",
    "structure",
    "dossier",
    "email",
    "telephone",
    "siret",
    "iban",
    "mot_de_passe",
    "fichier",
    "case",
    "recherche",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One possible answer. `note` is shown beside it where there is room."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A question, with the answer as it was typed.

    `value` holds the typed text (or the proposed one): "23 000,00" for an amount, "2026-03-12"
    for a date, "2026-03-12T14:30" for a date-time, "oui" / "non", the choice's `value`.
    `values` holds the answers of a `choix_multiple`. `proposed` says where a value that nobody
    typed comes from ("proposé : le montant demandé"). `scope` keeps ids apart when the same name
    stands in several forms of one page.
    """

    name: str
    label: str
    type: FieldType = "texte"
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    required: bool = False
    help: str = ""
    proposed: str = ""
    error: str = ""
    placeholder: str = ""
    unit: str = ""
    autocomplete: str = "off"
    longest: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    suggestions: tuple[str, ...] = ()
    scope: str = ""
    narrow: bool = False
    focus: bool = False

    @property
    def id(self) -> str:
        """The id of the control; the help and the error add a suffix to it."""
        return f"{self.scope}-{self.name}" if self.scope else self.name

    @property
    def readable(self) -> bool:
        """Whether a date picker can hold the value; if not, a text field keeps what was typed."""
        if not self.value:
            return True
        form = "%Y-%m-%d" if self.type == "date" else "%Y-%m-%dT%H:%M"
        try:
            return bool(datetime.strptime(self.value, form))  # noqa: DTZ007 — never compared
        except ValueError:
            return False

    @property
    def multiple(self) -> bool:
        """Whether several answers may be given."""
        return self.type == "choix_multiple"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Questions asked together, under a title."""

    fields: tuple[FieldView, ...]
    title: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultySummary:
    """What to mend before a form can be taken, each line leading to its field."""

    faults: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, *groups: FieldGroup) -> FaultySummary:
        """Collect (id of the control, « Intitulé : ce qui ne va pas ») of every faulty field."""
        return cls(
            faults=tuple(
                (field.id, f"{field.label} : {field.error}")
                for group in groups
                for field in group.fields
                if field.error
            )
        )
