"""Programs that answer on loopback, started and stopped as a service manager would."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_S = 60.0
_KIB = 1024


class ServerSilent(RuntimeError):
    """A server did not answer in time, or died first."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]

    def memory(self) -> float:
        """Resident memory of the process and its children, in MB."""
        return sum(_resident(pid) for pid in _family(self.process.pid)) / _KIB


def free_port() -> int:
    """A port that nobody listens on: what answers there is what was started here."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        return tried.getsockname()[1]


@contextmanager
def serving(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], port: int
) -> Iterator[Server]:
    """Run `python -m module`; stopped at the end. It may not answer yet."""
    command = [sys.executable, "-P", "-m", module, *arguments]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    # A server finds what Python compiled the first time, as on any machine of a user.
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=settings, stdout=said, stderr=said)
        try:
            yield Server(process, port, said)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(server: Server, request: bytes) -> bytes:
    """The first answer of a server that is starting. Raises ServerSilent."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            server.log.seek(0)
            raise ServerSilent(server.log.read().decode("utf-8", "replace")[-2000:])
        try:
            with Client(server.port) as client:
                return client.ask(request)
        except ConnectionError:
            time.sleep(0.002)
    raise ServerSilent(f"nothing on port {server.port}")


class Client:
    """One kept connection, as light as it can be: it shares the machine with the server."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """Send one request; its answer's head and body. Raises ConnectionError."""
        self._socket.sendall(request)
        answer = self._receive()
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = _length(head)
        while len(body) < length:
            body += self._receive()
        return head + b"\r\n\r\n" + body

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionResetError
        return received


def status_of(answer: bytes) -> int:
    """The status of an answer."""
    return int(answer[9:12])


def get(path: str, cookies: str = "") -> bytes:
    """A GET request."""
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{cookie}\r\n".encode()


def post(path: str, cookies: str, body: str) -> bytes:
    """A form sent by a browser."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]
