"""Any sequence of moves, facts, dates, events, failures and rollbacks, on a real SQLite database.

A model in plain Python says where each book must stand; the journal must verify at every step, and
nothing may be open that the present stage does not plan.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from tests.builders.databases import Databases
from tests.builders.toys import (
    BINDER,
    CHIEF,
    KIND,
    NOON,
    VISITOR,
    WORKSHOP,
    engine_of,
    toy_pipeline,
)
from tests.builders.workshop import OWNERS, Workshop, build_toy_schema
from workflow import journal
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.errors import Refused
from workflow.graph import edges
from workflow.journal_check import export_anchors, verify
from workflow.journal_reading import lines_of
from workflow.subject import SYSTEM, Actor

PIPELINE = toy_pipeline(
    WORKSHOP
    + """
[[action]]
key = "abandonner"
label = "Abandonner"
from = ["recu", "sechage"]
to = "perdu"
[action.timer]
after = "10 jours"
restart_on = ["colle_posee"]
stop_on = ["pluie"]
"""
)
ENGINE = engine_of(PIPELINE)
DECLARED = {(edge.origin, edge.action.key, edge.target) for edge in edges(PIPELINE)}
PLANNED = {
    stage.key: {rule.key for rule in stage.reminders}
    | {
        action.key
        for action in PIPELINE.actions
        if action.timer and stage.key in PIPELINE.origins(action)
    }
    for stage in PIPELINE.stages
}
ECHEANCES = table_of(Echeance)
ACTIONS = st.sampled_from([action.key for action in PIPELINE.actions])
ACTORS = st.sampled_from([BINDER, CHIEF, VISITOR, SYSTEM])
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))
HOURS = st.integers(0, 24 * 20)


class Crash(Exception):
    """The program dies before the commit."""


class AnySequence(RuleBasedStateMachine):
    """Books of the workshop, and what a careful clerk would remember of each."""

    books: Bundle[int] = Bundle("books")
    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self._fresh = self.databases.fresh("sqlite", build_toy_schema)
        self.database = Database(self._fresh.__enter__())
        self.now: datetime = NOON
        self.stages: dict[int, list[str]] = {}
        self.entries: dict[int, int] = {}

    def teardown(self) -> None:
        self.database.dispose()
        self._fresh.__exit__(None, None, None)

    @rule(target=books)
    def receive(self) -> int:
        with self.database.unit_of_work() as session:
            id = Workshop(ENGINE, session.connection()).receive(at=self.now).id
        self.stages[id], self.entries[id] = [PIPELINE.initial], 1
        return id

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(id=books, key=ACTIONS, actor=ACTORS, damp=st.integers(2, 4), crash=st.booleans())
    def move(self, id: int, key: str, actor: Actor, damp: int, crash: bool) -> None:
        values = {"cuir": "veau"} if key == "relier" else {}
        done = None
        with suppress(Refused, Crash), self.database.unit_of_work() as session:
            workshop = Workshop(ENGINE, session.connection())
            workshop.facts["humidite"] = damp
            subject = workshop.read(id)
            moved = workshop.move(subject, key, actor, self.now, values, reason="Parce que.")
            if crash:
                raise Crash
            done = moved
        if done is None:
            return
        assert (done.from_stage, key, done.to_stage) in DECLARED
        assert done.from_stage == self.stages[id][-1]
        assert done.first_entry == (key != "corriger" and done.to_stage not in self.stages[id])
        if key == "corriger":
            self.stages[id].pop()
        else:
            self.stages[id].append(done.to_stage)
        self.entries[id] += 1

    @rule(id=books, event=st.sampled_from(["colle_posee", "pluie", "note"]))
    def happen(self, id: int, event: str) -> None:
        with self.database.unit_of_work() as session:
            workshop = Workshop(ENGINE, session.connection())
            subject = workshop.read(id)
            workshop.note(subject, event, self.now)
            workshop.signal(subject, event, self.now)
        self.entries[id] += 1

    @rule(id=books, day=DAYS)
    def promise(self, id: int, day: date | None) -> None:
        with self.database.unit_of_work() as session:
            workshop = Workshop(ENGINE, session.connection())
            workshop.promise(workshop.read(id), day, self.now)

    @rule(id=books)
    def erase(self, id: int) -> None:
        with self.database.unit_of_work() as session:
            journal.erase_content(session.connection(), KIND, id, self.now)

    @invariant()
    def the_journal_verifies_against_its_own_anchors(self) -> None:
        with self.database.reading() as session:
            connection = session.connection()
            anchors = tuple(export_anchors(connection, OWNERS))
            found = verify(connection, OWNERS, anchors)
        assert found.findings == ()
        assert (found.chains, found.entries) == (len(self.stages), sum(self.entries.values()))

    @invariant()
    def each_book_stands_where_the_model_says(self) -> None:
        with self.database.reading() as session:
            workshop = Workshop(ENGINE, session.connection())
            for id, stages in self.stages.items():
                subject = workshop.read(id)
                assert subject.stage == stages[-1]
                assert [step.stage for step in subject.trail] == stages
                lines = {line.seq: line for line in lines_of(session.connection(), KIND, id)}
                corrected = {line.corrects for line in lines.values()}
                assert all(lines[step.seq].to_stage == step.stage for step in subject.trail)
                assert corrected.isdisjoint(step.seq for step in subject.trail)

    @invariant()
    def nothing_is_open_that_the_stage_does_not_plan(self) -> None:
        still_open = select(ECHEANCES.c.subject_id, ECHEANCES.c.rule, ECHEANCES.c.occurrence)
        query = still_open.where(ECHEANCES.c.state == "prevue")
        with self.database.reading() as session:
            rows = [tuple(row) for row in session.connection().execute(query)]
            assert len(rows) == len(set(rows))
            assert all(name in PLANNED[self.stages[id][-1]] for id, name, _occurrence in rows)

    @invariant()
    def one_action_waits_once(self) -> None:
        with self.database.reading() as session:
            query = (
                select(func.count())
                .where(ECHEANCES.c.kind == "action", ECHEANCES.c.state == "prevue")
                .group_by(ECHEANCES.c.subject_id, ECHEANCES.c.rule)
            )
            assert set(session.connection().execute(query).scalars()) <= {1}


def test_no_sequence_breaks_the_journal_the_graph_or_the_echeances(databases: Databases) -> None:
    class Here(AnySequence):
        pass

    Here.databases = databases
    # A fifth of the profile's examples: each is a sequence of its own on a database of its own.
    some = settings(max_examples=settings().max_examples // 5, stateful_step_count=20)
    run_state_machine_as_test(Here, settings=some)
