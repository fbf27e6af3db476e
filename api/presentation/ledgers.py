"""The story of a journaled row (structure, séance, organisme…), as its page tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from api.views.sheets import Entry
from api.views.timeline import Change, EntryKind, Timeline, TimelineEntry
from grants.organisation.ledger import Ledger
from grants.organisation.roles import PIPELINE_ROLES
from workflow.dates import to_paris
from workflow.fields import FieldType
from workflow.journal_reading import Line, lines_of
from workflow.pipeline import Field

Title = Callable[[Line], str]
FieldOf = Callable[[Line, str], "Field | None"]

#: What is drawn beside an entry, by the first word of its event.
_KINDS: Mapping[str, EntryKind] = {"courrier": "courrier", "relance": "echeance"}


def story_of(
    connection: Connection,
    ledger: Ledger,
    id: int,
    field_of: FieldOf,
    types: Mapping[str, FieldType],
    title: Title | None = None,
) -> Timeline:
    """Every entry of a row, newest first. `field_of` tells what question a column answers."""
    lines = lines_of(connection, ledger.kind, id)
    entries = (_entry(ledger, line, field_of, types, title) for line in lines)
    return Timeline(entries=tuple(entries))


def among(fields: Iterable[Field]) -> FieldOf:
    """The questions of a form, by key, whatever the entry."""
    known = {field.key: field for field in fields}
    return lambda _line, key: known.get(key)


def _entry(
    ledger: Ledger,
    line: Line,
    field_of: FieldOf,
    types: Mapping[str, FieldType],
    title: Title | None,
) -> TimelineEntry:
    changes = tuple(_changes(line, field_of, types))
    news = tuple(Entry(label=each.label, value=each.after) for each in changes)
    is_new = not any(each.before for each in changes)
    return TimelineEntry(
        at=line.at,
        who=line.actor_name,
        role=PIPELINE_ROLES.get(line.role, line.role).lower() if line.actor_id else "",
        title=title(line) if title else ledger.label(line.event),
        kind="ouverture" if line.seq == 1 else _KINDS.get(line.event.partition("_")[0], "fiche"),
        reason=line.content.get("motif", ""),
        text=line.content.get("texte", ""),
        values=news if is_new else (),
        changes=() if is_new else changes,
        erased_on=to_paris(line.erased_at).date() if line.erased_at else None,
    )


def _changes(line: Line, field_of: FieldOf, types: Mapping[str, FieldType]) -> Iterable[Change]:
    champs: Mapping[str, Any] = line.content.get("champs", {})
    # The journal keeps its keys sorted: the name comes first again.
    for key in sorted(champs, key=lambda key: key != "nom"):
        field, pair = field_of(line, key), champs[key]
        if field is None:
            continue
        # A fact that has no « before » tells its values plainly.
        pair = pair if isinstance(pair, dict) else {"apres": pair}
        before, after = (_shown(field, types, pair.get(side)) for side in ("avant", "apres"))
        if before != after:
            yield Change(label=field.label, before=before, after=after)


def _shown(field: Field, types: Mapping[str, FieldType], kept: Any) -> str:
    kind = types[field.type]
    return "" if kept in (None, "") else kind.display(kind.load(kept), field)
