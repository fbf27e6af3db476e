"""The form of an action or of a sheet: read, checked, every fault named at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.fields import parse_fields
from workflow.pipeline import Action, Field
from workflow.references import NotListed
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text

LONGEST_REASON = 2000
REASON = "motif"


@dataclass(frozen=True, slots=True)
class Answers:
    """Typed answers by field key, the reason given, and the names behind the references."""

    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def read_answers(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    action: Action,
    raw: Mapping[str, Any],
    reason: str | None,
) -> Answers:
    """What an action's form says. Raises Invalid with every fault by field."""
    given, faults = _reason(action, reason)
    values, labels, more = read_fields(connection, engine, subject.tenant_id, action.fields, raw)
    faults |= more
    if faults:
        raise Invalid(faults)
    return Answers(values, given, labels)


def read_fields(
    connection: Connection,
    engine: Engine,
    tenant_id: int,
    fields: Iterable[Field],
    raw: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Values of the fields that were sent, names of the rows referred to, faults."""
    fields = tuple(fields)
    values, faults = parse_fields(fields, raw, engine.vocabulary.field_types)
    sent = {key: value for key, value in values.items() if key in raw}
    labels: dict[str, str] = {}
    for spec in fields:
        kind = engine.vocabulary.references.get(spec.type)
        if kind is None or sent.get(spec.key) is None:
            continue
        label = kind.label(connection, tenant_id, sent[spec.key])
        if label is None:
            faults[spec.key] = str(NotListed())
        else:
            labels[spec.key] = label
    return sent, labels, faults


def _reason(action: Action, reason: str | None) -> tuple[str | None, dict[str, str]]:
    try:
        given = clean_text(reason or "", longest=LONGEST_REASON, multiline=True)
    except TextFault as fault:
        return None, {REASON: str(fault)}
    if action.reason and not given:
        return None, {REASON: "Indiquez le motif : il figurera au journal et dans le courrier."}
    if given and not action.reason:
        return None, {REASON: "Cette action ne demande pas de motif. Laissez ce champ vide."}
    return given or None, {}
