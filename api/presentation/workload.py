"""Who has what in hand: a bar for each referent, one piece for each stage."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from api.presentation.counted import MOVED, counting_url
from api.presentation.stages import tone_of
from api.views.pilotage import LoadLine, Slice
from grants.dossiers.filters import NOBODY
from grants.rapport.periods import Period
from grants.rapport.workload import Load
from workflow.pipeline import Pipeline


def load_lines(pipeline: Pipeline, loads: Iterable[Load], period: Period) -> tuple[LoadLine, ...]:
    """Each referent's line, nobody's last."""
    return tuple(_line(pipeline, load, period) for load in loads)


def _line(pipeline: Pipeline, load: Load, period: Period) -> LoadLine:
    referent = str(NOBODY if load.referent_id is None else load.referent_id)
    stages = [stage for stage in pipeline.stages if not stage.final]

    def listed(**pairs: str) -> str:
        kept = {"dispositif": pipeline.key, "referent": referent, **pairs}
        return f"/liste?{urlencode(kept)}"

    every = ",".join(stage.key for stage in stages)
    return LoadLine(
        nom=load.nom or "Sans référent",
        total=load.total,
        url=listed(etape=every) if load.total else None,
        slices=tuple(
            Slice(
                label=stage.label,
                count=load.open[stage.key],
                url=listed(etape=stage.key),
                tone=tone_of(pipeline, stage.key),
            )
            for stage in stages
            if stage.key in load.open
        ),
        late=load.late,
        late_url=listed(retard="1") if load.late else None,
        moved=load.moved,
        moved_url=counting_url(pipeline, MOVED, period, referent=referent) if load.moved else None,
    )
