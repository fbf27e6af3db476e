"""The folders of one test run, and who cleans them however the run ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple, Self

ROOMY = 2 * 1024**3

# Waits for the run to end (its end of the pipe closes by itself, even on kill -9), then stops
# every PostgreSQL server left there without ceremony, and removes the folders.
KEEPER = """
PATH=/usr/bin:/bin:$PATH
cat > /dev/null
for folder in "$@"; do
  for pidfile in "$folder"/*/data/postmaster.pid; do
    [ -f "$pidfile" ] && kill -QUIT "$(head -n 1 "$pidfile")" 2> /dev/null || continue
    tries=0
    while [ -f "$pidfile" ] && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  done
done
rm -rf "$@"
"""


class RunFolder(NamedTuple):
    """Where a run puts its databases: `quick`, in memory where there is room, and `disk`."""

    quick: Path
    disk: Path

    @classmethod
    def make(cls) -> Self:
        """Two new folders, which a server that runs as somebody else may pass through."""
        memory = Path("/dev/shm")
        parents = (memory if _is_roomy(memory) else None, None)
        folders = [Path(tempfile.mkdtemp(prefix="microprojets-", dir=name)) for name in parents]
        for folder in folders:
            folder.chmod(0o711)
        return cls(*folders)


class Keeper:
    """A process that outlives the run by the time it takes to clean up after it."""

    def __init__(self, run_folder: RunFolder) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", *map(str, run_folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C must not reach it
        )

    def close(self) -> None:
        """Say that the run is over, and wait for the cleaning."""
        self._process.communicate()


def _is_roomy(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOMY
