"""Échéances: what is due on a subject and when; planned, replanned and cancelled with its moves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from workflow.calendar import Delay, sending_moment
from workflow.database import column_names, table_of
from workflow.dates import to_paris
from workflow.echeance_table import Echeance
from workflow.pipeline import ENTRY, Action, Pipeline, ReminderRule, Timer
from workflow.statements import Statement
from workflow.subject import Subject

RELANCE, ACTION = "relance", "action"
#: `annulee`: its stage or its date is gone, and may come back; `arretee`: a named event, or
#: somebody, ended it.
PREVUE, SUSPENDUE, FAITE, ANNULEE, ARRETEE = "prevue", "suspendue", "faite", "annulee", "arretee"
_TABLE = table_of(Echeance)


@dataclass(frozen=True, slots=True)
class Planned:
    """One moment to come: a reminder's occurrence, or an action that the system will take."""

    kind: str
    rule: str
    occurrence: int
    due_at: datetime
    anchored_on: date


def plan(
    pipeline: Pipeline,
    stage: str,
    since: datetime,
    facts: Mapping[str, Any],
    territoire: str = "metropole",
    own: Mapping[str, Any] = MappingProxyType({}),
) -> list[Planned]:
    """What the rules of a stage make due, from its entry or from the dates that are known.

    `own`: the parameters in force, which say when each reminder leaves.
    """
    entered = to_paris(since).date()
    planned: list[Planned] = []
    for rule in pipeline.reminders(stage, own):
        day = entered if rule.anchor == ENTRY else _day(facts.get(rule.anchor))
        if day is not None:
            planned += _occurrences(rule, day, territoire)
    for action in pipeline.actions:
        if action.timer is not None and stage in pipeline.origins(action):
            planned += _timed(action, entered, facts, territoire)
    # A reminder due before the stage was even entered is past; an action due then is late.
    return [each for each in planned if each.kind == ACTION or each.due_at > since]


def anchors_of(pipeline: Pipeline, stage: str) -> frozenset[str]:
    """The date facts that the rules of a stage hang on."""
    rules = {rule.anchor for rule in pipeline.stage(stage).reminders}
    timers = {
        action.timer.anchor
        for action in pipeline.actions
        if action.timer is not None and stage in pipeline.origins(action)
    }
    return frozenset((rules | timers) - {ENTRY})


# Written out, not bound: SQLite would plan the statement anew at each value of a state, since an
# index is partial on it.
_TO_COME: Any = text(f"echeance.state = '{PREVUE}'")
_IS_OPEN = text(f"state IN ('{PREVUE}', '{SUSPENDUE}')")
_INSERT = Statement(
    insert(_TABLE).values({name: bindparam(name) for name in column_names(_TABLE, without="id")})
)
_CANCEL = Statement(
    update(_TABLE)
    .where(
        _TABLE.c.subject_kind == bindparam("kind_"),
        _TABLE.c.subject_id == bindparam("id_"),
        _IS_OPEN,
    )
    .values(state=ANNULEE, settled_at=bindparam("at_"))
)
_OF_THE_STAGE = Statement(
    select(*_TABLE.c)
    .where(
        _TABLE.c.subject_kind == bindparam("kind_"),
        _TABLE.c.subject_id == bindparam("id_"),
        _TABLE.c.planned_seq >= bindparam("since_seq"),
    )
    .order_by(_TABLE.c.id)
)
_REVIVE = Statement(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("id_"))
    .values(
        state=PREVUE,
        due_at=bindparam("due_"),
        anchored_on=bindparam("day_"),
        settled_at=None,
        moved_by_hand=False,
    )
)
_DONE = Statement(
    update(_TABLE)
    .where(
        _TABLE.c.subject_kind == bindparam("kind_"),
        _TABLE.c.subject_id == bindparam("id_"),
        _TABLE.c.kind == bindparam("what_"),
        _TABLE.c.rule == bindparam("rule_"),
        _IS_OPEN,
    )
    .values(state=FAITE, settled_at=bindparam("at_"))
)
_RESCHEDULE = Statement(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("id_"))
    .values(due_at=bindparam("due_"), anchored_on=bindparam("day_"))
)
_DUE = Statement(
    select(*_TABLE.c)
    .where(_TO_COME, _TABLE.c.kind == bindparam("kind_"), _TABLE.c.due_at <= bindparam("now_"))
    .order_by(_TABLE.c.due_at)
    .limit(bindparam("most_"))
    .with_for_update(skip_locked=True)
)
_PUT_OFF = Statement(
    update(_TABLE).where(_TABLE.c.id == bindparam("id_")).values(due_at=bindparam("due_"))
)
_SETTLE = Statement(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("id_"))
    .values(state=bindparam("state_"), settled_at=bindparam("at_"))
)


def start_stage(
    connection: Connection, subject: Subject, planned: list[Planned], at: datetime
) -> None:
    """A stage was entered: what was open is cancelled, what its rules make due is planned."""
    cancel_open(connection, subject, at)
    _INSERT.run_many(connection, [_row(subject, each) for each in planned])


def plan_many(connection: Connection, planned: Iterable[tuple[Subject, Planned]]) -> None:
    """Write what is due on many subjects that had nothing yet."""
    _INSERT.run_many(connection, [_row(subject, each) for subject, each in planned])


def cancel_open(connection: Connection, subject: Subject, at: datetime) -> None:
    """Cancel whatever is still open on a subject."""
    _CANCEL.run(connection, {"kind_": subject.kind, "id_": subject.id, "at_": at})


def return_to_stage(
    connection: Connection, subject: Subject, planned: list[Planned], at: datetime
) -> None:
    """A move was taken back: its échéances are cancelled, those that it had cancelled go on."""
    cancel_open(connection, subject, at)
    refresh(connection, subject, planned, at)
    _resume_restarted(connection, subject, {each.rule for each in planned if each.kind == ACTION})


def _resume_restarted(connection: Connection, subject: Subject, rules: Container[str]) -> None:
    """A delay that an event had restarted goes on from that event, not from the entry."""
    last = {
        row["rule"]: row
        for row in _stage(connection, subject)
        if row["rule"] in rules and _was_restarted(row)
    }
    for row in last.values():
        if row["state"] == ANNULEE:
            values = {"id_": row["id"], "due_": row["due_at"], "day_": row["anchored_on"]}
            _REVIVE.run(connection, values)


def refresh(connection: Connection, subject: Subject, planned: list[Planned], at: datetime) -> bool:
    """A date changed: move, add or cancel open échéances so that they follow. True if any did.

    What was stopped by an event, or moved or paused by hand, is left as it is; what was done too,
    unless its date changed: it is then due again. A reminder whose moment is already past when it
    is planned is not sent late; an action is taken late.
    """
    there = {
        (row["kind"], row["rule"], row["occurrence"]): row for row in _stage(connection, subject)
    }
    wanted = {
        (each.kind, each.rule, each.occurrence): each
        for each in planned
        if each.kind == ACTION or each.due_at > at
    }
    known = {(each.kind, each.rule, each.occurrence): each.anchored_on for each in planned}
    changed = [
        _follow(connection, row, known.get(key), wanted.get(key), at) for key, row in there.items()
    ]
    fresh = [each for key, each in wanted.items() if key not in there]
    _INSERT.run_many(connection, [_row(subject, each) for each in fresh])
    return any(changed) or bool(fresh)


def _follow(
    connection: Connection,
    row: Mapping[str, Any],
    anchored_on: date | None,
    wanted: Planned | None,
    at: datetime,
) -> bool:
    """One known échéance after a change of dates. `anchored_on` is None when its date is gone."""
    asked_again = row["state"] == FAITE and row["anchored_on"] != anchored_on
    if (row["state"] == ANNULEE or asked_again) and wanted is not None:
        values = {"id_": row["id"], "due_": wanted.due_at, "day_": wanted.anchored_on}
        _REVIVE.run(connection, values)
        return True
    if row["state"] != PREVUE or row["moved_by_hand"] or _was_restarted(row):
        return False
    if row["anchored_on"] == anchored_on:
        return False
    if wanted is None:
        settle(connection, row["id"], ANNULEE, at)
    else:
        values = {"id_": row["id"], "due_": wanted.due_at, "day_": wanted.anchored_on}
        _RESCHEDULE.run(connection, values)
    return True


def signal(
    connection: Connection,
    subject: Subject,
    pipeline: Pipeline,
    event: str,
    at: datetime,
    territoire: str = "metropole",
) -> None:
    """A named event happened: timers that it restarts count again from now, others end.

    Nothing is asked of the database where no timer of the stage names the event.
    """
    timers = listening(pipeline, subject.stage, event)
    rows = _stage(connection, subject) if timers else []
    for rule, timer in timers.items():
        of_rule = [row for row in rows if (row["kind"], row["rule"]) == (ACTION, rule)]
        for row in of_rule:
            if row["state"] in (PREVUE, SUSPENDUE):
                settle(connection, row["id"], ARRETEE, at)
        if of_rule and event in timer.restart_on:
            today = to_paris(at).date()
            due_at = _due(timer.after, today, territoire)
            again = Planned(ACTION, rule, len(of_rule) + 1, due_at, today)
            _INSERT.run(connection, _row(subject, again))


def listening(pipeline: Pipeline, stage: str, event: str) -> dict[str, Timer]:
    """The timers of a stage that an event restarts or ends, by their action."""
    return {
        action.key: action.timer
        for action in pipeline.actions
        if action.timer is not None
        and event in (*action.timer.restart_on, *action.timer.stop_on)
        and stage in pipeline.origins(action)
    }


