"""Screens are tested on a whole installation, in a real browser."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.builders.site import Site, running_site


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Generator[Site]:
    """An installation with one organisme and one person of each role."""
    with running_site(sqlite_url, tmp_path) as running:
        yield running
