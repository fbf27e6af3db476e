"""One connection to an SMTP server: limits of time on each step and on the whole, TLS checked."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Any, Literal

from notifications.deadline import Deadline

Security = Literal["starttls", "tls", "aucune"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where messages are handed over, and how long it may take.

    `connect_s` to connect, `command_s` for each answer, `total_s` for one message from the
    connection to its last answer. `context` verifies certificates; None is the system's own.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    connect_s: float = 15.0
    command_s: float = 30.0
    total_s: float = 180.0
    context: ssl.SSLContext | None = None


class Client(smtplib.SMTP):
    """The standard library's client, over a connection that a deadline may cut."""

    def __init__(self, server: SmtpServer, deadline: Deadline) -> None:
        super().__init__(local_hostname=_our_name(), timeout=server.command_s)
        self._server = server
        self._deadline = deadline
        self._host = server.host  # the name that STARTTLS checks the certificate against
        self._context = server.context or ssl.create_default_context()

    def open(self) -> None:
        """Connect, greet, make the connection safe, sign in. Raises what smtplib raises."""
        server = self._server
        code, reply = self.connect(server.host, server.port)
        if code != 220:  # noqa: PLR2004 — « service ready »
            raise smtplib.SMTPConnectError(code, reply)
        self.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            code, reply = self.starttls(context=self._context)
            if code != 220:  # noqa: PLR2004
                raise smtplib.SMTPResponseException(code, reply)
            self.ehlo_or_helo_if_needed()
        if server.user:
            self.login(server.user, server.password)

    def allow(self, seconds: float) -> None:
        """How long the next answers may be awaited."""
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def _get_socket(self, host: Any, port: Any, timeout: Any) -> socket.socket:
        server = self._server
        limit = min(server.connect_s, self._deadline.left_s)
        opened = socket.create_connection((host, port), limit)
        self._deadline.hold(opened)
        if server.security == "tls":
            try:
                opened = self._context.wrap_socket(opened, server_hostname=server.host)
            except BaseException:
                opened.close()
                raise
        opened.settimeout(timeout)
        return opened


def _our_name() -> str:
    """How we greet. Not by asking the network for our name, which may take very long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
