"""What the clock looks for: échéances whose moment has come, dossiers that stand somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, literal_column, or_, select, text

from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier
from workflow import echeances
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.many import Among
from workflow.statements import Statement

_D, _E = table_of(Dossier), table_of(Echeance)
_Place = tuple[str, int, str]
# Written out, not bound: an index is partial on it.
_TO_COME = text(f"echeance.state = '{echeances.PREVUE}'")
_REMINDER = text(f"echeance.kind = '{echeances.RELANCE}' AND echeance.subject_kind = '{KIND}'")
_ANY = Statement(
    select(literal_column("1"))
    .select_from(_E)
    .where(_TO_COME, _E.c.due_at <= bindparam("now_"))
    .limit(1)
)
_ACTION = Statement(
    select(literal_column("1"))
    .select_from(_E)
    .where(_TO_COME, text(f"echeance.kind = '{echeances.ACTION}'"))
    .where(_E.c.due_at <= bindparam("now_"))
    .limit(1)
)
#: Where a walk through what is due begins: before everything.
BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), 0)
Place = tuple[datetime, int]


class Person(NamedTuple):
    """Whoever reminders go to: a personne, or the dossier itself while it has no porteur."""

    organisme_id: int
    personne_id: int | None
    dossier_id: int | None


class Due(NamedTuple):
    """One reminder that is due, as it was found; whoever sees to it reads it again, locked."""

    id: int
    organisme_id: int
    dossier_id: int
    rule: str
    due_at: datetime
    pipeline: str
    pipeline_version: int
    stage: str
    person: Person


_OLDEST = Statement(
    select(
        _E.c.id,
        _E.c.tenant_id,
        _E.c.subject_id,
        _E.c.rule,
        _E.c.due_at,
        _D.c.pipeline,
        _D.c.pipeline_version,
        _D.c.stage,
        _D.c.porteur_id,
    )
    .join(_D, _D.c.id == _E.c.subject_id)
    .where(*echeances.reminders_of(KIND), _E.c.due_at <= bindparam("now"))
    .where(_E.c.due_at >= bindparam("moment"))
    .where(or_(_E.c.due_at > bindparam("moment"), _E.c.id > bindparam("after")))
    .order_by(_E.c.due_at, _E.c.id)
    .limit(bindparam("most"))
)


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether any échéance is due: the one question that an idle clock asks."""
    return _ANY.first(connection, {"now_": now}) is not None


def action_due(connection: Connection, now: datetime) -> bool:
    """Whether any timed action is due: nobody is kept from writing to find that none is."""
    return _ACTION.first(connection, {"now_": now}) is not None


def reminders_due(connection: Connection, now: datetime, after: Place, most: int) -> list[Due]:
    """The oldest reminders that are due after a place in their order, soonest first."""
    moment, id = after
    asked = {"now": now, "moment": moment, "after": id, "most": most}
    return [_due(row) for row in _OLDEST.rows(connection, asked)]


def _due(row: Mapping[Any, Any]) -> Due:
    porteur, dossier = row["porteur_id"], row["subject_id"]
    return Due(
        id=row["id"],
        organisme_id=row["tenant_id"],
        dossier_id=dossier,
        rule=row["rule"],
        due_at=row["due_at"],
        pipeline=row["pipeline"],
        pipeline_version=row["pipeline_version"],
        stage=row["stage"],
        person=Person(row["tenant_id"], porteur, None if porteur else dossier),
    )


_DUE_ON = Statement(
    select(*_E.c)
    .where(
        Among(_E.c.subject_id, "dossiers"),
        _TO_COME,
        _REMINDER,
        _E.c.due_at <= bindparam("now"),
    )
    .order_by(_E.c.due_at, _E.c.id)
)
_CARRIED_BY = Statement(select(_D.c.id, _D.c.porteur_id).where(Among(_D.c.porteur_id, "porteurs")))


def echeances_due_to(
    connection: Connection, people: Collection[Person], now: datetime
) -> list[tuple[Person, Mapping[str, Any]]]:
    """Every reminder that is due to these people, whatever the dossier, soonest first."""
    dossiers = _dossiers_of(connection, people)
    rows = _DUE_ON.rows(connection, {"dossiers": list(dossiers), "now": now})
    return [(dossiers[row["subject_id"]], row) for row in rows]


def _dossiers_of(connection: Connection, people: Collection[Person]) -> dict[int, Person]:
    """Every dossier of these people, with whose it is."""
    found = {each.dossier_id: each for each in people if each.dossier_id is not None}
    porteurs = {each.personne_id: each for each in people if each.personne_id is not None}
    if porteurs:
        rows = _CARRIED_BY.rows(connection, {"porteurs": list(porteurs)})
        found |= {row["id"]: porteurs[row["porteur_id"]] for row in rows}
    return found


def ids_standing_in(database: Database, places: Iterable[_Place]) -> list[tuple[int, int]]:
    """(organisme, dossier) of every dossier that stands in one of these stages."""
    found: list[tuple[int, int]] = []
    with database.reading() as session:
        for pipeline, version, stage in places:
            query = select(_D.c.organisme_id, _D.c.id).where(
                _D.c.pipeline == pipeline, _D.c.pipeline_version == version, _D.c.stage == stage
            )
            found += [(row.organisme_id, row.id) for row in session.connection().execute(query)]
    return found
