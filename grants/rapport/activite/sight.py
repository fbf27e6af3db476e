"""What a report looks at: one organisme over one period; what is read is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from grants.organisation.queries import parameters_of
from grants.rapport.activite.model import Row, Source
from grants.rapport.periods import Period
from grants.rapport.stages import funnel
from grants.rapport.tally import Tally
from workflow.engine import Engine
from workflow.pipeline import Pipeline

T = TypeVar("T")


class Sight:
    """A connection, an organisme and a period, with what was read of them so far."""

    def __init__(
        self, connection: Connection, engine: Engine, organisme_id: int, period: Period
    ) -> None:
        self.connection = connection
        self.engine = engine
        self.organisme_id = organisme_id
        self.period = period
        self._known: dict[object, Any] = {}

    def over(self, period: Period) -> Sight:
        """The same organisme over another period."""
        return Sight(self.connection, self.engine, self.organisme_id, period)

    def once(self, key: object, read: Callable[[], T]) -> T:
        """What `read` gives, read a first time only."""
        if key not in self._known:
            self._known[key] = read()
        return self._known[key]

    def rows(self, source: Source) -> Sequence[Row]:
        """Every row of a source."""
        return self.once(source.key, lambda: list(source.read(self)))

    @property
    def tally(self) -> Tally:
        """The counts of « Pilotage »."""
        return self.once(Tally, lambda: Tally(self.connection, self.organisme_id))

    def entered(self, pipeline: str) -> Mapping[str, int]:
        """How many dossiers first entered each stage."""
        key = ("entered", pipeline)
        return self.once(key, lambda: funnel(self.tally, pipeline, self.period))

    def pipelines(self, dispositif: str) -> Sequence[Pipeline]:
        """The pipelines of a dispositif."""
        return [each for each in self.engine.catalogue.current() if each.dispositif == dispositif]

    def parameters(self, pipeline: str) -> Mapping[str, Any]:
        """The parameters of a pipeline as the organisme set them; none of an unknown one."""
        found = next((p for p in self.engine.catalogue.current() if p.key == pipeline), None)
        if found is None:
            return {}
        about = (self.connection, self.engine, self.organisme_id, found)
        return self.once(("parameters", pipeline), lambda: parameters_of(*about))

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Its first and its last day."""
        return self.period.since, self.period.until
