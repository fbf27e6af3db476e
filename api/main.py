"""The application: its parts put together, its pages, and what surrounds every answer."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.gzip import GZipMiddleware

from api.composition import engine_of
from api.errors import HANDLERS
from api.house import Clock, House, utc_now
from api.pages import openings
from api.rendering import STATIC_URL, Pages
from api.security import Frame
from api.settings import Settings
from api.static_files import CachedStaticFiles
from api.v1.limits import Limits
from api.v1.routes import routes, told_by_address
from api.wings import Wings
from grants.organisation.passwords import Passwords
from workflow.database import Database
from workflow.engine import Engine

# Nothing about anybody's visit leaves the machine, whatever the environment says.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
_COMPRESSED_FROM = 1024
_COMPRESSION = 5


def create_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    database: Database | None = None,
    engine: Engine | None = None,
    passwords: Passwords | None = None,
    pages: Pages | None = None,
) -> FastAPI:
    """The application over these settings; tests give a clock, a database… of their own."""
    app = FastAPI(
        title="Microprojets",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=told_by_address(HANDLERS),
        telemetry=_NO_TELEMETRY,
    )
    app.state.house = House(
        settings=settings,
        database=database or Database(settings.database),
        engine=engine or engine_of(settings),
        pages=pages or Pages(reload=settings.reload_templates),
        passwords=passwords or Passwords(),
        clock=clock,
    )
    app.state.limits = Limits(settings.api_per_minute)
    app.router.routes.append(Wings({**openings(), "api": routes}))
    app.mount(STATIC_URL, CachedStaticFiles())
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM, compresslevel=_COMPRESSION)
    app.add_middleware(Frame, secure=settings.secure)
    return app
