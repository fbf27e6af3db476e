"""Edited letters are written in another process, bounded in time and memory."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from notifications.bounded_child import receive, send
from notifications.composing import Composed, MissingValue, Place, TemplateFault
from notifications.document_data import blocks_of

ROOT = Path(__file__).resolve().parent.parent
#: On a busy machine two seconds of work may take longer; none takes this long.
WALL_SECONDS = 20.0
TOO_LONG = "cette lettre est trop longue à écrire : plus de deux secondes"
TOO_MUCH = "cette lettre demande trop de mémoire"
_START = """\
import sys
sys.path.insert(0, sys.argv[1])
from notifications.bounded_child import main
main()
"""


def compose_bounded(source: str, context: Mapping[str, Any]) -> Composed:
    """Like `compose`, in two seconds of work and 512 MB. Raises MissingValue, TemplateFault."""
    told = _worker(os.getpid()).ask({"ask": "compose", "source": source, "context": context})
    return Composed(told["subject"], blocks_of(told["blocks"]))


def names_bounded(source: str) -> list[tuple[str, int, Place]]:
    """The values that a source asks for, each with its line and place. Raises TemplateFault."""
    told = _worker(os.getpid()).ask({"ask": "names", "source": source})
    return [(name, line, place) for name, line, place in told["names"]]


@lru_cache(maxsize=1)
def _worker(_process: int) -> _Worker:
    """One per process: a child is not shared with a fork."""
    worker = _Worker()
    atexit.register(worker.close)
    return worker


class _Worker:
    """The child, started when first needed and again after it was ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Its answer. Raises what writing the letter would raise here."""
        with self._lock:
            answer = self._answer(question)
        if "missing" in answer:
            raise MissingValue(answer["missing"])
        if "fault" in answer:
            cause, line, place = answer["fault"]
            raise TemplateFault(cause, line, place)
        return answer

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.communicate()

    def _answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        patience = Timer(WALL_SECONDS, child.kill)
        patience.daemon = True
        patience.start()
        try:
            send(child.stdin, question)
            answer = receive(child.stdout)
        except (EOFError, BrokenPipeError):
            answer = {"ended": child.wait()}
        finally:
            patience.cancel()
        if "ended" in answer or "memory" in answer:
            self.close()
            raise TemplateFault(_why(answer))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(
                # Alone: no setting of this process reaches it, no secret, no other module path.
                [sys.executable, "-I", "-X", "utf8", "-c", _START, str(ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            )
        return self._child


def _why(answer: Mapping[str, Any]) -> str:
    out_of_time = {-getattr(signal, name, 0) for name in ("SIGPROF", "SIGKILL", "SIGXCPU")}
    return TOO_LONG if answer.get("ended") in out_of_time else TOO_MUCH
