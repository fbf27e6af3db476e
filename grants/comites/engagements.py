"""What is left of an enveloppe while a comité decides: granted already, decided but not applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select

from grants.comites.instances import AVIS
from grants.comites.tables import Comite, Decision, Seance
from grants.dossiers.tables import Dossier
from grants.finances.enveloppes import available
from workflow.database import table_of
from workflow.dates import from_paris, to_paris
from workflow.engine import Engine
from workflow.graph import stopping, succeeding
from workflow.pipeline import Pipeline
from workflow.subject import Subject

_X, _D, _S = table_of(Decision), table_of(Dossier), table_of(Seance)
_C = table_of(Comite)
#: What a comité advises is not committed.
_DECIDED = (_X.c.seance_id == _D.c.seance_id) & (_X.c.dossier_id == _D.c.id) & _C.c.id.is_not(None)


@dataclass(frozen=True, slots=True)
class Engagement:
    """Where the enveloppe of a dispositif stands for a year, in cents. `disponible` None: no limit.

    `engage` counts what was granted and what a comité decided since; `solde`, of that, the
    dossiers whose every payment is settled.
    """

    dispositif: str
    annee: int
    disponible: int | None
    engage: int
    solde: int

    @property
    def reste(self) -> int | None:
        """What can still be granted; below zero where it was exceeded."""
        return None if self.disponible is None else self.disponible - self.engage


def engagement_of(
    connection: Connection,
    engine: Engine,
    organisme_id: int,
    dispositif: str,
    annee: int,
    *,
    without: int | None = None,
) -> Engagement:
    """The enveloppe of a dispositif for a year. `without`: a dossier that is being decided."""
    pipelines = _pipelines_of(engine, dispositif)
    granted = _granted(organisme_id, pipelines, annee)
    rows = [row for row in connection.execute(granted) if row.montant and row.id != without]
    paid = {(each.key, stage) for each in pipelines for stage in succeeding(each)}
    return Engagement(
        dispositif=dispositif,
        annee=annee,
        disponible=available(connection, organisme_id, dispositif, annee),
        engage=sum(row.montant for row in rows),
        solde=sum(row.montant for row in rows if (row.pipeline, row.stage) in paid),
    )


def _pipelines_of(engine: Engine, dispositif: str) -> list[Pipeline]:
    """The pipelines of a dispositif, every version of them."""
    every = (each.pipeline for each in engine.catalogue.every_of())
    return [each for each in every if each.dispositif == dispositif]


def _still_owed(pipelines: Iterable[Pipeline]) -> ColumnElement[bool]:
    """Not where a dossier stopped: what it was granted is not, or no longer, owed."""
    stopped: dict[str, set[str]] = {}
    for each in pipelines:
        stopped.setdefault(each.key, set()).update(stopping(each))
    followed = [
        (_D.c.pipeline == key) & _D.c.stage.not_in(sorted(stages))
        for key, stages in sorted(stopped.items())
    ]
    return or_(false(), *followed)


def _granted(
    organisme_id: int, pipelines: Iterable[Pipeline], annee: int
) -> Select[Any, Any, Any, Any]:
    """What each dossier of the year was granted, or a comité decided to grant it."""
    start, end = (from_paris(datetime(year, 1, 1)) for year in (annee, annee + 1))  # noqa: DTZ001
    return (
        select(
            _D.c.id,
            func.coalesce(_D.c.montant_accorde, _X.c.montant).label("montant"),
            _D.c.pipeline,
            _D.c.stage,
        )
        .select_from(_D)
        .outerjoin(_S, _S.c.id == _D.c.seance_id)
        .outerjoin(_C, (_C.c.id == _S.c.comite_id) & (_C.c.nature != AVIS))
        .outerjoin(_X, _DECIDED)
        .where(
            _D.c.organisme_id == organisme_id,
            _still_owed(pipelines),
            or_(
                and_(_S.c.tenue_le >= start, _S.c.tenue_le < end),
                and_(
                    _S.c.id.is_(None),
                    _D.c.ouvert_le >= date(annee, 1, 1),
                    _D.c.ouvert_le <= date(annee, 12, 31),
                ),
            ),
        )
    )


def remaining_for(
    connection: Connection, engine: Engine, seance: Subject, dossier_id: int
) -> int | None:
    """What is left for a dossier at a séance; None where its dispositif has no enveloppe."""
    query = select(_D.c.pipeline, _D.c.pipeline_version).where(_D.c.id == dossier_id)
    row = connection.execute(query).one()
    loaded = engine.catalogue.get(row.pipeline, row.pipeline_version)
    assert loaded is not None, "start-up refuses a dossier without its file"
    year = to_paris(seance.row["tenue_le"]).year
    found = engagement_of(
        connection,
        engine,
        seance.tenant_id,
        loaded.pipeline.dispositif,
        year,
        without=dossier_id,
    )
    return found.reste
