"""Where the time of a move goes: the shares of its parts, under cProfile."""

from __future__ import annotations

import cProfile
from collections import defaultdict
from collections.abc import Mapping

from api.composition import build_engine
from benchmarks.peers.house import House
from benchmarks.places import filled_database
from workflow.database import Database

_WARM_UP = 100
_PARTS = (
    ("attente du disque (COMMIT)", ("'commit' of 'pysqlite3", "'commit' of 'sqlite3")),
    ("SQL dans le pilote", ("pysqlite3", "sqlite3", "psycopg")),
    ("SQLAlchemy : connexion et transaction", ("sqlalchemy", "sqlmodel")),
    ("transitions", ("transitions/",)),
    ("JSON, empreintes et aléas", ("json", "hash", "secrets", "random", "urandom")),
    ("lecture des instants, calendrier", ("datetime", "calendar.py", "dates.py")),
    ("moteur, journal, échéances (workflow)", ("workflow/",)),
    ("dossier, règles, lettres (grants, notifications)", ("grants/", "notifications/")),
)
_REST = "Python lui-même (dictionnaires, appels)"


def measure(moves: int) -> Mapping[str, float]:
    """The share of each part in a move on SQLite. The profiler inflates what is Python."""
    with filled_database("sqlite", moves + _WARM_UP) as (url, orders):
        house = House(Database(url), build_engine())
        for order in orders.take(_WARM_UP):
            house.move(order)
        ready, profile = orders.take(moves), cProfile.Profile()
        profile.enable()
        for order in ready:
            house.move(order)
        profile.disable()
        house.close()
    return _shares(profile)


def _shares(profile: cProfile.Profile) -> Mapping[str, float]:
    taken: dict[str, float] = defaultdict(float)
    for entry in profile.getstats():
        code = entry.code
        place = code if isinstance(code, str) else f"{code.co_filename} {code.co_name}"
        taken[_part_of(place)] += entry.inlinetime
    whole = sum(taken.values())
    return {part: seconds / whole for part, seconds in sorted(taken.items(), key=_longest)}


def _longest(item: tuple[str, float]) -> float:
    return -item[1]


def _part_of(place: str) -> str:
    for part, signs in _PARTS:
        if any(sign in place for sign in signs):
            return part
    return _REST
