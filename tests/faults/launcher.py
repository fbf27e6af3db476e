"""Run by `program.py`: starts and kills servers as its input says, each a fork of this process.

`["start", port, how it is broken]` is answered by a pid, `["kill", pid]` once it is dead. When
the input ends, whatever was started and still runs is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvicorn  # noqa: F401 — imported before the first fork, to be there in all of them

import api.clock
import api.main
import api.startup  # noqa: F401
from api.cli import main
from api.composition import default_engine
from tests.faults.broken import BROKEN


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


def kill(pid: int) -> int:
    """Kill a server, and wait for its death."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return pid


def launch() -> None:
    """Carry out each line until there are no more."""
    default_engine()
    running = set()
    for line in sys.stdin:
        order, *arguments = json.loads(line)
        if order == "start":
            pid = start(*arguments)
            running.add(pid)
        else:
            pid = kill(*arguments)
            running.discard(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in running:
        kill(pid)


if __name__ == "__main__":
    launch()
