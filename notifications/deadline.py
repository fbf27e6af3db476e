"""A limit of time on a connection, whatever the other side is sending meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Deadline:
    """Cuts a connection when its time is over, whatever the other side is sending meanwhile.

    A limit on each answer is not enough: a server that drips one byte a second never reaches it.
    """

    def __init__(self) -> None:
        self.passed = False
        self._held: socket.socket | None = None
        self._until = 0.0

    def hold(self, opened: socket.socket) -> None:
        """The connection to cut. A second handle on it, since TLS takes the first one away."""
        self.release()
        self._held = opened.dup()

    def release(self) -> None:
        """Let go of the connection."""
        if self._held is not None:
            self._held.close()
            self._held = None

    @property
    def left_s(self) -> float:
        """What is left of the time, a little more than nothing at least."""
        return max(self._until - time.monotonic(), 0.05)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is done in the block is cut after that long."""
        self.passed, self._until = False, time.monotonic() + seconds
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.passed = True
        held = self._held
        if held is None:
            return
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
