"""The pièces of the stories: handed in and validated before the moves that wait for them.

The files of the demonstrations do not tell them one by one: they are all invented, their dates
follow from the moves. Each kind of pièce is one small PDF that says that it is made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zlib import crc32

from sqlmodel import Session

from grants.demonstration.coherence import aux_heures_ouvrees
from grants.demonstration.feuille import blank_pdf
from grants.demonstration.modeles import Dossier
from grants.dossiers.pieces.queries import pieces_of
from grants.dossiers.pieces.service import Handed, hand_in, send_back, validate
from grants.dossiers.pieces.states import UNREADABLE, standings
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from workflow.calendar import previous_working_day_on_or_before
from workflow.dates import from_paris, to_paris
from workflow.engine import Engine
from workflow.pipeline import Piece, Pipeline

# Long enough to be told apart from the move, short enough for nothing to go out of date.
_BEFORE = timedelta(days=40)
_A_MOMENT = timedelta(minutes=7)
_AFTERNOON = time(15, 10)
_OLD = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Paper:
    """One pièce of one story: when it comes, until when it must do, and what is thought of it."""

    at: datetime
    until: datetime
    piece: Piece
    thought: str = "validee"


def papers_of(pipeline: Pipeline, dossier: Dossier, now: datetime) -> Iterator[Paper]:
    """The pièces that the moves of a story wait for, then those of a story that waits for some."""
    before = dossier.contact_le
    waited = {action for piece in pipeline.pieces for action in piece.required_for}
    for fait in dossier.faits:
        if fait.action in waited:
            asked = [piece for piece in pipeline.pieces if fait.action in piece.required_for]
            yield from _spread(asked, max(before, fait.le - _BEFORE), fait.le)
        before = fait.le
    leaving = {each.key for each in pipeline.actions if dossier.etape in pipeline.origins(each)}
    asked = [piece for piece in pipeline.pieces if leaving & {*piece.required_for}]
    end = min(before + _BEFORE, now)
    if asked and end - before > timedelta(days=1):
        yield from _some(dossier, list(_spread(asked, before, end)))


def _some(dossier: Dossier, papers: list[Paper]) -> Iterator[Paper]:
    """One story in three has everything; the others wait, or have something to mend."""
    share = crc32(dossier.cle.encode()) % 3
    for rank, paper in enumerate(papers):
        if share == 0 or rank < share:
            yield paper
        elif rank == share:
            yield Paper(paper.at, paper.until, paper.piece, UNREADABLE)
        elif rank == share + 1:
            yield Paper(paper.at, paper.until, paper.piece, "recue")


def _spread(pieces: list[Piece], since: datetime, until: datetime) -> Iterator[Paper]:
    """One after the other between two moments, at hours when the office is open."""
    step = (until - since) / (len(pieces) + 1)
    for rank, piece in enumerate(pieces, start=1):
        at = _when_open(since + step * rank)
        left = len(pieces) - rank + 1
        if not since < at < until - _A_MOMENT:
            at = max(since + timedelta(seconds=rank), until - _A_MOMENT * left)
        yield Paper(at, until, piece)


def _when_open(moment: datetime) -> datetime:
    if aux_heures_ouvrees(moment) and aux_heures_ouvrees(moment + _A_MOMENT):
        return moment
    day = previous_working_day_on_or_before(to_paris(moment).date())
    return from_paris(datetime.combine(day, _AFTERNOON))


@dataclass(slots=True)
class Papers:
    """The made-up documents of one organisme, each kind written on the disk once."""

    files: Storage
    _known: dict[str, Handed] = field(default_factory=dict)

    def bring(
        self,
        session: Session,
        engine: Engine,
        identity: Identity,
        dossier_id: int,
        paper: Paper,
    ) -> None:
        """Hand a pièce in and say what it is worth, unless what is there will still do."""
        connection = session.connection()
        subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=False)
        pipeline, day = engine.machine(subject).pipeline, to_paris(paper.until).date()
        rows = pieces_of(connection, subject.row)
        found = {each.piece.key: each for each in standings(pipeline, rows, day)}
        key = paper.piece.key
        if found[key].will_do or subject.row["structure_id"] is None:
            return
        work = (session, engine, identity, dossier_id, key)
        hand_in(*work, [self._document(paper.piece)], paper.at)
        judged = min(paper.at + _A_MOMENT, paper.until - timedelta(seconds=1))
        if paper.thought == UNREADABLE:
            told = {"motif": UNREADABLE, "commentaire": "La dernière page est coupée."}
            send_back(*work, told, judged)
        elif paper.thought == "validee":
            dated = to_paris(paper.at).date() - _OLD
            validate(*work, {"date_document": dated.isoformat()}, judged)

    def _document(self, piece: Piece) -> Handed:
        if piece.key not in self._known:
            content = blank_pdf(piece.label)
            with self.files.arrival() as (path, file):
                file.write(content)
                file.flush()
                stored = self.files.keep(path)
            digest = hashlib.sha256(content).hexdigest()
            name = f"{piece.label}.pdf"
            self._known[piece.key] = Handed(name, "pdf", len(content), digest, stored, 1)
        return self._known[piece.key]
