"""What hand-written code makes of the rows of a list: words, amounts, delays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from api.presentation.stages import badge
from grants.structures.departements import departement_name
from workflow.calendar import add_working_days
from workflow.dates import MONTHS
from workflow.pipeline import Pipeline

PAGE = 50
LONGEST_UNUSED_S = 12 * 3600
_PARIS = ZoneInfo("Europe/Paris")
_THIN, _NO_BREAK = "\u202f", "\u00a0"


class NotAsFirstSeen(RuntimeError):
    """Somebody chose columns or kept a view: the peers show the list as one first sees it."""


class Stage(NamedTuple):
    """What is shown of a stage: written once, when the program starts."""

    label: str
    tone: str
    phase: str
    outcome: str
    ended: bool
    delay: int | None
    working: bool


class Row(NamedTuple):
    """One line of the page."""

    id: int
    reference: str
    carried_by: str
    titre: str
    tags: list[tuple[int, str]]
    stage: Stage
    place: str
    referent: str | None
    initials: str
    asked: str | None
    granted: str | None
    late: bool
    days: int
    since: str


class Line(NamedTuple):
    """One row of the database, as each peer reads it."""

    id: int
    reference: str
    stage: str
    stage_since: datetime
    titre: str
    structure: str | None
    porteur: str | None
    referent: str | None
    commune: str | None
    departement: str | None
    asked: int | None
    granted: int | None


def require_first_sight(preference: object, views: object) -> None:
    """Raises NotAsFirstSeen when something was chosen."""
    if preference or views:
        raise NotAsFirstSeen


def stages_of(pipeline: Pipeline) -> dict[str, Stage]:
    """Every stage of a pipeline."""
    found = {}
    for stage in pipeline.stages:
        shown = badge(pipeline, stage.key)
        ended = shown.outcome != "en_cours"
        delay = pipeline.idle_after(stage, {})
        days, working = (delay.days, delay.working) if delay else (None, False)
        found[stage.key] = Stage(
            shown.label, shown.tone, shown.phase, shown.outcome, ended, days, working
        )
    return found


def limits_of(stages: Mapping[str, Stage], today: date, territoire: str) -> dict[str, date]:
    """The first day of entry that is not late today, for each stage that has a delay."""
    return {
        key: add_working_days(today, -stage.delay, territoire)
        if stage.working
        else date.fromordinal(today.toordinal() - stage.delay)
        for key, stage in stages.items()
        if stage.delay is not None
    }


def rows_of(
    lines: Iterable[Line],
    tags: Mapping[int, list[tuple[int, str]]],
    stages: Mapping[str, Stage],
    limits: Mapping[str, date],
    today: date,
) -> list[Row]:
    """The lines of the page."""
    rows = []
    for line in lines:
        since = line.stage_since.astimezone(_PARIS).date()
        limit = limits.get(line.stage)
        rows.append(
            Row(
                line.id,
                line.reference,
                line.structure or line.porteur or "Porteur à préciser",
                line.titre or "Projet sans titre",
                tags.get(line.id, []),
                stages[line.stage],
                _place(line.commune, line.departement),
                line.referent,
                _initials(line.referent) if line.referent else "",
                None if line.asked is None else euros(line.asked),
                None if line.granted is None else euros(line.granted),
                limit is not None and since < limit,
                (today - since).days,
                _day(since),
            )
        )
    return rows


def context_of(
    who: Mapping[str, Any],
    rows: list[Row],
    counts: Iterable[Sequence[Any]],
    wanted: tuple[str, str | None],
    **more: Any,
) -> dict[str, Any]:
    """Every value of the page; `counts` are those of each pipeline and stage."""
    pipeline, stage = wanted
    count = asked = granted = 0
    tabs: dict[str, int] = {}
    for key, where, number, demande, accorde in counts:
        tabs[key] = tabs.get(key, 0) + int(number)
        if key == pipeline and stage in (None, where):
            count, asked, granted = (
                count + int(number),
                asked + int(demande),
                granted + int(accorde),
            )
    written = _Numbers({key: grouped(number) for key, number in tabs.items()})
    word = "dossier" if count < 2 else "dossiers"  # noqa: PLR2004 - French counts so
    return {
        **who,
        **more,
        "rows": rows,
        "tabs": written,
        "count": grouped(count),
        "counted": f"{grouped(count)}{_NO_BREAK}{word}",
        "asked": euros(asked),
        "granted": euros(granted),
        "next": rows[-1].id if rows else "",
    }


class _Numbers(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "0"


def today() -> date:
    """The day, in Paris."""
    return datetime.now(UTC).astimezone(_PARIS).date()


def grouped(number: int) -> str:
    """« 23 000 »."""
    return f"{number:,}".replace(",", _THIN)


def euros(cents: int) -> str:
    """« 23 000 € »."""
    whole, rest = divmod(cents, 100)
    return f"{grouped(whole)}{f',{rest:02}' if rest else ''}{_NO_BREAK}€"


def choices_of(codes: Iterable[str]) -> list[tuple[str, str]]:
    """The départements to choose from."""
    return [(code, departement_name(code)) for code in sorted(filter(None, codes))]


def _place(commune: str | None, departement: str | None) -> str:
    if commune and departement:
        return f"{commune} ({departement})"
    return commune or departement_name(departement)


def _initials(nom: str) -> str:
    words = nom.split()
    return (words[0][0] + words[-1][0] if len(words) > 1 else nom[:2]).upper()


def _day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"
