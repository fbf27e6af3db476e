"""Senders of letters in processes of their own, to be killed: each a fork of one that is ready.

Run as a program, it does what its input says, like `launcher.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from notifications import delivery, preparation
from notifications.claims import Claim
from notifications.delivery import PostOffice
from notifications.outcomes import Outcome
from notifications.preparation import Study
from notifications.smtp_client import SmtpServer
from notifications.smtp_transport import SmtpTransport
from tests.builders.courriers import HOUSE, writing
from tests.faults.orders import carry_out
from tests.faults.program import ROOT, Program
from workflow.database import Database
from workflow.errors import DatabaseBusy

# Long enough for a kill to fall between what should be one thing.
_GAP_S = 0.02
_TURN_S = 1.0


def marking_before_sending() -> None:
    """Broken on purpose: notes a letter as sent, then sends it."""
    attempt = delivery._attempt

    def hasty(database: Database, office: PostOffice, taken: Claim, clock: Any) -> Outcome:
        delivery._settle(database, office, taken, Outcome("envoye", "250"), clock())
        time.sleep(_GAP_S)
        return attempt(database, office, taken, clock)

    patch.object(delivery, "_attempt", hasty).start()


BROKEN = {"marking before sending": marking_before_sending}


def send_for_ever(url: str, port: int, lease_s: float, broken: str) -> None:
    """Write and send what is due, again and again."""
    if broken:
        BROKEN[broken]()
    database = Database(url)
    server = SmtpServer("127.0.0.1", port, "aucune", command_s=30.0, total_s=60.0)
    lease = timedelta(seconds=lease_s)
    office = PostOffice(SmtpTransport(server), HOUSE, per_minute=1_000_000, held=lease)
    study = Study(writing(), HOUSE, lease=lease)
    while True:
        with suppress(DatabaseBusy):  # the clock tries again at its next tick
            preparation.prepare(database, study, _now, _TURN_S)
            delivery.deliver(database, office, _now, _TURN_S)
        time.sleep(0.01)


def _now() -> datetime:
    return datetime.now(UTC)


def start(url: str, port: int, lease_s: float, broken: str) -> int:
    """A sender, in a process of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        send_for_ever(url, port, lease_s, broken)
    except BaseException:  # noqa: BLE001 — told; the process ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(1)


class Senders(Program):
    """The senders of one test."""

    def __init__(self, launcher: subprocess.Popen[str], url: str, port: int) -> None:
        super().__init__(launcher)
        self._url, self._port = url, port

    def send(self, lease_s: float, broken: str = "") -> int:
        """Start a sender; its pid. `lease_s`: for how long what it took waits for it, dead."""
        return self._ask("start", self._url, self._port, lease_s, broken)


@contextmanager
def senders(url: str, port: int) -> Generator[Senders]:
    """Senders over one database, to one SMTP server; killed at the end."""
    launcher = subprocess.Popen(
        [sys.executable, __file__],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Senders(launcher, url, port)
    finally:
        launcher.communicate(timeout=30)


if __name__ == "__main__":
    carry_out(start)
