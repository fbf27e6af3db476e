"""« Aujourd'hui » : tâches, dates, appointments, dossiers at rest or ready, sorted by urgency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.presentation.fields import Asking
from api.presentation.taches import dossier_part, new_task_form, pipeline_of, task_todo
from api.presentation.whose import Whose, colleague_choice, nothing_awaits, whose_tabs
from api.views.aujourdhui import AujourdhuiPage, Todo, TodoSection
from api.views.chrome import Link
from api.views.stages import Avatar
from api.wording import ago, clock, counted, days_long, short_date
from grants.dossiers import awaiting
from grants.dossiers.awaiting import Waiting
from grants.dossiers.taches.queries import TaskLine, open_tasks, tasks_done_since
from grants.organisation.identity import Identity
from grants.organisation.queries import customs_of
from grants.organisation.vocabulary import collegue_choices
from workflow.dates import MONTHS, from_paris, to_paris
from workflow.engine import Engine
from workflow.pipeline import Pipeline

#: How many lines of each kind are shown.
MOST = 30
_DAYS_AHEAD = 7
# A date that passed longer ago is told by the dossier that does not move.
_DAYS_BEHIND = 30
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def aujourdhui_page(
    asking: Asking, identity: Identity, whose: Whose, now: datetime
) -> AujourdhuiPage:
    """The page, in a number of statements that never grows.

    `asking` carries the form of a tâche that came back, if one did.
    """
    connection, organisme_id = asking.connection, asking.organisme_id
    people = collegue_choices(connection, organisme_id)
    morning = _Morning(asking.engine, identity, whose, now)
    tasks = open_tasks(connection, organisme_id, whose.id, MOST + 1)
    sections = (
        *morning.pressing(asking, tasks),
        *morning.ready(awaiting.ready_dossiers(connection, organisme_id, whose.id, MOST + 1)),
        *morning.idle(_idle(asking, whose, now)),
        *morning.coming(asking, tasks),
    )
    done = morning.done(asking)
    return AujourdhuiPage(
        day=_long_day(morning.today),
        lead=_lead(sections),
        tabs=whose_tabs(whose, identity),
        colleagues=colleague_choice(whose, identity, people),
        sections=sections,
        done=done,
        form=new_task_form(asking, identity, now) if identity.may_write else None,
        form_open=bool(asking.faults),
        empty=None if sections else nothing_awaits(asking, identity, whose, bool(done)),
    )


def _idle(asking: Asking, whose: Whose, now: datetime) -> list[Waiting]:
    customs = customs_of(asking.connection, asking.organisme_id)
    pipelines = [loaded.pipeline for loaded in asking.engine.catalogue.every_of()]
    return awaiting.idle_dossiers(
        asking.connection,
        asking.organisme_id,
        whose.id,
        pipelines,
        to_paris(now).date(),
        customs,
        MOST + 1,
    )


class _Morning:
    """The lines of one person's morning, section by section."""

    def __init__(self, engine: Engine, identity: Identity, whose: Whose, now: datetime) -> None:
        self.engine, self.identity, self.whose, self.now = engine, identity, whose, now
        self.today = to_paris(now).date()
        self._named = whose.id is None

    def pressing(self, asking: Asking, tasks: list[TaskLine]) -> tuple[TodoSection, ...]:
        """What is late, then what is for today."""
        connection, organisme_id, id = asking.connection, asking.organisme_id, self.whose.id
        begun = self._start(-_DAYS_BEHIND)
        past = awaiting.echeances_due(connection, organisme_id, id, begun, self._start(0), MOST + 1)
        late = [each for each in tasks if each.pour_le < self.today]
        lines = [*self._tasks(late), *self._dates(_latest_of_each(past), late=True)]
        today = [*self._of_the_day(asking, self._start(0), self._start(1), tasks, 0)]
        return (
            *_section("retard", "En retard", lines, max(len(late), len(past))),
            *_section("jour", "Aujourd’hui", today, len(today)),
        )

    def coming(self, asking: Asking, tasks: list[TaskLine]) -> tuple[TodoSection, ...]:
        """What the next days hold, and the tâches that are further away."""
        soon = self._of_the_day(asking, self._start(1), self._start(_DAYS_AHEAD + 1), tasks, 1)
        last = self.today + timedelta(days=_DAYS_AHEAD)
        later = [*self._tasks(each for each in tasks if each.pour_le > last)]
        return (
            *_section("semaine", "Les sept prochains jours", soon, len(soon)),
            *_section("plus-tard", "Plus tard", later, len(tasks)),
        )

    def ready(self, found: list[Waiting]) -> tuple[TodoSection, ...]:
        """The dossiers that became ready for their next action."""
        lines = [self._ready(each) for each in found[:MOST]]
        note = "Toutes les conditions sont réunies : il ne manque que votre geste."
        return _section("prets", "Prêts pour la suite", lines, len(found), note=note)

    def idle(self, found: list[Waiting]) -> tuple[TodoSection, ...]:
        """The dossiers without a move for too long."""
        lines = [self._idle(each) for each in found[:MOST]]
        link = Link(label="Les voir au tableau", url="/tableau")
        return _section("immobiles", "Sans mouvement depuis longtemps", lines, len(found), link)

    def done(self, asking: Asking) -> tuple[Todo, ...]:
        """What the reader finished today."""
        if self.identity.compte_id is None:
            return ()
        found = tasks_done_since(
            asking.connection,
            asking.organisme_id,
            self.identity.compte_id,
            self._start(0),
            MOST,
        )
        return tuple(self._tasks(found))

    def _of_the_day(
        self, asking: Asking, start: datetime, end: datetime, tasks: list[TaskLine], first: int
    ) -> list[Todo]:
        """Tâches, appointments and dates between two midnights, soonest first.

        `first`: how many days from today the first one is.
        """
        connection, organisme_id, id = asking.connection, asking.organisme_id, self.whose.id
        days = range(first, 1 if first == 0 else _DAYS_AHEAD + 1)
        wanted = {self.today + timedelta(days=n) for n in days}
        meetings = awaiting.appointments_between(connection, organisme_id, id, start, end, MOST)
        dates = awaiting.echeances_due(connection, organisme_id, id, start, end, MOST)
        mine = [each for each in tasks if each.pour_le in wanted]
        found = [
            *(
                (self._noon(each.pour_le), todo)
                for each, todo in zip(mine, self._tasks(mine), strict=True)
            ),
            *((each.at, self._meeting(each)) for each in meetings),
            *((each.at, todo) for each, todo in zip(dates, self._dates(dates), strict=True)),
        ]
        return [todo for _at, todo in sorted(found, key=lambda pair: pair[0])]

    def _tasks(self, tasks: Iterable[TaskLine]) -> list[Todo]:
        return [
            task_todo(self.engine, each, self.identity, self.now, self.whose.url, named=self._named)
            for each in tasks
        ]

    def _dates(self, found: Iterable[Waiting], *, late: bool = False) -> list[Todo]:
        return [self._date(each, late) for each in found]

    def _date(self, found: Waiting, late: bool) -> Todo:
        title, note = _said(pipeline_of(self.engine, found.dossier), found)
        day = to_paris(found.at).date()
        return Todo(
            kind="echeance",
            title=title,
            when=ago(day, self.now),
            exactly=short_date(day),
            url=f"/dossiers/{found.dossier.id}#echeances",
            note=note,
            late=late,
            **self._around(found),
        )

    def _meeting(self, found: Waiting) -> Todo:
        day = to_paris(found.at).date()
        when = clock(found.at) if day == self.today else f"{ago(day, self.now)} à {clock(found.at)}"
        return Todo(
            kind="rendez_vous",
            title="Rendez-vous",
            when=when,
            exactly=short_date(day),
            url=f"/dossiers/{found.dossier.id}#rendez-vous",
            note=found.place,
            **self._around(found),
        )

    def _ready(self, found: Waiting) -> Todo:
        pipeline = pipeline_of(self.engine, found.dossier)
        action = pipeline.action(found.rule, found.dossier.stage)
        return Todo(
            kind="pret",
            title=action.label if action else found.dossier.titre,
            when=f"prêt {_since(found.at, self.now)}",
            exactly=short_date(to_paris(found.at).date()),
            url=f"/dossiers/{found.dossier.id}",
            **self._around(found),
        )

    def _idle(self, found: Waiting) -> Todo:
        since = to_paris(found.at).date()
        return Todo(
            kind="immobile",
            title=found.dossier.titre or "Projet sans titre",
            when=f"{days_long((self.today - since).days)} à cette étape",
            exactly=f"depuis le {short_date(since)}",
            url=f"/dossiers/{found.dossier.id}",
            late=True,
            **self._around(found),
        )

    def _around(self, found: Waiting) -> dict[str, Any]:
        line = found.dossier
        named = self._named and line.referent
        return {
            **dossier_part(self.engine, line),
            "who": Avatar(nom=line.referent) if named and line.referent else None,
        }

    def _start(self, days: int) -> datetime:
        """Midnight in Paris, so many days from today."""
        return from_paris(datetime.combine(self.today + timedelta(days=days), time.min))

    @staticmethod
    def _noon(day: date) -> datetime:
        return datetime.combine(day, time(7), UTC)


