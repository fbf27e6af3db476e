"""A real SMTP server on loopback, with the faults of real ones, and sockets that are worse."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult

_CERTIFICATES = Path(__file__).with_name("certificates")
T = TypeVar("T")
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """One message that the server acknowledged, or would have."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def message_id(self) -> str:
        found = _MESSAGE_ID.search(self.content)
        assert found
        return found[1].decode()


@dataclass
class PostBox:
    """What a server receives, and how it misbehaves meanwhile.

    `answers`: to « RCPT TO » by recipient, one after another, then 250. `data`: what to do with
    each message in turn: an answer to give, or « coupe » (in the middle), « perd » (keeps it, and
    cuts before saying so), « tait » (keeps it, and never answers).
    """

    answers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    data: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    greeting: str = ""
    sender_answer: str = ""
    signed_in_only: bool = False
    opened: list[asyncio.Transport] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 — its name, for the library
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.signed_in_only and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if waiting := self.answers[address]:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        fault = self.data.pop(0) if self.data else ""
        if fault[:1].isdigit():
            return fault
        self.received.append(
            Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content)
        )
        if fault == "perd":
            server.transport.abort()
        if fault == "tait":
            await asyncio.sleep(30)
        return "250 2.0.0 OK"


class Server(SMTP):
    """The server, over one postbox."""

    box: PostBox

    def connection_made(self, transport: Any) -> None:
        if self.session is None:  # else the same connection, made safe
            self.box.connections += 1
        self.box.opened.append(transport)
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        if self.box.greeting and str(status).startswith("220 "):
            await super().push(self.box.greeting)
            assert self.transport is not None
            self.transport.close()
            return
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.box.data[:1] != ["coupe"]:
            await super().smtp_DATA(arg)
            return
        self.box.data.pop(0)
        await self.push("354 Go on")
        await self._reader.readuntil(b"\r\n")
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


@contextmanager
def smtp_server(
    box: PostBox, certificate: str = "", *, implicit: bool = False, password: str = ""
) -> Generator[int]:
    """Its port, while it serves. `certificate`: « bon », « autre » (another name), « perime »."""
    context = tls_context(certificate) if certificate else None
    given: dict[str, Any] = {"hostname": "smtp.test", "ident": "Test"}
    if context is not None and not implicit:
        given["tls_context"] = context
    if password:
        box.signed_in_only = True
        given["auth_require_tls"] = False
        given["authenticator"] = _authenticator(password)

    def make() -> Server:
        server = Server(box, **given)
        server.box = box
        return server

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()  # a browser's own loop may be running in this one

    def within(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=10)

    try:
        tls = context if implicit else None
        server = within(loop.create_server(make, "127.0.0.1", 0, ssl=tls))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            within(_end(server, box))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server, box: PostBox) -> None:
    server.close()
    for transport in box.opened:
        transport.abort()
    box.opened.clear()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(3):  # for what closing has called later
        await asyncio.sleep(0)


def tls_context(certificate: str) -> ssl.SSLContext:
    """A server's side of TLS, under one of the certificates of the tests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_CERTIFICATES / f"{certificate}.pem")
    return context


def trusting() -> ssl.SSLContext:
    """A client's side of TLS, which believes the authority of the tests and no other."""
    return ssl.create_default_context(cafile=str(_CERTIFICATES / "autorite.pem"))


def _authenticator(password: str) -> Any:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
        return AuthResult(success=given.password == password.encode(), handled=False)

    return check


@contextmanager
def rude_server(says: Callable[[socket.socket], None]) -> Generator[int]:
    """A server that is no SMTP server: what it does with each connection is up to `says`."""
    listening = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                found, _ = listening.accept()
            except OSError:
                return
            opened.append(found)
            threading.Thread(target=_politely, args=(says, found), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for each in opened:
            each.close()
        thread.join(timeout=5)


def _politely(says: Callable[[socket.socket], None], found: socket.socket) -> None:
    try:
        says(found)
    except OSError:
        return
