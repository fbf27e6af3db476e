"""What interventions bring to pipeline files: durations, the time of each year, a rule on it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from grants.interventions.durees import DUREE, HOUR, format_duration
from workflow.guards import Attempt, Refusal
from workflow.subject import Subject
from workflow.vocabulary import Register

INTERVENTIONS = Register()
INTERVENTIONS.field_type(DUREE)
#: The fact that the rules on time ask for, and the rule.
TIME_OF_YEARS, ABOVE = "heures_dans_l_annee", "temps_au_dela"
#: The parameter that the rule compares with, in hundredths of an hour.
HALF_DAY = "demi_journee"

NOTED, CORRECTED, TAKEN_BACK = (
    "intervention_notee",
    "intervention_corrigee",
    "intervention_retiree",
)
INTERVENTIONS.event(NOTED, "Intervention notée")
INTERVENTIONS.event(CORRECTED, "Intervention corrigée")
INTERVENTIONS.event(TAKEN_BACK, "Intervention retirée")

#: A dispositif, a calendar year, and the minutes spent.
Times = tuple[tuple[str, int, int], ...]


@INTERVENTIONS.fact(TIME_OF_YEARS, outside=True)
def time_of_years(connection: Connection, subject: Subject) -> Times:
    """The time spent on the dossier's structure, whoever spent it, by dispositif and year."""
    from grants.interventions.times import times_of  # rules are known before anything is read

    return times_of(connection, subject.tenant_id, subject.row["structure_id"], subject.id)


@INTERVENTIONS.guard(
    ABOVE,
    says="le temps passé dans l’année dépasse la demi-journée",
    facts=(TIME_OF_YEARS,),
)
def more_than_half_a_day(attempt: Attempt) -> Refusal | None:
    """Strictly above half a day in a calendar year; what half a day is, each one sets."""
    half = attempt.parameter(HALF_DAY)
    opened = attempt.subject.row["ouvert_le"].year
    spent = longest_year(attempt.fact(TIME_OF_YEARS), attempt.pipeline.dispositif, opened)
    if half is None or is_above(spent, half):
        return None
    limit = format_duration(half * HOUR // 100)
    sentence = f"{format_duration(spent)} dans l’année : c’est un suivi, jusqu’à {limit}."
    return Refusal("temps_insuffisant", sentence)


def longest_year(times: Times, dispositif: str, since: int) -> int:
    """The minutes of the fullest calendar year, from the one the dossier was opened in.

    A day of December that is written down in January still counts in its own year.
    """
    return max(
        (spent for key, year, spent in times if key == dispositif and year >= since), default=0
    )


def is_above(minutes: int, hundredths_of_hours: int) -> bool:
    """Whether a time is strictly above so many hours, compared without rounding."""
    return minutes * 100 > hundredths_of_hours * HOUR


def names_time(guards: Iterable[str]) -> bool:
    """Whether one of these rules hangs on the time spent."""
    return any(
        TIME_OF_YEARS in INTERVENTIONS.guards[name].facts
        for name in guards
        if name in INTERVENTIONS.guards
    )
