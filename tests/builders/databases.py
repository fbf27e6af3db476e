"""Fresh databases for tests: each is a copy of a template whose schema is built once per run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

from tests.builders.postgres import PostgresServer

KINDS = ("sqlite", "postgresql")


class SchemaBuilder(Protocol):
    """A function that gives an empty database its tables and leaves no connection open."""

    __module__: str
    __qualname__: str

    def __call__(self, url: str, /) -> None: ...


def build_schema(url: str) -> None:
    """The schema that an installation has: the migrations'."""
    from api.migrate import upgrade  # here, so that benchmarks may use the rest without the program

    upgrade(url)


class Databases:
    """The databases of one process of a test run; the processes share server and templates."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = PostgresServer(folder / "server")
        self._numbers = count()

    @contextmanager
    def fresh(self, kind: str, build: SchemaBuilder | None) -> Generator[str]:
        """The URL of a database that nobody else has; without a builder, an empty one."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        make = self._fresh_sqlite if kind == "sqlite" else self._fresh_postgresql
        with make(name, build) as url:
            yield url

    @contextmanager
    def _fresh_sqlite(self, name: str, build: SchemaBuilder | None) -> Generator[str]:
        folder = self._folder / name
        folder.mkdir()
        path = folder / "base.sqlite"
        if build:
            shutil.copyfile(self._sqlite_template(build), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            shutil.rmtree(folder)

    def _sqlite_template(self, build: SchemaBuilder) -> Path:
        template = self._folder / f"{_template_name(build)}.sqlite"
        with self._one_at_a_time(template.name):
            if not template.exists():
                unfinished = template.with_suffix(".unfinished")
                unfinished.unlink(missing_ok=True)
                build(f"sqlite:///{unfinished}")
                left_open = template.with_suffix(".unfinished-wal")
                if left_open.exists():
                    raise RuntimeError(f"{build.__qualname__} left a connection open")
                unfinished.rename(template)
        return template

    @contextmanager
    def _fresh_postgresql(self, name: str, build: SchemaBuilder | None) -> Generator[str]:
        template = self._postgresql_template(build) if build else "template0"
        # A copy of files: several times quicker in memory than through the write-ahead log.
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        try:
            yield self._server.url(name)
        finally:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _postgresql_template(self, build: SchemaBuilder) -> str:
        template = _template_name(build)
        built = self._folder / f"{template}.built"
        with self._one_at_a_time(template):
            if not built.exists():
                self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", template)
                self._execute("CREATE DATABASE {} TEMPLATE template0", template)
                build(self._server.url(template))
                built.touch()
        return template

    def _execute(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @cached_property
    def _admin(self) -> psycopg.Connection:
        """This process's own connection; the first process that needs it starts the server."""
        started = self._folder / "server.started"
        with self._one_at_a_time("server"):
            if not started.exists():
                shutil.rmtree(self._server.folder, ignore_errors=True)
                self._server.create()
                self._server.start()
                self._server.leave_running()
                started.touch()
        return psycopg.connect(self._server.url().replace("+psycopg", ""), autocommit=True)

    @contextmanager
    def _one_at_a_time(self, what: str) -> Generator[None]:
        with (self._folder / f"{what}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def close(self) -> None:
        """Leave; the server goes on for the other processes, until the run folder closes."""
        if "_admin" in self.__dict__:
            self._admin.close()


def _template_name(build: SchemaBuilder) -> str:
    name = f"{build.__module__}.{build.__qualname__}"
    return f"template_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
