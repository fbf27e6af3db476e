"""« Pilotage » : the figures of a period, who has what in hand, where, and against which other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from api.presentation.comparison import comparison_of
from api.presentation.figures import (
    funnel_steps,
    landmarks_of,
    stage_times,
    summary_figures,
    targets_of,
)
from api.presentation.periods import (
    PATH,
    PeriodAsked,
    comparisons,
    period_bar,
    period_words,
    shortcuts,
)
from api.presentation.spreads import spreads_of
from api.presentation.stages import asks_amounts
from api.presentation.tableau import pipeline_tabs
from api.presentation.workload import load_lines
from api.views.chrome import Link
from api.views.listing import EmptyState
from api.views.pilotage import PilotagePage
from grants.dossiers.counters import places_of
from grants.dossiers.filters import Filters, late_before
from grants.organisation.queries import customs_of
from grants.rapport.figures import figures_of
from grants.rapport.tally import Tally
from grants.rapport.workload import workload
from workflow.engine import Engine
from workflow.pipeline import Pipeline


def pilotage_page(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    pipeline: Pipeline,
    asked: PeriodAsked,
    today: date,
) -> PilotagePage:
    """The figures of one pipeline over one period, each opening the list that it counts."""
    period, landmarks = asked.period, landmarks_of(pipeline)
    customs = customs_of(connection, organisme_id)
    tally = Tally(connection, organisme_id)
    figures = figures_of(tally, landmarks, period)
    limits: Mapping[str, date] = late_before(pipeline, today, customs)
    loads = workload(tally, pipeline, period, limits)
    comparison = None
    if asked.compared is not None:
        other = figures_of(tally, landmarks, asked.compared)
        comparison = comparison_of(pipeline, landmarks, figures, other)
    words = period_words(period)
    year = (period.until or today).year
    return PilotagePage(
        pipeline=pipeline.label,
        period=words,
        tabs=pipeline_tabs(engine, places_of(connection, organisme_id, Filters()), pipeline, PATH),
        shortcuts=shortcuts(pipeline, asked, today),
        filters=period_bar(pipeline, asked),
        comparisons=comparisons(pipeline, asked),
        comparison=comparison,
        figures=summary_figures(pipeline, landmarks, figures),
        funnel=funnel_steps(pipeline, figures),
        durations=stage_times(pipeline, figures),
        targets=targets_of(tally, engine, pipeline, customs, year),
        loads=load_lines(pipeline, loads, period),
        spreads=spreads_of(pipeline, landmarks, figures),
        asks_amounts=asks_amounts(pipeline),
        grants_amounts=landmarks.granting != landmarks.opening,
        empty=None if figures.entered or loads or comparison else _empty(pipeline),
        print_title=f"{pipeline.label} — {words}",
    )


def _empty(pipeline: Pipeline) -> EmptyState:
    return EmptyState(
        title="Aucun mouvement sur cette période",
        text="Choisissez une autre période, ou ouvrez un premier dossier.",
        icon="pilotage",
        action=Link(label="Nouveau contact", url=f"/dossiers/nouveau?dispositif={pipeline.key}"),
    )
