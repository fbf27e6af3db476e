"""The real program in processes of its own, to be killed: `run`, forked from one that is ready.

What takes a second to import is imported once; each server is a fork of that, which then does all
that `manage.py run` does: look at the database, read the pipelines that dossiers follow, serve.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOG = "serveur.log"
LAUNCHER = Path(__file__).with_name("launcher.py")
# Below the ports that systems give to outgoing connections: a client that calls a dead server
# could otherwise be given the server's own port, and answer itself.
_PORTS = range(20000, 32000)


class Program:
    """One installation's server processes: started, killed, started again."""

    def __init__(self, launcher: subprocess.Popen[str]) -> None:
        self._launcher = launcher

    def start(self, port: int, broken: str = "") -> int:
        """Start a server on a port; its pid. `wait_for` tells when it listens."""
        return self._ask("start", port, broken)

    def kill(self, pid: int) -> None:
        """Kill a server as a power cut would; nothing of it is left afterwards."""
        self._ask("kill", pid)

    def _ask(self, *order: str | float) -> int:
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        print(json.dumps(order), file=self._launcher.stdin, flush=True)
        return int(self._launcher.stdout.readline())


@contextmanager
def program(database_url: str, folder: Path) -> Generator[Program]:
    """An installation over a database that has its tables; its log is in the folder."""
    settings = {
        "DATABASE_URL": database_url,
        "MICROPROJETS_DONNEES": str(folder),
        "MICROPROJETS_DEMONSTRATION": "false",
        "MICROPROJETS_JOURNAUX": "json",
    }
    ours = {name: text for name, text in os.environ.items() if not name.startswith("MICROPROJETS")}
    with (folder / LOG).open("ab") as log:
        launcher = subprocess.Popen(
            [sys.executable, str(LAUNCHER)],
            cwd=ROOT,
            env={**ours, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Program(launcher)
    finally:
        launcher.communicate(timeout=30)


def wait_for(port: int) -> None:
    """Until a server listens there; it answers once it is ready."""
    assert listens(port, within_s=60), f"nobody listens on {port}"


def listens(port: int, within_s: float) -> bool:
    """Whether a server comes to listen there in that time."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
