"""The program's version, as pyproject.toml gives it: the project is run, never installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads(
    (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text("utf-8")
)["project"]["version"]

#: From 1.0 on, a pipeline file that dossiers follow never changes: a new version is written.
STABLE = int(VERSION.split(".", 1)[0]) >= 1
