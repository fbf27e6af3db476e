"""Votes closed by several people at once: one count and one decision for each dossier.

A run of the tests closes few; `--long` closes three hundred, by eight threads.
"""

from __future__ import annotations

from collections import Counter as Count
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from grants.comites.agenda import put_on_agenda
from grants.comites.closing import close_vote
from grants.comites.decisions import Verdict, decide
from grants.comites.errors import VoteClosed
from grants.comites.tables import Decision, Passage
from grants.comites.voting import Vote, cast_vote, open_vote
from grants.dossiers.tables import Dossier
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from workflow.database import table_of
from workflow.journal_reading import lines_of

THREADS, FEW = 8, 4
_D, _P, _X = table_of(Dossier), table_of(Passage), table_of(Decision)


@pytest.fixture
def many(hearing: Hearing, counter: Counter, long_run: bool) -> list[int]:
    """Dossiers on the agenda of the open séance, each with its vote open and three votes given."""
    hearing.open()
    with counter.database.unit_of_work() as session:
        connection = session.connection()
        row = dict(
            connection.execute(select(*_D.c).where(_D.c.id == counter.dossier)).mappings().one()
        )
        ids = [counter.dossier]
        for number in range(1, 300 if long_run else FEW):
            copy: dict[str, Any] = {**row, "id": row["id"] + number, "reference": f"MP-X-{number}"}
            connection.execute(insert(_D).values(**copy))
            put_on_agenda(connection, hearing.by, hearing.seance, copy["id"], hearing.now)
            ids.append(copy["id"])
        voters = hearing.members()[:3]
        for id in ids:
            open_vote(session, hearing.by, hearing.seance, id, hearing.now)
            for member in voters:
                vote = Vote(hearing.seance, id, member.id, "favorable")
                cast_vote(session, hearing.by, vote, hearing.now)
    return ids


def test_each_dossier_is_counted_and_decided_once(hearing: Hearing, many: list[int]) -> None:
    """Every thread closes and decides every dossier, while another vote comes at that second."""

    voices = [each.id for each in hearing.members()]

    def close_and_decide(dossier: int, thread: int) -> None:
        late = Vote(hearing.seance, dossier, voices[thread % 5], "defavorable")
        for attempt in (lambda: _vote(late), lambda: _close(dossier), lambda: _decide(dossier)):
            try:
                attempt()
            except VoteClosed:
                continue

    def _vote(late: Vote) -> None:
        with hearing.database.unit_of_work() as session:
            cast_vote(session, hearing.by, late, hearing.now)

    def _close(dossier: int) -> None:
        with hearing.database.unit_of_work() as session:
            seance = hearing.seance
            close_vote(session, hearing.engine, hearing.by, seance, dossier, hearing.now)

    def _decide(dossier: int) -> None:
        verdict = Verdict(hearing.seance, dossier, "retenu", montant=1_500_000, motif="Ainsi.")
        with hearing.database.unit_of_work() as session:
            decide(session, hearing.engine, hearing.by, verdict, hearing.now)

    def all_of_them(thread: int) -> int:
        # Each thread in an order of its own.
        turned = many[thread:] + many[:thread]
        for dossier in turned:
            close_and_decide(dossier, thread)
        return len(turned)

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(all_of_them, range(THREADS)))
    assert done == [*repeat(len(many), THREADS)]
    with hearing.database.reading() as session:
        connection = session.connection()
        closed = connection.execute(select(func.count()).where(_P.c.etat == "clos")).scalar()
        decided = connection.execute(select(_X.c.dossier_id)).scalars().all()
        told = lines_of(connection, "seance", hearing.seance)
    assert closed == len(many)
    assert sorted(decided) == sorted(many)
    counted = Count(line.content["dossier"] for line in told if line.event == "vote_clos")
    assert counted == Count(many)
