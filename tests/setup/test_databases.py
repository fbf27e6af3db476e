"""What the other tests build on: databases that are fresh, and gone when the run is."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.builders.databases import Databases
from tests.builders.postgres import PostgresServer

ROOT = Path(__file__).parents[2]


def build_one_table(url: str) -> None:
    execute(url, "CREATE TABLE note (body VARCHAR)")


def execute(url: str, statement: str) -> list[str]:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def test_two_databases_have_the_tables_and_not_each_others_rows(
    databases: Databases, database_kind: str
) -> None:
    with (
        databases.fresh(database_kind, build_one_table) as first,
        databases.fresh(database_kind, build_one_table) as second,
    ):
        execute(first, "INSERT INTO note VALUES ('un')")
        assert execute(first, "SELECT body FROM note") == ["un"]
        assert execute(second, "SELECT body FROM note") == []


def test_an_empty_database_has_no_table(empty_database_url: str) -> None:
    build_one_table(empty_database_url)
    assert execute(empty_database_url, "SELECT body FROM note") == []


def test_a_database_is_gone_after_its_test(databases: Databases, database_kind: str) -> None:
    with databases.fresh(database_kind, build_one_table) as url:
        left_open = create_engine(url).connect()
    left_open.invalidate()
    left_open.close()
    with databases.fresh(database_kind, None) as other:
        assert other != url
    if database_kind == "sqlite":
        assert not Path(url.removeprefix("sqlite:///")).exists()
    else:
        name = url.split("/")[3].partition("?")[0]
        names = execute(url.replace(name, "postgres"), "SELECT datname FROM pg_database")
        assert name not in names


def test_what_a_durable_server_acknowledged_survives_its_death(
    durable_postgresql: PostgresServer,
) -> None:
    url = durable_postgresql.url()
    build_one_table(url)
    execute(url, "INSERT INTO note VALUES ('acquitté')")
    durable_postgresql.kill()
    durable_postgresql.start()
    assert execute(url, "SELECT body FROM note") == ["acquitté"]
    assert execute(url, "SHOW fsync") == ["on"]


KILLED_RUN = """
import os, signal
from tests.builders.postgres import PostgresServer
from tests.builders.run_folder import Keeper, RunFolder

run_folder = RunFolder.make()
keeper = Keeper(run_folder)
server = PostgresServer(run_folder.quick / "server")
server.create()
server.start()
print(*run_folder, server.url().replace("+psycopg", ""), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_that_is_killed_leaves_neither_server_nor_files() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN], check=False, capture_output=True, text=True, cwd=ROOT
    )
    quick, disk, url = killed.stdout.split()
    deadline = time.monotonic() + 20
    while (Path(quick).exists() or Path(disk).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(quick).exists()
    assert not Path(disk).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
