"""Run by `program.py`: starts and kills servers as its input says, each a fork of this process."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvicorn  # noqa: F401 — imported before the first fork, to be there in all of them

import api.clock
import api.main
import api.startup
import api.v1.routes  # noqa: F401
from api.cli import main
from api.composition import default_engine
from api.pages import ROUTERS  # noqa: F401 — every page
from tests.faults.broken import BROKEN
from tests.faults.orders import carry_out


def start(port: int, broken: str) -> int:
    """The program's own command, in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        if broken:
            BROKEN[broken]()
        code = main(["run", "--port", str(port), "--vide"])
    except BaseException:  # noqa: BLE001 — told; the process ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    default_engine()
    carry_out(start)
