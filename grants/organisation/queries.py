"""What pages and rules read of an organisme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from grants.organisation.tables import Organisme
from workflow.database import table_of
from workflow.engine import Engine
from workflow.parameters import parameters_in_force
from workflow.pipeline import Pipeline

_O = table_of(Organisme)


def territoire_of(connection: Connection, organisme_id: int) -> str:
    """The territory whose bank holidays the organisme keeps."""
    query = select(_O.c.territoire).where(_O.c.id == organisme_id)
    return connection.execute(query).scalar_one()


def parameters_of(
    connection: Connection, engine: Engine, organisme_id: int, pipeline: Pipeline
) -> Mapping[str, Any]:
    """The parameters of a pipeline as an organisme set them, over the defaults."""
    query = select(_O.c.parametres).where(_O.c.id == organisme_id)
    overrides = connection.execute(query).scalar_one()
    return parameters_in_force(pipeline, overrides, engine.vocabulary.field_types)
