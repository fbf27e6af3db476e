"""The 20 % rule: no prestataire has more than a share of the missions, in number or in amount.

It is looked at over the calendar year and over twelve rolling months, from so many missions up:
of two missions, each has half (rapport d'activité 2009; domain.md, DLA).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from grants.dla.missions.tables import Mission
from workflow.database import table_of

_M = table_of(Mission)
_WHOLE = 100
_TWENTY_PER_CENT, _FROM = 20, 10


@dataclass(frozen=True, slots=True)
class Limit:
    """What an organisme allows: `percent` at most, from `missions` up; refused, or told."""

    percent: int = _TWENTY_PER_CENT
    missions: int = _FROM
    refuses: bool = False

    @staticmethod
    def of(parameters: Mapping[str, Any]) -> Limit:
        """As the parameters of a pipeline say it."""
        percent, missions = parameters.get("part_maximale"), parameters.get("part_a_partir_de")
        return Limit(
            _TWENTY_PER_CENT if percent is None else percent,
            _FROM if missions is None else missions,
            parameters.get("part_refusee") is True,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What one prestataire has of a period: missions, and cents."""

    missions: int = 0
    cents: int = 0

    def more(self, cents: int) -> Part:
        """The same with one mission more."""
        return Part(self.missions + 1, self.cents + cents)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a prestataire in a period, and the whole of it."""

    label: str
    part: Part
    whole: Part

    def with_one_more(self, cents: int) -> Share:
        """What it would be once this mission is entrusted to him."""
        return replace(self, part=self.part.more(cents), whole=self.whole.more(cents))

    @property
    def of_missions(self) -> int:
        """In whole per cent, rounded up: just above the limit is never shown as the limit."""
        return _percent(self.part.missions, self.whole.missions)

    @property
    def of_cents(self) -> int:
        """The same, in amount."""
        return _percent(self.part.cents, self.whole.cents)

    def exceeds(self, limit: Limit) -> bool:
        """Whether it is strictly above what is allowed, where the rule holds."""
        if self.whole.missions < limit.missions:
            return False
        return (
            self.part.missions * _WHOLE > limit.percent * self.whole.missions
            or self.part.cents * _WHOLE > limit.percent * self.whole.cents
        )


def _percent(part: int, whole: int) -> int:
    return -(-part * _WHOLE // whole) if whole else 0


def shares_of(
    connection: Connection, organisme_id: int, prestataire_id: int, day: date
) -> tuple[Share, Share]:
    """The share of a prestataire over the calendar year, and over the twelve months to that day."""
    year, rolling = _parts(connection, organisme_id, day)
    return _share(year, prestataire_id), _share(rolling, prestataire_id)


def shares_of_all(
    connection: Connection, organisme_id: int, day: date
) -> Mapping[int, tuple[Share, Share]]:
    """The same for everybody who has a mission in one of both periods."""
    year, rolling = _parts(connection, organisme_id, day)
    every = {*year.parts, *rolling.parts}
    return {id: (_share(year, id), _share(rolling, id)) for id in every}


def _share(period: _Period, prestataire_id: int) -> Share:
    part = period.parts.get(prestataire_id, Part())
    return Share(period.label, part, _sum(period.parts))


def refused_by(
    connection: Connection,
    limit: Limit,
    organisme_id: int,
    prestataire_id: int,
    cents: int,
    day: date,
) -> str:
    """Why one more mission may not go to a prestataire; nothing where it may, or is only told."""
    if not limit.refuses:
        return ""
    return warning(shares_of(connection, organisme_id, prestataire_id, day), cents, limit)


def warning(shares: tuple[Share, Share], cents: int, limit: Limit) -> str:
    """« 23 % des missions en 2026… »: what one more mission would lead to; nothing below."""
    after = [each.with_one_more(cents) for each in shares]
    told = [
        f"{each.of_missions} % des missions et {each.of_cents} % des montants {each.label}"
        for each in after
        if each.exceeds(limit)
    ]
    if not told:
        return ""
    return f"Avec cette mission, {' ; '.join(told)} : la limite est de {limit.percent} %."


@dataclass(frozen=True, slots=True)
class _Period:
    label: str
    parts: Mapping[int, Part]


def _parts(connection: Connection, organisme_id: int, day: date) -> tuple[_Period, _Period]:
    year = (date(day.year, 1, 1), date(day.year, 12, 31))
    rolling = (_a_year_before(day) + timedelta(days=1), day)
    return (
        _Period(f"en {day.year}", _counted(connection, organisme_id, *year)),
        _Period("sur douze mois", _counted(connection, organisme_id, *rolling)),
    )


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return date(day.year - 1, 2, 28)


def _counted(
    connection: Connection, organisme_id: int, since: date, until: date
) -> dict[int, Part]:
    query = (
        select(
            _M.c.prestataire_id, func.count().label("many"), func.sum(_M.c.cout_ttc).label("sum")
        )
        .where(_M.c.organisme_id == organisme_id, _M.c.annulee_le.is_(None))
        .where(_M.c.confiee_le >= since, _M.c.confiee_le <= until)
        .group_by(_M.c.prestataire_id)
    )
    return {row.prestataire_id: Part(row.many, int(row.sum)) for row in connection.execute(query)}


def _sum(parts: Mapping[int, Part]) -> Part:
    return Part(
        sum(each.missions for each in parts.values()), sum(each.cents for each in parts.values())
    )
