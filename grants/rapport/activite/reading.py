"""The report read: every figure of some chapters over a period, and over the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from grants.organisation.tables import Organisme
from grants.rapport.activite.chapitres import BY_KEY, CHAPITRES
from grants.rapport.activite.model import Chapter, Computed, Figure, Report, Told, Value
from grants.rapport.activite.periodes import previous
from grants.rapport.activite.sight import Sight
from grants.rapport.periods import Period
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import Invalid

_O = table_of(Organisme)
#: What was typed in, by chapter then by figure.
Typed = Mapping[str, Mapping[str, int]]


def chapters_asked(keys: Sequence[str]) -> tuple[Chapter, ...]:
    """Chapters by their keys, in the report's order; all of them without any. Raises Invalid."""
    unknown = [key for key in keys if key not in BY_KEY]
    if unknown:
        known = ", ".join(BY_KEY)
        named = ", ".join(f"« {key[:40]} »" for key in unknown)
        raise Invalid(
            {"chapitres": f"Aucun chapitre ne s’appelle {named}. Choisissez parmi {known}."}
        )
    return tuple(each for each in CHAPITRES if each.key in keys) if keys else CHAPITRES


def read_report(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    period: Period,
    chapters: Sequence[Chapter] = CHAPITRES,
) -> Report:
    """Every figure: computed from what was recorded, or as it was typed in."""
    before = previous(period)
    sight = Sight(connection, engine, organisme_id, period)
    sights = (sight, sight.over(before))
    typed: tuple[Typed, Typed] = ({}, {})
    told = tuple(
        (chapter, tuple(_told(chapter, figure, sights, typed) for figure in chapter.figures))
        for chapter in chapters
    )
    return Report(_name_of(connection, organisme_id), period, before, told)


def _told(
    chapter: Chapter, figure: Figure, sights: tuple[Sight, Sight], typed: tuple[Typed, Typed]
) -> Told:
    now, before = (_value(chapter, figure, *each) for each in zip(sights, typed, strict=True))
    return Told(chapter, figure, now, before)


def _value(chapter: Chapter, figure: Figure, sight: Sight, typed: Typed) -> Value:
    if figure.compute is None:
        return Value(typed.get(chapter.key, {}).get(figure.key))
    return as_value(figure.compute(sight))


def as_value(computed: Computed) -> Value:
    """What a figure's function gave, as a value."""
    return computed if isinstance(computed, Value) else Value(computed)


def _name_of(connection: Connection, organisme_id: int) -> str:
    return connection.execute(select(_O.c.nom).where(_O.c.id == organisme_id)).scalar_one()
