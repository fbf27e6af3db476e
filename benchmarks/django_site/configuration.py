"""Django's settings: its own advice for production, on the house's database and durability."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from sqlalchemy.engine import URL, make_url

from workflow.database import sqlite_module

URL_VARIABLE = "BENCH_DATABASE_URL"
TEMPLATES_VARIABLE = "BENCH_LIST_TEMPLATES"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA recursive_triggers=ON; PRAGMA cache_size=-8000"
)


def configure(url: str) -> None:
    """Make Django ready for one database. Once per process."""
    _share_sqlite()
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="only for measuring",  # noqa: S106 - signs nothing outside a benchmark
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        ROOT_URLCONF="benchmarks.django_site.urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django_fsm",
            "benchmarks.django_site.app.BenchConfig",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[_templates()],
        DATABASES={"default": _database(make_url(url))},
        LOGGING_CONFIG=None,
    )
    django.setup()


def _templates() -> dict[str, Any]:
    """Jinja2, its templates compiled once as Django does in production."""
    return {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [os.environ.get(TEMPLATES_VARIABLE, "")],
        "OPTIONS": {"trim_blocks": True, "auto_reload": False},
    }


def _share_sqlite() -> None:
    """One SQLite library in the process, the house's: two would undo each other's file locks."""
    module = sqlite_module()
    package = module.__name__.partition(".")[0]
    sys.modules["sqlite3"] = sys.modules[package]
    sys.modules["sqlite3.dbapi2"] = importlib.import_module(f"{package}.dbapi2")


def _database(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.database,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": _PRAGMAS,
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.query["host"],
        "CONN_MAX_AGE": None,
    }
