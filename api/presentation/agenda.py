"""The agenda of an organisme, as its page shows it: what comes, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.forms import new_key
from api.views.agenda import AgendaDay, AgendaItem, AgendaPage, FeedView
from api.views.chrome import Link
from api.views.fields import Choice, FieldView
from api.views.listing import EmptyState, FilterBar, Tab
from api.visit import Visit
from grants.organisation.queries import customs_of
from grants.organisation.vocabulary import collegue_choices
from grants.relances.agenda import (
    ACTION,
    KINDS,
    RELANCE,
    RENDEZ_VOUS,
    SEANCE,
    TACHE,
    AgendaLine,
    Narrowing,
    agenda,
    last_held_before,
)
from grants.relances.feed import PORTEES, link_of
from workflow.calendar import is_working_day
from workflow.database import LARGEST_ID
from workflow.dates import MONTHS, from_paris, to_paris
from workflow.engine import Engine

AGENDA = "/agenda"
MOST, PER_DAY, PER_PAGE = 1000, 4, 200
_WEEK = 7
_LABELS = {
    RENDEZ_VOUS: ("Rendez-vous", "horloge", "bleu"),
    SEANCE: ("Séances", "seances", "prune"),
    RELANCE: ("Rappels à partir", "courrier", "ocre"),
    ACTION: ("Actions du logiciel", "revenir", "pierre"),
    TACHE: ("Tâches", "coche", "vert"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the address asks for."""

    month: date
    as_list: bool
    narrowing: Narrowing
    query: Mapping[str, str]


def read_shown(query: Mapping[str, str], engine: Engine, today: date) -> Shown:
    """An address → a month, its form and its filters; what is not readable is left aside."""
    month = _month(query.get("mois", "")) or today.replace(day=1)
    kinds = tuple(kind for kind in KINDS if kind == query.get("quoi")) or KINDS
    pipeline = query.get("dispositif", "")
    known = engine.catalogue.latest(pipeline) is not None
    who = _id(query.get("qui", ""))
    narrowing = Narrowing(who, pipeline if known else None, kinds, held=True)
    kept = {key: query[key] for key in ("qui", "dispositif", "quoi") if query.get(key)}
    return Shown(month, query.get("forme") == "liste", narrowing, kept)


