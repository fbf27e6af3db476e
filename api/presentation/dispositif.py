"""A pipeline explained: drawn with the dossier's stage lit, then told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from api.presentation.stages import tone_of
from api.views.chrome import Link
from api.views.diagram import Diagram, Edge, Node, draw
from api.views.pipeline import ActionLine, PipelinePage, StageLine
from grants.organisation.roles import PIPELINE_ROLES
from workflow.engine import Engine
from workflow.pipeline import ANY, ANY_NOT_FINAL, PREVIOUS, Action, Pipeline
from workflow.subject import Subject

_BACK = "l’étape d’où vient le dossier"


def dispositif_page(
    engine: Engine,
    pipeline: Pipeline,
    counts: Mapping[str, int],
    subject: Subject | None,
    others: tuple[Link, ...],
) -> PipelinePage:
    """The page of a pipeline, seen from a dossier or for itself."""
    present = subject.stage if subject else None
    phases = {phase.key: phase.label for phase in pipeline.phases}
    return PipelinePage(
        label=pipeline.label,
        version=pipeline.version,
        description=pipeline.description,
        diagram=_drawn(pipeline, subject),
        stages=tuple(
            StageLine(
                label=stage.label,
                phase=phases[stage.phase],
                tone=tone_of(pipeline, stage.key),
                public_label=stage.public_label or "",
                final=stage.final,
                present=stage.key == present,
                count=counts.get(stage.key, 0),
                list_url=f"/liste?dispositif={pipeline.key}&etape={stage.key}",
            )
            for stage in pipeline.stages
        ),
        actions=tuple(_line(engine, pipeline, action) for action in pipeline.actions),
        dossier=_back_to(subject),
        others=others,
    )


def _drawn(pipeline: Pipeline, subject: Subject | None) -> Diagram:
    passed = {step.stage for step in subject.trail} if subject else set()
    present = subject.stage if subject else None
    nodes = [
        Node(
            key=stage.key,
            label=stage.label,
            tone=tone_of(pipeline, stage.key),
            final=stage.final,
            present=stage.key == present,
            visited=stage.key in passed and stage.key != present,
        )
        for stage in pipeline.stages
    ]
    return draw(nodes, [edge for action in pipeline.actions for edge in _edges(pipeline, action)])


def _edges(pipeline: Pipeline, action: Action) -> list[Edge]:
    destination = None if action.to == PREVIOUS else action.to
    return [
        Edge(label=action.label, origin=origin, destination=destination, kind=action.tone)
        for origin in pipeline.origins(action)
    ]


def _line(engine: Engine, pipeline: Pipeline, action: Action) -> ActionLine:
    letters = (engine.vocabulary.letters[key].title for key in action.letters)
    return ActionLine(
        label=action.label,
        origin=_origin(pipeline, action),
        destination=_BACK if action.to == PREVIOUS else pipeline.stage(action.to).label,
        by=", ".join(PIPELINE_ROLES.get(role, role) for role in action.roles) or "Le logiciel",
        conditions=tuple(_conditions(engine, pipeline, action)),
        letters=tuple(letters),
        help=action.help,
    )


def _conditions(engine: Engine, pipeline: Pipeline, action: Action) -> Iterator[str]:
    """What each rule of the action asks, in French."""
    for reference in action.guards:
        guard = engine.vocabulary.guards[reference.name]
        yield guard.told(pipeline, reference, action.fields)


def _origin(pipeline: Pipeline, action: Action) -> str:
    if ANY in action.from_:
        return "toutes les étapes"
    if ANY_NOT_FINAL in action.from_:
        return "toutes les étapes en cours"
    return ", ".join(pipeline.stage(key).label for key in action.from_)


def _back_to(subject: Subject | None) -> Link | None:
    if subject is None:
        return None
    return Link(label=subject.row["reference"], url=f"/dossiers/{subject.id}")
