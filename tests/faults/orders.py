"""Starting and killing processes as lines of input say, for programs that are forked and killed.

`["start", …]` is answered by a pid, `["kill", pid]` once it is dead. When the input ends,
whatever was started and still runs is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable


def carry_out(start: Callable[..., int]) -> None:
    """Carry out each line until there are no more."""
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


def kill(pid: int) -> int:
    """Kill a process as a power cut would, and wait for its death."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return pid
