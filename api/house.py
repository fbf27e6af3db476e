"""What every request works with, in one place: settings, database, engine, pages, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import HTTPConnection

from api.rendering import Pages
from api.settings import Settings
from grants.organisation.passwords import Passwords
from workflow.database import Database
from workflow.engine import Engine

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The moment, as every service wants it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one running application; tests give their own."""

    settings: Settings
    database: Database
    engine: Engine
    pages: Pages
    passwords: Passwords
    clock: Clock = utc_now


def house_of(request: HTTPConnection) -> House:
    """The house that answers this request."""
    return request.app.state.house
