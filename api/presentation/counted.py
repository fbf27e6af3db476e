"""What a figure of « Pilotage » counts, as an address says it: entered, left, moved in a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import Select, select

from api.presentation.periods import period_words
from grants.dossiers.filters import D
from grants.rapport.periods import Period
from workflow.dates import DateFault, parse_date
from workflow.pipeline import Pipeline

ENTERED, LEFT, MOVED = "entree", "sortie", "mouvement"
_PERIODS = {name: (f"{name}_du", f"{name}_au") for name in (ENTERED, LEFT, MOVED)}
#: The pairs of an address that say what is counted.
NAMES = (ENTERED, LEFT, MOVED, *(each for pair in _PERIODS.values() for each in pair))
Faults = dict[str, str]


def counted(
    organisme_id: int, pipeline: Pipeline | None, pairs: Mapping[str, str], faults: Faults
) -> Select[tuple[int]] | None:
    """The dossiers that the address's figures count; None when it names no figure."""
    if pipeline is None or not any(name in pairs for name in (ENTERED, LEFT, MOVED)):
        return None
    from grants.rapport.queries import dossiers_entering, dossiers_leaving, dossiers_moved

    found: list[Select[tuple[int]]] = []
    if entered := _stages(pipeline, pairs, ENTERED):
        period = _period(pairs, ENTERED, faults)
        found.append(dossiers_entering(organisme_id, pipeline.key, entered, period))
    if left := _stages(pipeline, pairs, LEFT):
        period = _period(pairs, LEFT, faults)
        found.append(dossiers_leaving(organisme_id, pipeline.key, left, period))
    if MOVED in pairs:
        period = _period(pairs, MOVED, faults)
        found.append(dossiers_moved(organisme_id, pipeline.key, period))
    if len(found) < 2:  # noqa: PLR2004 — several are crossed
        return found[0] if found else None
    return select(D.c.id).where(D.c.organisme_id == organisme_id, *(D.c.id.in_(f) for f in found))


def counted_labels(pipeline: Pipeline | None, pairs: Mapping[str, str]) -> dict[str, str]:
    """What the chips say, by the name that takes each away."""
    if pipeline is None:
        return {}
    labels: dict[str, str] = {}
    for name, verb in ((ENTERED, "Entrés"), (LEFT, "Sortis")):
        if stages := _stages(pipeline, pairs, name):
            at = "à" if name == ENTERED else "de"
            named = ", ".join(f"« {pipeline.stage(key).label} »" for key in stages)
            labels[name] = f"{verb} {at} l’étape {named}{_when(pairs, name)}"
    if MOVED in pairs:
        labels[MOVED] = f"Ont avancé{_when(pairs, MOVED)}"
    return labels


def names_of(name: str) -> tuple[str, ...]:
    """Every pair that goes away with a chip."""
    return (name, *_PERIODS.get(name, ()))


def counting_url(
    pipeline: Pipeline, name: str, period: Period, *stages: str, **more: str | None
) -> str:
    """The list of the dossiers that a figure counts; `more` narrows it further."""
    since, until = _PERIODS[name]
    pairs = {"dispositif": pipeline.key, **{key: value for key, value in more.items() if value}}
    pairs[name] = ",".join(stages) or "1"
    if period.since:
        pairs[since] = period.since.isoformat()
    if period.until:
        pairs[until] = period.until.isoformat()
    return f"/liste?{urlencode(pairs)}"


def _stages(pipeline: Pipeline, pairs: Mapping[str, str], name: str) -> tuple[str, ...]:
    known = {stage.key for stage in pipeline.stages}
    return tuple(key for key in pairs.get(name, "").split(",") if key in known)


def _period(pairs: Mapping[str, str], name: str, faults: Faults) -> Period:
    since, until = _PERIODS[name]
    return Period(_day(pairs, since, faults), _day(pairs, until, faults))


def _day(pairs: Mapping[str, str], name: str, faults: Faults) -> date | None:
    if name not in pairs:
        return None
    try:
        return parse_date(pairs[name])
    except DateFault as fault:
        faults[name] = str(fault)
        return None


def _when(pairs: Mapping[str, str], name: str) -> str:
    period = _period(pairs, name, {})
    return f", {period_words(period)}" if period.since or period.until else ""
