"""The counts of « Pilotage » are those that counting gives, whatever was done, counted or not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from api.presentation.figures import landmarks_of
from grants.dossiers.filters import D
from grants.rapport.folding import count_anew, differences, fold_moves
from grants.rapport.periods import Period
from grants.rapport.tally import Tally
from tests.builders.crowd import write_dossier
from tests.builders.offices import Office
from tests.builders.plain_counts import plain, told
from workflow.columns import GENESIS
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.journal_tables import JournalEntry

_J = table_of(JournalEntry)
KEYS = ("microprojets", "dla_individuel")
BEGUN = datetime(2024, 11, 3, 22, 30, tzinfo=UTC)
OVER = date(2026, 6, 30)
LATE_BEFORE = date(2025, 8, 14)


@dataclass
class Known:
    """A dossier that may be told of: its entries that count, oldest first."""

    id: int
    pipeline: str
    trail: list[tuple[int, str]] = field(default_factory=list)
    seq: int = 0


class Years:
    """Two years of one office, written straight into the tables."""

    def __init__(self, database: Database, engine: Engine, office: Office, seed: int) -> None:
        self.database, self.engine, self.office = database, engine, office
        self.chance = random.Random(seed)
        self.dossiers: list[Known] = []
        self.now = BEGUN

    def happen(self) -> None:
        """One thing that may happen, then perhaps taken back with its transaction."""
        before = [(each.id, list(each.trail), each.seq) for each in self.dossiers]
        self.now += timedelta(hours=self.chance.choice([0, 1, 5, 30, 200, 700]))
        try:
            with self.database.unit_of_work() as session:
                for _ in range(self.chance.choice([1, 1, 3])):
                    self._one(session)
                if self.chance.random() < 0.15:
                    raise ConnectionAbortedError
        except ConnectionAbortedError:
            kept = {id: (trail, seq) for id, trail, seq in before}
            self.dossiers = [each for each in self.dossiers if each.id in kept]
            self.dossiers += [
                Known(id, "microprojets", trail, seq)
                for id, (trail, seq) in kept.items()
                if id not in {each.id for each in self.dossiers}
            ]
            for each in self.dossiers:
                each.trail, each.seq = kept[each.id]

    def _one(self, session: Any) -> None:
        if len(self.dossiers) < 4 or self.chance.random() < 0.2:
            self._open(session)
            return
        dossier = self.chance.choice(self.dossiers)
        what = self.chance.choices(
            [self._move, self._correct, self._change, self._remove], [60, 15, 20, 4]
        )[0]
        what(session, dossier)

    def _open(self, session: Any) -> None:
        key = self.chance.choices(KEYS, [4, 1])[0]
        stages = [stage.key for stage in self._pipeline(key).stages]
        stage = stages[0] if self.chance.random() < 0.8 else self.chance.choice(stages)
        place = self._place()
        id = write_dossier(session, self.office, pipeline=key, stage=stage, **place)
        known = Known(id, key)
        self.dossiers.append(known)
        self._line(session, known, to_stage=stage, first_entry=True)
        known.trail.append((known.seq, stage))

    def _move(self, session: Any, dossier: Known) -> None:
        stages = [stage.key for stage in self._pipeline(dossier.pipeline).stages]
        here = dossier.trail[-1][1] if dossier.trail else stages[0]
        there = self.chance.choice(stages)
        first = there not in {stage for _, stage in dossier.trail}
        self._line(session, dossier, from_stage=here, to_stage=there, first_entry=first)
        dossier.trail.append((dossier.seq, there))
        self._stand(session, dossier, there)

    def _correct(self, session: Any, dossier: Known) -> None:
        if len(dossier.trail) < 2:
            return
        seq, here = dossier.trail.pop()
        there = dossier.trail[-1][1]
        self._line(session, dossier, from_stage=here, to_stage=there, corrects=seq)
        self._stand(session, dossier, there)

    def _change(self, session: Any, dossier: Known) -> None:
        query = update(D).where(D.c.id == dossier.id).values(self._place())
        session.connection().execute(query)

    def _remove(self, session: Any, dossier: Known) -> None:
        """As when what was taken over from a spreadsheet is taken back."""
        for seq, _ in dossier.trail:
            self._line(session, dossier, kind="fait", event="reprise_annulee", corrects=seq)
        session.connection().execute(delete(D).where(D.c.id == dossier.id))
        self.dossiers.remove(dossier)

    def _line(self, session: Any, dossier: Known, **columns: Any) -> None:
        dossier.seq += 1
        at = self.now + timedelta(minutes=dossier.seq)
        row = {
            "tenant_id": self.office.id,
            "subject_kind": "dossier",
            "subject_id": dossier.id,
            "seq": dossier.seq,
            "at": at,
            "kind": "mouvement",
            "event": "avance",
            "role": "direction",
            "pipeline": dossier.pipeline,
            "pipeline_version": 1,
            "first_entry": False,
            "payload_digest": GENESIS,
            "hash": GENESIS,
        }
        session.connection().execute(insert(_J).values({**row, **columns}))

    def _stand(self, session: Any, dossier: Known, stage: str) -> None:
        values = {"stage": stage, "stage_since": self.now}
        session.connection().execute(update(D).where(D.c.id == dossier.id).values(values))

    def _place(self) -> dict[str, Any]:
        people = [None, *(each.id for each in self.office.people.values())][:3]
        asked = self.chance.choice([None, 100_000, 250_050])
        return {
            "referent_id": self.chance.choice(people),
            "departement": self.chance.choice([None, "34", "06"]),
            "secteur": self.chance.choice([None, "culture"]),
            "montant_demande": asked,
            "montant_accorde": asked and self.chance.choice([None, 1, asked]),
        }

    def _pipeline(self, key: str) -> Any:
        found = self.engine.catalogue.latest(key)
        assert found is not None
        return found.pipeline

    def periods(self) -> Iterator[Period]:
        """Whole years and months, and any days."""
        yield Period(date(2025, 1, 1), date(2025, 12, 31))
        yield Period()
        first = date(2024, 10, 20)
        days = sorted(first + timedelta(days=self.chance.randrange(620)) for _ in range(4))
        yield Period(days[0], days[3])
        yield Period(days[1], days[2])
        yield Period(since=days[2])
        yield Period(until=days[1])
        yield Period(days[2], days[1])

    def agree(self) -> None:
        """Raises AssertionError unless every figure is the one that counting gives."""
        with self.database.reading() as session:
            connection = session.connection()
            for key in KEYS:
                pipeline = self._pipeline(key)
                marks = landmarks_of(pipeline)
                late = {stage.key: LATE_BEFORE for stage in pipeline.stages[:4]}
                for period in self.periods():
                    asked = (connection, self.office.id, pipeline, marks, period, late)
                    assert told(*asked) == plain(*asked), period
            assert differences(connection, self.engine) == []


@pytest.mark.parametrize("seed", range(2))
def test_the_counts_follow_any_sequence_of_changes(
    database: Database, engine: Engine, office: Office, seed: int
) -> None:
    years = Years(database, engine, office, seed)
    for turn in range(45):
        years.happen()
        if years.chance.random() < 0.2:
            fold_moves(database, engine)
        if turn % 15 == 14:
            years.agree()
    fold_moves(database, engine)
    years.agree()


def test_counts_that_drifted_are_told_and_made_anew(
    database: Database, engine: Engine, office: Office
) -> None:
    years = Years(database, engine, office, 7)
    for _ in range(20):
        years.happen()
    fold_moves(database, engine)
    with database.unit_of_work() as session:
        wrong = "UPDATE compteur_pilotage SET nombre = nombre + 1 WHERE nature = 'entree'"
        session.connection().execute(text(wrong))
    with database.reading() as session:
        assert differences(session.connection(), engine)
    assert count_anew(database, engine) == len(years.dossiers)
    years.agree()


def test_nothing_is_lost_between_those_who_move_and_who_counts(
    database: Database, engine: Engine, office: Office
) -> None:
    years = Years(database, engine, office, 11)
    for _ in range(12):
        years.happen()
    here = years.dossiers[:8]

    def go(mine: list[Known]) -> None:
        for _ in range(3):
            for dossier in mine:
                with database.unit_of_work() as session:
                    years._move(session, dossier)
            fold_moves(database, engine)
            with database.reading() as session:
                Tally(session.connection(), office.id).over("microprojets", Period(), "entree")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, [here[n::4] for n in range(4)]))
    years.agree()
    fold_moves(database, engine)
    years.agree()
