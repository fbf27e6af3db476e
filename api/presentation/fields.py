"""The typed fields of a pipeline as questions on a form, with what was typed or is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection

from api.form_reading import FieldNotAsked
from api.views.fields import Choice, FieldView
from api.views.fields import FieldType as Control
from grants.structures.departements import DEPARTEMENTS
from workflow.engine import Engine
from workflow.fields import UnknownField
from workflow.pipeline import Field

Typed = Mapping[str, "str | list[str] | None"]

# Types of the pipelines that have no control of their own name.
_CONTROLS: Mapping[str, Control] = {
    "departement": "choix",
    "collegue": "personne",
    "delais": "texte",
    "nombre": "texte",
    "partenaires": "texte_long",
    "participants": "texte_long",
    "rna": "texte",
    "url": "texte",
    "visites": "texte_long",
}
_NOT_ASKED = str(UnknownField())
_SHORT = frozenset({"montant", "date", "date_heure", "entier", "nombre", "departement"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Where questions are asked: the choices of their references come from the organisme."""

    connection: Connection
    engine: Engine
    organisme_id: int
    scope: str = ""
    typed: Typed | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises FieldNotAsked: such a fault has no question beside which it could be read."""
        for name, fault in self.faults.items():
            if fault == _NOT_ASKED:
                raise FieldNotAsked(name=name)


def questions(
    asking: Asking, fields: Iterable[Field], proposed: Mapping[str, Any]
) -> tuple[FieldView, ...]:
    """Each field with what was typed, else with the value already known."""
    return tuple(question(asking, each, proposed.get(each.key)) for each in fields)


def question(asking: Asking, spec: Field, value: Any) -> FieldView:
    """One field of a form."""
    shown = _shown(asking, spec, value)
    several = isinstance(shown, list)
    return FieldView(
        name=spec.key,
        label=spec.label,
        type=_control(spec.type),
        value="" if several else shown,
        values=tuple(shown) if several else (),
        choices=_choices(asking, spec),
        required=spec.required,
        help=spec.help,
        error=asking.faults.get(spec.key, ""),
        unit="€" if spec.type == "montant" else "",
        longest=spec.longest,
        scope=asking.scope,
        narrow=spec.type in _SHORT,
    )


def is_long(kind: str) -> bool:
    """Whether an answer of this type takes the whole width: several lines of text."""
    return _control(kind) == "texte_long"


def _control(kind: str) -> Control:
    return cast("Control", _CONTROLS.get(kind, kind))


def _shown(asking: Asking, spec: Field, value: Any) -> str | list[str]:
    if asking.typed is not None:
        return asking.typed.get(spec.key) or ""
    return asking.engine.vocabulary.field_types[spec.type].form(value)


def _choices(asking: Asking, spec: Field) -> tuple[Choice, ...]:
    reference = asking.engine.vocabulary.references.get(spec.type)
    if reference is not None:
        rows = reference.choices(asking.connection, asking.organisme_id)
        return tuple(Choice(value=str(id), label=label) for id, label in rows)
    if spec.type == "departement":
        names = ((code, f"{code} – {name}") for code, name in DEPARTEMENTS.items())
        return tuple(Choice(value=code, label=label) for code, label in names)
    if spec.type == "oui_non":
        return (Choice(value="oui", label="Oui"), Choice(value="non", label="Non"))
    return tuple(Choice(value=choice.key, label=choice.label) for choice in spec.choices)