def agenda_page(
    connection: Connection, engine: Engine, visit: Visit, shown: Shown, secret_url: str = ""
) -> AgendaPage:
    """A month of the agenda; `secret_url`: the personal link that was just made."""
    organisme_id, today = visit.identity.organisme_id, to_paris(visit.now).date()
    first, last = _bounds(shown)
    span = (_midnight(first), _midnight(last + timedelta(days=1)))
    lines = agenda(connection, engine, organisme_id, span, shown.narrowing, MOST)
    by_day = {day: list(each) for day, each in groupby(lines, key=lambda each: each.day)}
    territoire = customs_of(connection, organisme_id).territoire
    may_write = visit.identity.may_write
    frame = _Frame(shown, today, territoire, by_day, may_write)
    return AgendaPage(
        title=f"{MONTHS[shown.month.month - 1].capitalize()} {shown.month.year}",
        tabs=(
            Tab(label="Aujourd’hui", url="/aujourdhui"),
            Tab(label="Agenda", url=AGENDA, present=True),
        ),
        views=(
            Tab(label="Mois", url=_at(shown, shown.month, ""), present=not shown.as_list),
            Tab(label="Liste", url=_at(shown, shown.month, "liste"), present=shown.as_list),
        ),
        filters=_filters(connection, engine, organisme_id, shown),
        before=_month_link(shown, _shift(shown.month, -1)),
        after=_month_link(shown, _shift(shown.month, 1)),
        this_month=None
        if shown.month == today.replace(day=1)
        else Link(label="Ce mois-ci", url=_at(shown, today.replace(day=1))),
        feed=_feed(connection, visit, secret_url),
        here=address_of(shown),
        weeks=() if shown.as_list else frame.weeks(),
        days=frame.days() if shown.as_list else (),
        held_before=_held_before(connection, organisme_id, shown, first),
        empty=_nothing() if shown.as_list and not lines else None,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    shown: Shown
    today: date
    territoire: str
    by_day: Mapping[date, list[AgendaLine]]
    may_write: bool

    def weeks(self) -> tuple[tuple[AgendaDay, ...], ...]:
        first, last = _bounds(self.shown)
        count = ((last - first).days + 1) // _WEEK
        return tuple(
            tuple(
                self._day(first + timedelta(days=_WEEK * week + n), PER_DAY) for n in range(_WEEK)
            )
            for week in range(count)
        )

    def days(self) -> tuple[AgendaDay, ...]:
        return tuple(self._day(day, None) for day in sorted(self.by_day))

    def _day(self, day: date, most: int | None) -> AgendaDay:
        lines = self.by_day.get(day, [])
        kept = lines[:most] if most else lines
        return AgendaDay(
            day=day,
            items=tuple(_item(each, may_write=self.may_write) for each in kept),
            outside=day.month != self.shown.month.month,
            today=day == self.today,
            closed=not is_working_day(day, self.territoire),
            more=len(lines) - len(kept),
        )


def _item(line: AgendaLine, *, may_write: bool) -> AgendaItem:
    label, icon, tone = _LABELS[line.kind]
    at = to_paris(line.at)
    hour = "" if line.kind == TACHE else f"{at.hour} h {at.minute:02d}"
    url, about = _subject(line)
    held_at = f"{url}/relances" if line.held else ""
    return AgendaItem(
        kind=label,
        icon=icon,
        tone=tone,
        hour=hour,
        label=line.label,
        url=f"{held_at}#relance-{line.id}" if line.held else url,
        about=about,
        place=line.place,
        who=line.pour or "",
        held=line.held,
        resume_url=f"{held_at}/{line.id}/reprendre" if line.held and may_write else "",
        version=line.version,
        key=new_key() if line.held and may_write else "",
    )


def _subject(line: AgendaLine) -> tuple[str, str]:
    """Where a thing of the agenda leads, and what it is about."""
    dossier = line.dossier
    if dossier is not None:
        about = f"{dossier.reference} · {dossier.structure or dossier.titre}"
        return f"/dossiers/{dossier.id}", about
    if line.seance_id is not None:
        return f"/seances/{line.seance_id}", line.seance
    if line.kind == SEANCE:
        return f"/seances/{line.id}", ""
    return (f"/taches/{line.id}", "") if line.kind == TACHE else ("", "")


def _filters(connection: Connection, engine: Engine, organisme_id: int, shown: Shown) -> FilterBar:
    query = shown.query
    pipelines = engine.catalogue.current()
    people = collegue_choices(connection, organisme_id)
    keep = [("mois", f"{shown.month:%Y-%m}"), *([("forme", "liste")] if shown.as_list else [])]
    return FilterBar(
        url=AGENDA,
        fields=(
            FieldView(
                name="qui",
                label="De qui",
                type="choix",
                value=query.get("qui", ""),
                choices=tuple(Choice(value=str(id), label=nom) for id, nom in people),
            ),
            FieldView(
                name="dispositif",
                label="Dispositif",
                type="choix",
                value=query.get("dispositif", ""),
                choices=tuple(Choice(value=each.key, label=each.label) for each in pipelines),
            ),
            FieldView(
                name="quoi",
                label="Quoi",
                type="choix",
                value=query.get("quoi", ""),
                choices=tuple(Choice(value=key, label=_LABELS[key][0]) for key in KINDS),
            ),
        ),
        keep=tuple(keep),
    )


def _feed(connection: Connection, visit: Visit, secret_url: str) -> FeedView:
    known = link_of(connection, visit.identity)
    return FeedView(
        make_url=f"{AGENDA}/lien",
        end_url=f"{AGENDA}/lien/retirer",
        portees=tuple(PORTEES.items()),
        portee=PORTEES[known.portee] if known else "",
        since=known.cree_le if known else None,
        seen=known.vu_le if known else None,
        url=secret_url,
    )


def _bounds(shown: Shown) -> tuple[date, date]:
    """The first and the last day drawn: whole weeks for a table, the month for a list."""
    first, last = shown.month, _shift(shown.month, 1) - timedelta(days=1)
    if shown.as_list:
        return first, last
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _held_before(
    connection: Connection, organisme_id: int, shown: Shown, first: date
) -> Link | None:
    """Where reminders whose moment has passed still wait."""
    found = last_held_before(connection, organisme_id, _midnight(first), shown.narrowing)
    if found is None or RELANCE not in shown.narrowing.kinds:
        return None
    return _month_link(shown, to_paris(found).date().replace(day=1))


def _nothing() -> EmptyState:
    return EmptyState(
        icon="seances",
        title="Rien ce mois-ci",
        text="Les rendez-vous, séances, rappels et tâches du mois apparaîtront ici.",
    )


def _month_link(shown: Shown, month: date) -> Link:
    return Link(label=f"{MONTHS[month.month - 1]} {month.year}", url=_at(shown, month))


def _at(shown: Shown, month: date, form: str | None = None) -> str:
    form = ("liste" if shown.as_list else "") if form is None else form
    pairs = {"mois": f"{month:%Y-%m}", **({"forme": form} if form else {}), **shown.query}
    return f"{AGENDA}?{urlencode(pairs)}"


def address_of(shown: Shown) -> str:
    """The address of this agenda, made of what was understood of the one that was asked."""
    return _at(shown, shown.month)


def _shift(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _month(text: str) -> date | None:
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 — a month, nowhere
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None  # noqa: PLR2004 — what dates may be


def _id(text: str) -> int | None:
    readable = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if readable and 0 < int(text) <= LARGEST_ID else None


def _midnight(day: date) -> datetime:
    return from_paris(datetime.combine(day, time()))
