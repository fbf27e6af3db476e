"""Where the dossiers of a period are: by département, by sector, without a map."""

from __future__ import annotations

from collections.abc import Callable

from api.presentation.counted import ENTERED, counting_url
from api.presentation.narrowing import place_label, sector_label
from api.views.pilotage import Spread, SpreadLine
from grants.dossiers.filters import NOWHERE
from grants.rapport.amounts import Cell, amounts_of
from grants.rapport.figures import Figures, Landmarks
from workflow.pipeline import Pipeline


def spreads_of(pipeline: Pipeline, landmarks: Landmarks, figures: Figures) -> tuple[Spread, ...]:
    """Both tables, where the period has anything to spread."""
    if not figures.cells:
        return ()
    fields = {field.key for sheet in pipeline.sheets for field in sheet.fields}
    asked = (
        ("departement", "Département", place_label, lambda cell: cell.departement),
        ("secteur", "Secteur", sector_label, lambda cell: cell.secteur),
    )
    return tuple(
        Spread(key=key, place=place, lines=_lines(pipeline, landmarks, figures, key, label, of))
        for key, place, label, of in asked
        if key in fields
    )


def _lines(
    pipeline: Pipeline,
    landmarks: Landmarks,
    figures: Figures,
    key: str,
    label: Callable[[str], str],
    of: Callable[[Cell], str | None],
) -> tuple[SpreadLine, ...]:
    """One line for each place that counts something, the fullest first, nowhere last."""
    by_place: dict[str | None, list[Cell]] = {}
    for cell in figures.cells:
        by_place.setdefault(of(cell), []).append(cell)
    lines = []
    for place, cells in by_place.items():
        amounts = amounts_of(cells, landmarks.opening, landmarks.granting)
        named = place or NOWHERE

        def listed(stage: str, count: int, named: str = named) -> str | None:
            url = counting_url(pipeline, ENTERED, figures.period, stage, **{key: named})
            return url if count else None

        line = SpreadLine(
            label=label(named),
            opened=amounts.ouverts,
            opened_url=listed(landmarks.opening, amounts.ouverts),
            demande=amounts.demande,
            granted=amounts.retenus,
            granted_url=listed(landmarks.granting, amounts.retenus),
            accorde=amounts.accorde,
        )
        lines.append((place is None, -line.opened, -line.granted, line.label, line))
    return tuple(line for *_, line in sorted(lines, key=lambda each: each[:4]))
