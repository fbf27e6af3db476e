"""What every test may ask for, and the rule that none of them is ever skipped."""

from __future__ import annotations

import random
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine

import workflow.database
from manage import find_browser
from tests.builders.browser import ARGUMENTS, DESKTOP, PHONE
from tests.builders.compiled import CompiledOnce
from tests.builders.databases import KINDS, Databases, SchemaBuilder, build_schema
from tests.builders.postgres import PostgresServer
from tests.builders.run_folder import Keeper, RunFolder

RUN_FOLDER = pytest.StashKey[RunFolder]()

# Chance is the same at every run, so that nobody's change fails by luck; long runs go looking.
settings.register_profile("every run", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=2000, deadline=None)


# --- The run ----------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="full sizes of the kill, growth and fuzzing tests, with another seed each time",
    )
    parser.addoption(
        "--renew-letters",
        action="store_true",
        help="write the reviewed copies of the letters again, to be read before they are kept",
    )


def pytest_configure(config: pytest.Config) -> None:
    is_long = config.getoption("--long")
    settings.load_profile("long" if is_long else "every run")
    if shared := getattr(config, "workerinput", {}).get("run_folder"):
        config.stash[RUN_FOLDER] = RunFolder(*map(Path, shared))
        return
    shutil.rmtree(config.rootpath / config.getoption("--output"), ignore_errors=True)
    run_folder = RunFolder.make()
    config.add_cleanup(Keeper(run_folder).close)
    config.stash[RUN_FOLDER] = run_folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Each worker process shares the run's folders, hence its server and its templates."""
    node.workerinput["run_folder"] = [str(folder) for folder in node.config.stash[RUN_FOLDER]]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_to_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_to_skip(report)
    return report


def _refuse_to_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """A test that was not run, or not believed, proves nothing: it fails."""
    if report.skipped:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Un test ignoré est un échec. {reason}"


@pytest.fixture(scope="session")
def long_run(pytestconfig: pytest.Config) -> bool:
    """Whether the full sizes were asked for."""
    return pytestconfig.getoption("--long")


@pytest.fixture
def rng(pytestconfig: pytest.Config, long_run: bool) -> random.Random:
    """Chance: the same at every run; in a long one, drawn from the seed printed on top."""
    return random.Random(pytestconfig.getoption("randomly_seed") if long_run else 2009)


# --- Databases --------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Generator[None]:
    """SQL is compiled once for all the databases of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow.database, "create_engine", CompiledOnce(create_engine))
        yield


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> RunFolder:
    """Where this run puts what it throws away."""
    return pytestconfig.stash[RUN_FOLDER]


@pytest.fixture(scope="session")
def databases(run_folder: RunFolder) -> Generator[Databases]:
    """Where fresh databases come from; most tests want `database_url`."""
    found = Databases(run_folder.quick)
    yield found
    found.close()


@pytest.fixture(scope="session")
def schema_builder() -> SchemaBuilder:
    """What makes the tables; a folder whose tests have tables of their own overrides it."""
    return build_schema


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return request.param


@pytest.fixture
def database_url(
    databases: Databases, database_kind: str, schema_builder: SchemaBuilder
) -> Generator[str]:
    """A database with its tables and nothing in them, on each kind in turn."""
    with databases.fresh(database_kind, schema_builder) as url:
        yield url


@pytest.fixture
def sqlite_url(databases: Databases, schema_builder: SchemaBuilder) -> Generator[str]:
    """The same, where only SQLite makes sense."""
    with databases.fresh("sqlite", schema_builder) as url:
        yield url


@pytest.fixture
def postgresql_url(databases: Databases, schema_builder: SchemaBuilder) -> Generator[str]:
    """The same, where only PostgreSQL makes sense."""
    with databases.fresh("postgresql", schema_builder) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases, database_kind: str) -> Generator[str]:
    """A database without any table, on each kind in turn."""
    with databases.fresh(database_kind, None) as url:
        yield url


@pytest.fixture
def durable_postgresql(run_folder: RunFolder, request: pytest.FixtureRequest) -> Generator[Any]:
    """A server on disk that loses nothing it acknowledged, to be killed; empty."""
    folder = run_folder.disk / f"durable-{abs(hash(request.node.nodeid))}"
    with PostgresServer(folder, durable=True) as server:
        yield server


# --- The browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def delete_output_dir() -> None:
    """Not each worker's business: the run began by removing the screenshots of the last one."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium; without it, the tests of screens fail."""
    path = find_browser()
    if path is None:
        pytest.fail("Chromium est introuvable : sudo apt-get install -y chromium", pytrace=False)
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A French reader, at a desk."""
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": DESKTOP,
    }


@pytest.fixture(scope="session")
def chromium(browser: Browser) -> Browser:
    """One browser for all the tests of a process; `new_context` gives each its own session."""
    return browser


@pytest.fixture
def phone_page(page: Page) -> Page:
    """A page on the narrowest phone; `page.set_viewport_size(PHONE)` does it halfway."""
    page.set_viewport_size(PHONE)
    return page
