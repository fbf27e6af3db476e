"""The figures of a period, written: each with the address of the list that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.presentation.counted import ENTERED, LEFT, counting_url
from api.presentation.stages import asks_amounts, outcome_of, tone_of
from api.views.pilotage import Figure, FunnelStep, StageTime, Target
from api.wording import counted as so_many
from grants.comites.heures import lasting
from grants.organisation.queries import Customs
from grants.rapport.figures import Figures, Landmarks
from grants.rapport.periods import Period
from grants.rapport.sessions import Sessions
from grants.rapport.stages import funnel
from grants.rapport.tally import Tally
from workflow.engine import Engine
from workflow.money import format_amount
from workflow.parameters import parameters_in_force
from workflow.pipeline import Pipeline

YEARS = 3


def landmarks_of(pipeline: Pipeline) -> Landmarks:
    """Where a pipeline begins, where it grants, and where it ends without succeeding."""
    stopping = [s.key for s in pipeline.stages if outcome_of(pipeline, s.key) == "arrete"]
    return Landmarks(pipeline.key, pipeline.initial, _granting_stage(pipeline), stopping)


def _granting_stage(pipeline: Pipeline) -> str:
    """The stage that the action granting an amount leads to; the initial one without any."""
    for action in pipeline.actions:
        if any(field.key == "montant_accorde" for field in action.fields):
            return action.to
    return pipeline.initial


def summary_figures(
    pipeline: Pipeline, landmarks: Landmarks, figures: Figures
) -> tuple[Figure, ...]:
    """What sums up the period."""
    period, amounts = figures.period, figures.amounts
    opened = _entered(pipeline, period, figures.entered, landmarks.opening)
    found = [Figure(label="Dossiers ouverts", value=str(amounts.ouverts), url=opened)]
    if asks_amounts(pipeline):
        asked = format_amount(amounts.demande)
        found.append(Figure(label="Demandé", value=asked, url=opened, note="par ces dossiers"))
    if landmarks.granting != landmarks.opening:
        granted = _entered(pipeline, period, figures.entered, landmarks.granting)
        accordes = f"à {so_many(amounts.accordes, 'projet')}" if amounts.accordes else ""
        found.append(
            Figure(
                label="Accordé",
                value=format_amount(amounts.accorde),
                url=granted,
                note=accordes,
            )
        )
    found.append(
        Figure(
            label="Sortis sans aboutir",
            value=str(figures.stopped),
            url=counting_url(pipeline, ENTERED, period, *landmarks.stopping)
            if figures.stopped
            else None,
        )
    )
    if figures.sessions.held:
        found.append(_sessions(figures.sessions))
    return tuple(found)


def _sessions(sessions: Sessions) -> Figure:
    """« 92 h », « en 36 présences à 3 séances »: what the attendance sheets add up to."""
    came = so_many(sessions.came, "présence")
    held = so_many(sessions.held, "séance")
    return Figure(
        label="Temps des membres du comité",
        value=lasting(sessions.time),
        url="/seances",
        note=f"en {came} à {held}",
    )


def funnel_steps(pipeline: Pipeline, figures: Figures) -> tuple[FunnelStep, ...]:
    """How many got how far."""
    return tuple(
        FunnelStep(
            label=stage.label,
            count=figures.entered.get(stage.key, 0),
            url=_entered(pipeline, figures.period, figures.entered, stage.key),
            tone=tone_of(pipeline, stage.key),
        )
        for stage in pipeline.stages
        if outcome_of(pipeline, stage.key) != "arrete"
    )


def stage_times(pipeline: Pipeline, figures: Figures) -> tuple[StageTime, ...]:
    """How long each stage took, of those that were left."""
    return tuple(
        StageTime(
            label=stage.label,
            count=figures.times[stage.key].dossiers,
            median=figures.times[stage.key].median,
            ninth=figures.times[stage.key].ninth,
            url=counting_url(pipeline, LEFT, figures.period, stage.key),
            tone=tone_of(pipeline, stage.key),
        )
        for stage in pipeline.stages
        if stage.key in figures.times
    )


def targets_of(
    tally: Tally, engine: Engine, pipeline: Pipeline, customs: Customs, year: int
) -> tuple[Target, ...]:
    """What was promised for a year and for three, and what is done."""
    types = engine.vocabulary.field_types
    parameters = parameters_in_force(pipeline, customs.parametres, types)
    stage, targets = _granting_stage(pipeline), []

    def target(label: str, goal: int, first: int, last: int) -> Target:
        span = Period(date(first, 1, 1), date(last, 12, 31))
        entered = funnel(tally, pipeline.key, span)
        url = _entered(pipeline, span, entered, stage)
        return Target(label=label, reached=entered.get(stage, 0), goal=goal, url=url)

    goal = parameters.get("objectif_annuel")
    if goal:
        year = parameters.get("annee_de_l_objectif") or year
        targets.append(target(f"Projets retenus en {year}", goal, year, year))
    goal, first = parameters.get("objectif_triennal"), parameters.get("debut_triennal")
    if goal and first:
        last = first + YEARS - 1
        targets.append(target(f"Projets retenus de {first} à {last}", goal, first, last))
    return tuple(targets)


def _entered(
    pipeline: Pipeline, period: Period, entered: Mapping[str, int], stage: str
) -> str | None:
    """The list of those that first entered a stage, where there are any."""
    return counting_url(pipeline, ENTERED, period, stage) if entered.get(stage) else None
