"""Databases that hold what most tests begin with: organismes, their people, what the first holds.

Each is written once in a process, as a test would write it, then copied.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cache

from tests.builders.databases import SchemaBuilder, build_schema
from tests.builders.offices import Holdings, Office, furnish, make_office
from workflow.database import Database


class World:
    """The schema, an organisme, perhaps another, perhaps what each of them holds."""

    __module__ = __name__

    def __init__(self, *, two: bool, furnished: bool) -> None:
        self.__qualname__ = f"World(two={two}, furnished={furnished}) of {os.getpid()}"
        self._two, self._furnished = two, furnished
        self.offices: list[Office] = []
        self.holdings: list[Holdings] = []

    def __call__(self, url: str, /) -> None:
        """Make it; the ids are the same each time."""
        build_schema(url)
        database = Database(url)
        with database.unit_of_work() as session:
            offices = [make_office(session)]
            if self._two:
                offices.append(make_office(session, "Autre 11", "autre11.example"))
            held = [furnish(session, office) for office in offices if self._furnished]
        database.dispose()
        assert self.offices in ([], offices), "the ids depend on the kind of database"
        self.offices, self.holdings = offices, held


_world = cache(World)


def world_of(fixtures: Collection[str]) -> SchemaBuilder:
    """The least that these fixtures of a test take: the bare schema, without an organisme."""
    if "office" not in fixtures:
        return build_schema
    return _world(two="other_office" in fixtures, furnished="holds" in fixtures)
