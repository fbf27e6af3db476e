"""What narrows a set of dossiers: the same for the board, the list and every figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, false, literal, or_, select

from grants.dossiers.etiquettes.tables import DossierEtiquette
from grants.dossiers.tables import Dossier
from grants.organisation.queries import Customs
from grants.organisation.tables import Compte, Personne
from grants.structures.tables import Structure
from workflow.calendar import add_working_days
from workflow.database import table_of
from workflow.dates import from_paris
from workflow.pipeline import Pipeline
from workflow.texts import fold

D, S = table_of(Dossier), table_of(Structure)
P, C = table_of(Personne), table_of(Compte)
NOBODY = 0
#: What stands for « none » among départements and sectors.
NOWHERE = "aucun"
LONGEST_SEARCH = 100

#: Dossiers with the names of their structure, porteur and referent.
WITH_NAMES: FromClause = (
    D.outerjoin(S, S.c.id == D.c.structure_id)
    .outerjoin(P, P.c.id == D.c.porteur_id)
    .outerjoin(C, C.c.id == D.c.referent_id)
)


#: How a value of that name stands in a condition: as it is, or as a parameter of a statement.
Bind = Callable[[str, Any], Any]


def as_given(_name: str, value: Any) -> Any:
    """A value as it is: the condition is of this one only."""
    return value


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody wants to see. `referent_id` 0 means nobody; the period is of opening.

    `late` holds, by stage, the day before which a dossier must have entered it to be late;
    `among` selects the ids that a figure counts. A `departement` or a `secteur` may be NOWHERE.
    """

    pipeline: str | None = None
    stages: tuple[str, ...] = ()
    referent_id: int | None = None
    departement: str | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    seance_id: int | None = None
    late: Mapping[str, date] | None = None
    among: Select[tuple[int]] | None = None
    etiquette_id: int | None = None
    secteur: str | None = None

    def clauses(
        self,
        organisme_id: int,
        *,
        walking: bool = False,
        spread: bool = False,
        bind: Bind = as_given,
    ) -> list[ColumnElement[bool]]:
        """The conditions on `WITH_NAMES`, the organisme first.

        `walking` along the index of an order, none is to be looked up in an index of its own.
        `spread` tells the organisme as a span of one, for an order that begins with it. `bind`
        says how a value stands in them: see `counted_values`.
        """
        kept = _walked if walking else _as_it_is
        equal = {
            "pipeline": (kept(D.c.pipeline), self.pipeline),
            "departement": (kept(D.c.departement), self.departement),
            "secteur": (D.c.secteur, self.secteur),
            "seance": (D.c.seance_id, self.seance_id),
        }
        organisme = bind("organisme", organisme_id)
        found: list[ColumnElement[bool]] = [
            D.c.organisme_id.between(organisme, organisme)
            if spread
            else D.c.organisme_id == organisme
        ]
        found += [
            column.is_(None) if value == NOWHERE else column == bind(name, value)
            for name, (column, value) in equal.items()
            if value is not None
        ]
        if self.stages:
            named = [bind(f"etape{rank}", each) for rank, each in enumerate(self.stages)]
            found.append(kept(D.c.stage).in_(named))
        found += self._limits()
        if self.referent_id is not None:
            column, nobody = kept(D.c.referent_id), self.referent_id == NOBODY
            who = column.is_(None) if nobody else column == bind("referent", self.referent_id)
            found.append(who)
        return found + _words(self.text)

    def _limits(self) -> Iterator[ColumnElement[bool]]:
        """What no count answers: dates of opening, delays, a set of dossiers, a tag."""
        if self.since is not None:
            yield D.c.ouvert_le >= self.since
        if self.until is not None:
            yield D.c.ouvert_le <= self.until
        if self.late is not None:
            yield overdue(self.late)
        if self.among is not None:
            yield D.c.id.in_(self.among)
        if self.etiquette_id is not None:
            yield D.c.id.in_(_bearing(self.etiquette_id))

    def counted_values(self, organisme_id: int) -> dict[str, Any]:
        """The values of the clauses that counts answer, by the names that `bind` is given."""
        return {
            "organisme": organisme_id,
            "pipeline": self.pipeline,
            "departement": self.departement,
            "referent": self.referent_id,
            **{f"etape{rank}": each for rank, each in enumerate(self.stages)},
        }

    def counted_shape(self) -> tuple[object, ...]:
        """What makes two such sets of clauses the same but for their values."""
        departement, referent = self.departement, self.referent_id
        return (
            self.pipeline is None,
            departement if departement in (None, NOWHERE) else "",
            referent if referent in (None, NOBODY) else -1,
            len(self.stages),
        )


def late_before(pipeline: Pipeline, today: date, customs: Customs) -> dict[str, date]:
    """For each stage with a delay (`idle_after`), the first day of entry that is not late today."""
    limits: dict[str, date] = {}
    own = customs.own(pipeline.key)
    for stage in pipeline.stages:
        delay = pipeline.idle_after(stage, own)
        if delay is not None:
            limits[stage.key] = (
                add_working_days(today, -delay.days, customs.territoire)
                if delay.working
                else today - timedelta(days=delay.days)
            )
    return limits


def is_late(limits: Mapping[str, date], stage: str, since: date) -> bool:
    """Whether a dossier that entered this stage that day has stood there for too long."""
    return stage in limits and since < limits[stage]


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _walked(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, from an expression that no index holds."""
    return column + 0 if column is D.c.referent_id else column.concat("")


def _bearing(etiquette_id: int) -> Select[tuple[int]]:
    bears = table_of(DossierEtiquette)
    return select(bears.c.dossier_id).where(bears.c.etiquette_id == etiquette_id)


def overdue(limits: Mapping[str, date]) -> ColumnElement[bool]:
    """The condition for a dossier to have stood in its stage for too long."""
    each: Iterable[ColumnElement[bool]] = [
        and_(D.c.stage == stage, D.c.stage_since < moment)
        for stage, moment in late_limits(limits).items()
    ]
    return or_(false(), *each)


def late_limits(limits: Mapping[str, date]) -> dict[str, ColumnElement[datetime]]:
    """For each stage with a delay, the instant before which it was entered by what is late."""
    return {
        stage: literal(from_paris(datetime.combine(day, time.min)), D.c.stage_since.type)
        for stage, day in limits.items()
    }


def _words(text: str) -> list[ColumnElement[bool]]:
    """Every word typed stands in the title, the reference, the structure's or porteur's name."""
    found: list[ColumnElement[bool]] = []
    for word in fold(text[:LONGEST_SEARCH]).split():
        places = (D.c.titre_cle, S.c.nom_cle, P.c.nom_cle)
        upper = D.c.reference.contains(word.upper(), autoescape=True)
        found.append(or_(upper, *[place.contains(word, autoescape=True) for place in places]))
    return found
