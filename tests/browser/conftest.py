"""Screens are tested on a whole installation, in a real browser."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.browser.gallery import Gallery, fill
from tests.builders.databases import Databases, build_schema
from tests.builders.site import Site, running_site


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Generator[Site]:
    """An installation with one organisme and one person of each role."""
    with running_site(sqlite_url, tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def gallery(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gallery]:
    """An installation with a filled organisme and an empty one, for all who only look."""
    with (
        databases.fresh("sqlite", build_schema) as url,
        running_site(url, tmp_path_factory.mktemp("gallery")) as site,
    ):
        yield Gallery(site, fill(site))