def complete(connection: Connection, subject: Subject, kind: str, rule: str, at: datetime) -> None:
    """What a rule made due was done: nothing is left of it to do."""
    values = {"kind_": subject.kind, "id_": subject.id, "what_": kind, "rule_": rule, "at_": at}
    _DONE.run(connection, values)


def _stage(connection: Connection, subject: Subject) -> list[dict[str, Any]]:
    """The échéances planned since the subject entered its stage, whatever became of them."""
    values = {"kind_": subject.kind, "id_": subject.id, "since_seq": subject.entry_seq}
    return _OF_THE_STAGE.rows(connection, values)


def _was_restarted(row: Mapping[str, Any]) -> bool:
    """An action is planned once by its rule: what comes after was restarted by an event."""
    return row["kind"] == ACTION and row["occurrence"] > 1


def settle(connection: Connection, id: int, state: str, at: datetime) -> None:
    """Close one échéance: done, or cancelled."""
    _SETTLE.run(connection, {"id_": id, "state_": state, "at_": at})


def settle_many(connection: Connection, settled: Iterable[tuple[int, str]], at: datetime) -> None:
    """Close many échéances, each (id, state)."""
    rows = [{"id_": id, "state_": state, "at_": at} for id, state in settled]
    _SETTLE.run_many(connection, rows)


def put_off(connection: Connection, moments: Iterable[tuple[int, datetime]]) -> None:
    """Make many échéances due later, each (id, moment): what they hang on has not changed."""
    _PUT_OFF.run_many(connection, [{"id_": id, "due_": moment} for id, moment in moments])


def postpone(connection: Connection, id: int, due_at: datetime, day: date) -> None:
    """Try again later: a timed action whose guards do not pass yet. `day`: what it hangs on."""
    _RESCHEDULE.run(connection, {"id_": id, "due_": due_at, "day_": day})


def reminders_of(kind: str) -> tuple[ColumnElement[bool], ...]:
    """The reminders to come about a kind of subject, to be read in the order of their moments.

    Hidden from SQLite's planner: it would rather read every reminder to come, by an index on
    kinds, than the few that are due.
    """
    asked = ((_TABLE.c.kind, RELANCE), (_TABLE.c.subject_kind, kind))
    return (_TO_COME, *(func.coalesce(each, "") == literal(value) for each, value in asked))


def due(connection: Connection, kind: str, now: datetime, most: int) -> list[dict[str, Any]]:
    """The oldest open échéances of a kind that are due, each claimed by one caller only."""
    return _DUE.rows(connection, {"kind_": kind, "now_": now, "most_": most})


def is_due(connection: Connection, id: int, now: datetime) -> bool:
    """Whether nobody dealt with an échéance since it was found due."""
    return still_due(connection, id, now) is not None


def still_due(connection: Connection, id: int, now: datetime) -> dict[str, Any] | None:
    """An échéance that nobody dealt with since it was found due."""
    query = select(*_TABLE.c).where(
        _TABLE.c.id == id, _TABLE.c.state == PREVUE, _TABLE.c.due_at <= now
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def is_superseded(connection: Connection, row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a later occurrence of the same rule is due too."""
    query = select(_TABLE.c.id).where(
        *[_TABLE.c[name] == row[name] for name in ("subject_kind", "subject_id", "kind", "rule")],
        _TABLE.c.occurrence > row["occurrence"],
        _TABLE.c.state == PREVUE,
        _TABLE.c.due_at <= now,
    )
    return connection.execute(query.limit(1)).first() is not None


def _occurrences(rule: ReminderRule, day: date, territoire: str) -> list[Planned]:
    return [
        Planned(RELANCE, rule.key, occurrence, _due(delay, day, territoire), day)
        for occurrence, delay in enumerate(rule.delays, start=1)
    ]


def _timed(
    action: Action, entered: date, facts: Mapping[str, Any], territoire: str
) -> list[Planned]:
    timer = action.timer
    assert timer is not None
    day = entered if timer.anchor == ENTRY else _day(facts.get(timer.anchor))
    if day is None:
        return []
    return [Planned(ACTION, action.key, 1, _due(timer.after, day, territoire), day)]


def _due(delay: Delay, day: date, territoire: str) -> datetime:
    return sending_moment(delay.from_day(day, territoire), territoire=territoire)


def _day(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return to_paris(value).date()
    return value


def _row(subject: Subject, each: Planned) -> dict[str, Any]:
    return {
        "tenant_id": subject.tenant_id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "kind": each.kind,
        "rule": each.rule,
        "occurrence": each.occurrence,
        "due_at": each.due_at,
        "anchored_on": each.anchored_on,
        "state": PREVUE,
        "moved_by_hand": False,
        "planned_seq": subject.seq,
        "settled_at": None,
    }
