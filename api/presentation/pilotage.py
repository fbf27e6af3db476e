"""« Pilotage » : the funnel of a period, the time spent in each stage, the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.presentation.stages import outcome_of, tone_of
from api.presentation.tableau import pipeline_tabs
from api.views.chrome import Link
from api.views.fields import FieldView
from api.views.listing import EmptyState, FilterBar, Tab
from api.views.pilotage import Figure, FunnelStep, PilotagePage, StageTime, Target
from grants.organisation.queries import parameters_of
from grants.rapport.amounts import amounts_of
from grants.rapport.queries import Period, TimeInStage, funnel, times_in_stages
from workflow.dates import DateFault, format_date, parse_date
from workflow.engine import Engine
from workflow.money import format_amount
from workflow.pipeline import Pipeline

PATH = "/pilotage"
YEARS = 3


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """The period of an address, what was typed, and what of it could not be read."""

    period: Period
    typed: dict[str, str]
    faults: dict[str, str]


def read_period(typed: dict[str, str], today: date) -> PeriodAsked:
    """The days typed; the present year without any."""
    days: dict[str, date] = {}
    faults: dict[str, str] = {}
    for name in ("du", "au"):
        if not typed.get(name):
            continue
        try:
            days[name] = parse_date(typed[name])
        except DateFault as fault:
            faults[name] = str(fault)
    since, until = days.get("du"), days.get("au")
    if since and until and since > until:
        faults["au"] = "La période finirait avant de commencer."
        since = until = None
    if not days:
        since, until = date(today.year, 1, 1), date(today.year, 12, 31)
    return PeriodAsked(Period(since, until), typed, faults)


def pilotage_page(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    pipeline: Pipeline,
    asked: PeriodAsked,
    today: date,
) -> PilotagePage:
    """The figures of one pipeline over one period, each opening the list that it counts."""
    period = asked.period
    counts = funnel(connection, organisme_id, pipeline.key, period)
    times = times_in_stages(connection, organisme_id, pipeline.key, period)
    return PilotagePage(
        pipeline=pipeline.label,
        period=_words(period),
        tabs=pipeline_tabs(connection, engine, organisme_id, pipeline, PATH),
        shortcuts=_shortcuts(pipeline, period, today),
        filters=_bar(pipeline, asked),
        figures=_figures(connection, organisme_id, pipeline, period, counts),
        funnel=_funnel(pipeline, period, counts),
        durations=_durations(pipeline, times),
        targets=_targets(connection, engine, organisme_id, pipeline, period, today),
        empty=None if counts else _empty(pipeline),
        print_title=f"{pipeline.label} — {_words(period)}",
    )


def _funnel(
    pipeline: Pipeline, period: Period, counts: Mapping[str, int]
) -> tuple[FunnelStep, ...]:
    return tuple(
        FunnelStep(
            label=stage.label,
            count=counts.get(stage.key, 0),
            url=_entered(pipeline, stage.key, period) if counts.get(stage.key) else None,
            tone=tone_of(pipeline, stage.key),
        )
        for stage in pipeline.stages
        if outcome_of(pipeline, stage.key) != "arrete"
    )


def _durations(pipeline: Pipeline, times: Mapping[str, TimeInStage]) -> tuple[StageTime, ...]:
    return tuple(
        StageTime(
            label=stage.label,
            count=times[stage.key].count,
            median=times[stage.key].median,
            ninth=times[stage.key].ninth,
            tone=tone_of(pipeline, stage.key),
        )
        for stage in pipeline.stages
        if stage.key in times
    )


def _figures(
    connection: Connection,
    organisme_id: int,
    pipeline: Pipeline,
    period: Period,
    counts: Mapping[str, int],
) -> tuple[Figure, ...]:
    granted = _granted_stage(pipeline)
    amounts = amounts_of(connection, organisme_id, pipeline.key, period, pipeline.initial, granted)
    stopped = sum(
        counts.get(stage.key, 0)
        for stage in pipeline.stages
        if outcome_of(pipeline, stage.key) == "arrete"
    )
    figures = [
        Figure(
            label="Dossiers ouverts",
            value=str(counts.get(pipeline.initial, 0)),
            url=_entered(pipeline, pipeline.initial, period),
        ),
        Figure(label="Demandé", value=format_amount(amounts.demande), note="par ces dossiers"),
    ]
    if granted != pipeline.initial:
        figures.append(
            Figure(
                label="Accordé",
                value=format_amount(amounts.accorde),
                note=f"à {amounts.retenus} projets" if amounts.retenus > 1 else "",
            )
        )
    figures.append(Figure(label="Sortis sans aboutir", value=str(stopped)))
    return tuple(figures)


def _granted_stage(pipeline: Pipeline) -> str:
    """The stage that the action granting an amount leads to; the initial one without any."""
    for action in pipeline.actions:
        if any(field.key == "montant_accorde" for field in action.fields):
            return action.to
    return pipeline.initial


def _targets(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    pipeline: Pipeline,
    period: Period,
    today: date,
) -> tuple[Target, ...]:
    parameters = parameters_of(connection, engine, organisme_id, pipeline)
    stage, targets = _granted_stage(pipeline), []
    year = parameters.get("annee_de_l_objectif") or (period.until or today).year

    def reached(first: int, last: int) -> int:
        span = Period(date(first, 1, 1), date(last, 12, 31))
        return funnel(connection, organisme_id, pipeline.key, span).get(stage, 0)

    def url(first: int, last: int) -> str:
        return _entered(pipeline, stage, Period(date(first, 1, 1), date(last, 12, 31)))

    goal = parameters.get("objectif_annuel")
    if goal:
        targets.append(
            Target(
                label=f"Projets retenus en {year}",
                reached=reached(year, year),
                goal=goal,
                url=url(year, year),
            )
        )
    goal, first = parameters.get("objectif_triennal"), parameters.get("debut_triennal")
    if goal and first:
        last = first + YEARS - 1
        targets.append(
            Target(
                label=f"Projets retenus de {first} à {last}",
                reached=reached(first, last),
                goal=goal,
                url=url(first, last),
            )
        )
    return tuple(targets)


def _entered(pipeline: Pipeline, stage: str, period: Period) -> str:
    """The list of the dossiers that first entered a stage in the period."""
    pairs = {"dispositif": pipeline.key, "entree": stage}
    if period.since:
        pairs["entree_du"] = period.since.isoformat()
    if period.until:
        pairs["entree_au"] = period.until.isoformat()
    return f"/liste?{urlencode(pairs)}"


def _words(period: Period) -> str:
    since, until = period.since, period.until
    if since and until and (since.month, since.day, until.month, until.day) == (1, 1, 12, 31):
        return f"année {since.year}" if since.year == until.year else f"{since.year}–{until.year}"
    if since and until:
        return f"du {format_date(since)} au {format_date(until)}"
    if since:
        return f"depuis le {format_date(since)}"
    return f"jusqu'au {format_date(until)}" if until else "depuis le début"


def _shortcuts(pipeline: Pipeline, present: Period, today: date) -> tuple[Tab, ...]:
    year = today.year
    twelve = Period(today - timedelta(days=365), today)
    periods = (
        ("Cette année", Period(date(year, 1, 1), date(year, 12, 31))),
        ("L’année dernière", Period(date(year - 1, 1, 1), date(year - 1, 12, 31))),
        ("12 derniers mois", twelve),
        ("2009", Period(date(2009, 1, 1), date(2009, 12, 31))),
    )
    return tuple(
        Tab(label=label, url=_url(pipeline, period), present=period == present)
        for label, period in periods
    )


def _url(pipeline: Pipeline, period: Period) -> str:
    pairs = {"dispositif": pipeline.key}
    pairs |= {"du": period.since.isoformat()} if period.since else {}
    pairs |= {"au": period.until.isoformat()} if period.until else {}
    return f"{PATH}?{urlencode(pairs)}"


def _bar(pipeline: Pipeline, asked: PeriodAsked) -> FilterBar:
    period = asked.period
    shown = {"du": period.since, "au": period.until}
    fields = tuple(
        FieldView(
            name=name,
            label=label,
            type="date",
            value=asked.typed.get(name) or (day.isoformat() if (day := shown[name]) else ""),
            error=asked.faults.get(name, ""),
            scope="periode",
        )
        for name, label in (("du", "Du"), ("au", "Au"))
    )
    return FilterBar(url=PATH, fields=fields, keep=(("dispositif", pipeline.key),))


def _empty(pipeline: Pipeline) -> EmptyState:
    return EmptyState(
        title="Aucun mouvement sur cette période",
        text="Choisissez une autre période, ou ouvrez un premier dossier.",
        icon="pilotage",
        action=Link(label="Nouveau contact", url=f"/dossiers/nouveau?dispositif={pipeline.key}"),
    )