def _section(
    key: str,
    title: str,
    lines: list[Todo],
    found: int,
    link: Link | None = None,
    note: str = "",
) -> tuple[TodoSection, ...]:
    """A section, unless nothing is in it; it says when it shows only the first of many."""
    if not lines:
        return ()
    cut = found > MOST
    more = f"Les {MOST} premiers sont montrés : les suivants viendront à leur tour." if cut else ""
    section = TodoSection(
        key=key,
        title=title,
        lines=tuple(lines),
        note=note,
        more=more,
        more_link=link if cut else None,
    )
    return (section,)


def _latest_of_each(found: list[Waiting]) -> list[Waiting]:
    """The last occurrence of each reminder: the earlier ones say the same."""
    return list({(each.dossier.id, each.rule): each for each in found}.values())


def _said(pipeline: Pipeline, found: Waiting) -> tuple[str, str]:
    """What an échéance is, and what it does."""
    rules = {rule.key: rule for rule in pipeline.stage(found.dossier.stage).reminders}
    rule, action = rules.get(found.rule), pipeline.action(found.rule)
    if rule is not None:
        return (rule.task, rule.label) if rule.task else (rule.label, "relance du porteur")
    return (action.label if action else found.rule), "par le logiciel"


def _since(at: datetime, now: datetime) -> str:
    """« depuis hier », « depuis 3 jours »."""
    days = (to_paris(now).date() - to_paris(at).date()).days
    near = {0: "depuis aujourd’hui", 1: "depuis hier"}
    return near.get(days) or f"depuis {counted(days, 'jour')}"


def _long_day(day: date) -> str:
    """« Jeudi 12 mars 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_WEEKDAYS[day.weekday()].capitalize()} {number} {MONTHS[day.month - 1]} {day.year}"


def _lead(sections: tuple[TodoSection, ...]) -> str:
    """How many things there are, the pressing ones first."""
    counts = {each.key: len(each.lines) for each in sections}
    said = [
        counted(counts[key], *words)
        for key, words in (
            ("retard", ("chose en retard", "choses en retard")),
            ("jour", ("chose pour aujourd’hui", "choses pour aujourd’hui")),
            ("prets", ("dossier prêt", "dossiers prêts")),
            ("immobiles", ("dossier immobile", "dossiers immobiles")),
        )
        if key in counts
    ]
    return ", ".join(said)
