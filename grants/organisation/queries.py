"""What pages and rules read of an organisme."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from grants.organisation.tables import Organisme
from workflow.database import table_of
from workflow.engine import Engine
from workflow.parameters import parameters_in_force
from workflow.pipeline import Pipeline
from workflow.statements import Read, Statement

_O = table_of(Organisme)
_CUSTOMS = Statement(
    select(_O.c.territoire, _O.c.parametres).where(_O.c.id == bindparam("organisme"))
)


@dataclass(frozen=True, slots=True)
class Customs:
    """How an organisme counts: the bank holidays it keeps, what it set otherwise than the files.

    `parametres` is the organisme's own JSON, by pipeline then key.
    """

    territoire: str
    parametres: str = "{}"

    def own(self, pipeline: str) -> Mapping[str, Any]:
        """What the organisme set otherwise, of one pipeline."""
        return _read(self.parametres).get(pipeline, {})


def every_organisme(connection: Connection) -> list[int]:
    """The id of every organisme of the installation."""
    return list(connection.execute(select(_O.c.id).order_by(_O.c.id)).scalars())


def customs_read(organisme_id: int) -> Read:
    """What `customs_of` reads."""
    return _CUSTOMS, {"organisme": organisme_id}


def customs_of(connection: Connection, organisme_id: int) -> Customs:
    """How an organisme counts its delays."""
    statement, values = customs_read(organisme_id)
    row = statement.first(connection, values)
    assert row is not None, "whoever asks works there"
    return Customs(row["territoire"], row["parametres"])


@lru_cache(maxsize=256)
def _read(parametres: str) -> Mapping[str, Mapping[str, Any]]:
    """The parameters of an organisme, read once for a whole list. Never changed in place."""
    return json.loads(parametres)


def parameters_of(
    connection: Connection, engine: Engine, organisme_id: int, pipeline: Pipeline
) -> Mapping[str, Any]:
    """The parameters of a pipeline as an organisme set them, over the defaults."""
    query = select(_O.c.parametres).where(_O.c.id == organisme_id)
    overrides = connection.execute(query).scalar_one()
    return parameters_in_force(pipeline, overrides, engine.vocabulary.field_types)
