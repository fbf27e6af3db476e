"""The agenda of an organisme: reminders and actions to come, appointments, séances, tâches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, select, text

from grants.comites.queries import seance_name
from grants.comites.reading import KIND as SITTING
from grants.comites.tables import Seance
from grants.dossiers.board import LINE, DossierLine, line
from grants.dossiers.causes import rule_at
from grants.dossiers.filters import NOBODY, WITH_NAMES, C, D, P, S
from grants.dossiers.reading import KIND
from grants.dossiers.tables import RendezVous
from grants.dossiers.taches.tables import Tache
from grants.organisation.tables import Compte
from workflow import echeances
from workflow.database import table_of
from workflow.dates import from_paris, to_paris
from workflow.echeance_table import Echeance
from workflow.echeances_by_hand import version_of
from workflow.engine import Engine

_E, _R, _T, _S = (table_of(each) for each in (Echeance, RendezVous, Tache, Seance))
_NEWER, _WHO = _R.alias("plus_recent"), table_of(Compte).alias("pour")
# Written out, not bound: an index is partial on it.
_TO_COME, _HELD = (
    text(f"echeance.state = '{each}'") for each in (echeances.PREVUE, echeances.SUSPENDUE)
)
#: What an agenda shows, in the order of things of the same moment.
RENDEZ_VOUS, SEANCE, RELANCE, ACTION, TACHE = (
    *("rendez_vous", "seance", "relance", "action", "tache"),
)
KINDS = (RENDEZ_VOUS, SEANCE, RELANCE, ACTION, TACHE)
Place = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Whose agenda, and of what. `referent`: NOBODY's, or of all for None.

    `held`: also the reminders that wait until somebody resumes them.
    """

    referent: int | None = None
    pipeline: str | None = None
    kinds: tuple[str, ...] = KINDS
    held: bool = False


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One thing of the agenda. A `tache` is for the day, without an hour.

    `label` says what; `letter` is the key of the letter that a reminder sends, None for one that
    makes a tâche; `place` is where people meet; `pour` the colleague a tâche falls to. `held`: the
    reminder waits until somebody resumes it, `version` telling how it was seen. `seance_id` and
    `seance`: the séance that a reminder is of, and its name.
    """

    kind: str
    id: int
    at: datetime
    label: str
    dossier: DossierLine | None = None
    letter: str | None = None
    place: str = ""
    pour: str | None = None
    held: bool = False
    version: int = 0
    seance_id: int | None = None
    seance: str = ""

    @property
    def day(self) -> date:
        """The day in Paris."""
        return to_paris(self.at).date()

    @property
    def key(self) -> Place:
        """Its place in the agenda."""
        return self.at, KINDS.index(self.kind), self.id


def month_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a month in Paris, and that of the next one."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return _midnight(first), _midnight(after)


def agenda(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    span: tuple[datetime, datetime],
    narrowing: Narrowing,
    most: int,
    after: Place | None = None,
) -> list[AgendaLine]:
    """What stands between two moments, soonest first: `most` lines after a place in that order."""
    asked = _Asked(connection, engine, organisme_id, span, narrowing, most, after)
    found = [asked.lines(kind) for kind in KINDS if kind in narrowing.kinds]
    return list(islice(merge(*found, key=lambda each: each.key), most))


def last_held_before(
    connection: Connection, organisme_id: int, moment: datetime, narrowing: Narrowing
) -> datetime | None:
    """When the latest reminder that was to leave before a moment, and still waits, was to leave."""
    of_dossiers = (
        select(_E.c.due_at)
        .select_from(_E.join(D, D.c.id == _E.c.subject_id))
        .where(_HELD, _E.c.tenant_id == organisme_id)
        .where(_E.c.subject_kind == KIND, _E.c.kind == echeances.RELANCE)
        .where(*_of_the_dossier(narrowing))
    )
    of_sittings = (
        select(_E.c.due_at)
        .select_from(_E.join(_S, _S.c.id == _E.c.subject_id))
        .where(*_sitting_reminders(organisme_id, narrowing, held=True))
    )
    asked = [of_dossiers] if narrowing.pipeline else [of_dossiers, of_sittings]
    latest = [
        connection.execute(
            query.where(_E.c.due_at < moment).order_by(_E.c.due_at.desc()).limit(1)
        ).scalar()
        for query in asked
    ]
    return max((each for each in latest if each is not None), default=None)


def _sitting_reminders(
    organisme_id: int, narrowing: Narrowing, *, held: bool
) -> list[ColumnElement[bool]]:
    who = narrowing.referent
    found: list[Any] = [
        _HELD if held else _TO_COME,
        _E.c.tenant_id == organisme_id,
        _E.c.subject_kind == SITTING,
        _E.c.kind == echeances.RELANCE,
    ]
    if who is not None:
        mine = _S.c.organisateur_id
        found.append(mine.is_(None) if who == NOBODY else mine == who)
    return found


def _of_the_dossier(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    who, pipeline = narrowing.referent, narrowing.pipeline
    found: list[ColumnElement[bool]] = []
    if who is not None:
        found.append(D.c.referent_id.is_(None) if who == NOBODY else D.c.referent_id == who)
    if pipeline is not None:
        found.append(D.c.pipeline == pipeline)
    return found


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One page of the agenda: each kind of thing is one statement, which an index answers."""

    connection: Connection
    engine: Engine
    organisme_id: int
    span: tuple[datetime, datetime]
    narrowing: Narrowing
    most: int
    after: Place | None

    def lines(self, kind: str) -> Iterable[AgendaLine]:
        """The lines of one kind, soonest first."""
        read = {
            RENDEZ_VOUS: self._appointments,
            SEANCE: self._seances,
            RELANCE: self._reminders,
            ACTION: self._actions,
            TACHE: self._tasks,
        }[kind]
        return read()

    def _reminders(self) -> Iterable[AgendaLine]:
        states = (False, True) if self.narrowing.held else (False,)
        found = [self._echeances(echeances.RELANCE, held=held) for held in states]
        found += [self._of_sittings(held=held) for held in states]
        return merge(*found, key=lambda each: each.key)

    def _of_sittings(self, *, held: bool) -> list[AgendaLine]:
        """The reminders of séances, by whoever prepares them; a séance is of no dispositif."""
        if self.narrowing.pipeline is not None:
            return []
        own = (_E.c.id.label("what"), _E.c.due_at, _E.c.rule, _E.c.state)
        query = (
            select(*_S.c, *own)
            .select_from(_E.join(_S, _S.c.id == _E.c.subject_id))
            .where(*_sitting_reminders(self.organisme_id, self.narrowing, held=held))
        )
        rows = self._rows(query, RELANCE, _E.c.due_at, _E.c.id)
        return [self._of_sitting(row, held=held) for row in rows]

    def _of_sitting(self, row: Mapping[Any, Any], *, held: bool) -> AgendaLine:
        place = (row["pipeline"], row["pipeline_version"], row["stage"])
        rule = rule_at(self.engine, *place, row["rule"])
        return AgendaLine(
            RELANCE,
            row["what"],
            row["due_at"],
            (rule.task or rule.label) if rule else row["rule"],
            letter=rule.letter if rule else None,
            held=held,
            version=version_of(row) if held else 0,
            seance_id=row["id"],
            seance=seance_name(row),
        )

    def _actions(self) -> list[AgendaLine]:
        return self._echeances(echeances.ACTION)

    def _echeances(self, kind: str, *, held: bool = False) -> list[AgendaLine]:
        own = (_E.c.id.label("what"), _E.c.due_at, _E.c.rule, _E.c.state)
        query = (
            select(*LINE, *own)
            .select_from(_E.join(WITH_NAMES, D.c.id == _E.c.subject_id))
            .where(_HELD if held else _TO_COME, _E.c.tenant_id == self.organisme_id)
            .where(_E.c.subject_kind == KIND, _E.c.kind == kind, *_of_the_dossier(self.narrowing))
        )
        shown = RELANCE if kind == echeances.RELANCE else ACTION
        rows = self._rows(query, shown, _E.c.due_at, _E.c.id)
        return [self._echeance(row, shown, held=held) for row in rows]

    def _echeance(self, row: Mapping[Any, Any], kind: str, *, held: bool) -> AgendaLine:
        dossier = line(row)
        place = (dossier.pipeline, dossier.pipeline_version, dossier.stage)
        pipeline = self.engine.catalogue.machine(*place[:2]).pipeline
        rule, action = rule_at(self.engine, *place, row["rule"]), pipeline.action(row["rule"])
        label = row["rule"]
        if kind == RELANCE and rule is not None:
            label = rule.task or rule.label
        elif action is not None:
            label = action.label
        return AgendaLine(
            kind,
            row["what"],
            row["due_at"],
            label,
            dossier,
            letter=rule.letter if rule is not None else None,
            held=held,
            version=version_of(row) if held else 0,
        )

    def _appointments(self) -> list[AgendaLine]:
        replaced = exists().where(_NEWER.c.dossier_id == _R.c.dossier_id, _NEWER.c.id > _R.c.id)
        query = (
            select(*LINE, _R.c.id.label("what"), _R.c.le.label("moment"), _R.c.lieu)
            .select_from(_R.join(WITH_NAMES, D.c.id == _R.c.dossier_id))
            .where(
                _R.c.organisme_id == self.organisme_id, ~replaced, *_of_the_dossier(self.narrowing)
            )
        )
        return [
            AgendaLine(
                RENDEZ_VOUS,
                row["what"],
                row["moment"],
                "Rendez-vous",
                line(row),
                place=row["lieu"],
            )
            for row in self._rows(query, RENDEZ_VOUS, _R.c.le, _R.c.id)
        ]

    def _seances(self) -> list[AgendaLine]:
        query = select(*_S.c, _S.c.tenue_le.label("moment")).where(
            _S.c.organisme_id == self.organisme_id
        )
        return [
            AgendaLine(SEANCE, row["id"], row["moment"], seance_name(row), place=row["lieu"])
            for row in self._rows(query, SEANCE, _S.c.tenue_le, _S.c.id)
        ]

    def _tasks(self) -> list[AgendaLine]:
        """By the colleague they fall to, whoever has the dossier; for the day in Paris."""
        joined = _T.outerjoin(_WHO, _WHO.c.id == _T.c.pour_id).outerjoin(
            D, D.c.id == _T.c.dossier_id
        )
        joined = (
            joined.outerjoin(S, S.c.id == D.c.structure_id)
            .outerjoin(P, P.c.id == D.c.porteur_id)
            .outerjoin(C, C.c.id == D.c.referent_id)
        )
        first, last = (to_paris(each).date() for each in self.span)
        query = (
            select(*LINE, _T.c.id.label("what"), _T.c.titre.label("tache"), _T.c.pour_le)
            .add_columns(_WHO.c.nom.label("pour"))
            .select_from(joined)
            .where(_T.c.organisme_id == self.organisme_id, _T.c.faite_le.is_(None))
            .where(_T.c.pour_le >= first, _T.c.pour_le < last, *self._falls_to())
            .where(*self._after_day())
            .order_by(_T.c.pour_le, _T.c.id)
            .limit(self.most)
        )
        return [
            AgendaLine(
                TACHE,
                row["what"],
                _midnight(row["pour_le"]),
                row["tache"],
                line(row) if row["id"] is not None else None,
                pour=row["pour"],
            )
            for row in self.connection.execute(query).mappings()
        ]

    def _rows(
        self, query: Any, kind: str, at: ColumnElement[Any], id: ColumnElement[Any]
    ) -> Iterable[Mapping[Any, Any]]:
        """The rows of a statement on this page, in order."""
        start, end = self.span
        query = query.where(at >= start, at < end, *self._beyond(kind, at, id))
        return self.connection.execute(query.order_by(at, id).limit(self.most)).mappings()

    def _beyond(
        self, kind: str, at: ColumnElement[Any], id: ColumnElement[Any]
    ) -> list[ColumnElement[bool]]:
        """After the place where the page before ended."""
        if self.after is None:
            return []
        moment, rank, last = self.after
        if KINDS.index(kind) > rank:
            return [at >= moment]
        if KINDS.index(kind) < rank:
            return [at > moment]
        return [at >= moment, (at > moment) | (id > last)]

    def _after_day(self) -> list[ColumnElement[bool]]:
        """The same, for what has a day without an hour: the midnight it begins with."""
        if self.after is None:
            return []
        moment, rank, last = self.after
        day, id = to_paris(moment).date(), _T.c.id
        if _midnight(day) < moment:
            return [_T.c.pour_le > day]
        if rank == KINDS.index(TACHE):
            return [_T.c.pour_le >= day, (_T.c.pour_le > day) | (id > last)]
        return [_T.c.pour_le >= day]

    def _falls_to(self) -> list[ColumnElement[bool]]:
        who, pipeline = self.narrowing.referent, self.narrowing.pipeline
        found: list[ColumnElement[bool]] = []
        if who is not None:
            found.append(_T.c.pour_id.is_(None) if who == NOBODY else _T.c.pour_id == who)
        if pipeline is not None:
            found.append(D.c.pipeline == pipeline)
        return found
