"""Requests handed to an application of this process: no socket, one event loop for all of them.

The framework's own test client makes an event loop and a thread for each request, and goes nine
times from one thread to the other for one answer: for most pages, longer than answering took.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from functools import cache
from urllib.parse import unquote

import httpx2
import uvloop
from starlette.types import ASGIApp, Message, Scope

STRANGER = ("testclient", 50000)
_PORTS = {"http": 80, "https": 443}


class Client(httpx2.Client):
    """A browser on the wire. Redirections are not followed; faults of the application are 500s."""

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = "http://testserver",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            transport=Wire(app),
            base_url=base_url,
            headers={"user-agent": "testclient", **(headers or {})},
            follow_redirects=False,
        )


class Wire(httpx2.BaseTransport):
    """Carries requests to an application, and its answers back, whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request, answered."""
        request.read()
        exchange = _Exchange(request)
        asyncio.run_coroutine_threadsafe(exchange.through(self._app), _loop()).result()
        return exchange.answer()


class _Exchange:
    """One request and what has come back of its answer so far."""

    def __init__(self, request: httpx2.Request) -> None:
        self._request = request
        self._is_sent = False
        self._is_over = asyncio.Event()
        self._start: Message = {"status": 500, "headers": []}
        self._body: list[bytes] = []

    async def through(self, app: ASGIApp) -> None:
        """Let the application answer."""
        try:
            await app(_scope_of(self._request), self._receive, self._send)
        except Exception:  # noqa: BLE001 - a server logs it and goes on
            self._is_over.set()

    async def _receive(self) -> Message:
        if self._is_sent:
            await self._is_over.wait()
            return {"type": "http.disconnect"}
        self._is_sent = True
        return {"type": "http.request", "body": self._request.content}

    async def _send(self, message: Message) -> None:
        assert not self._is_over.is_set(), f"{message['type']} after the end of the answer"
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._body.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._is_over.set()

    def answer(self) -> httpx2.Response:
        """What came back."""
        has_body = self._request.method != "HEAD"
        return httpx2.Response(
            self._start["status"],
            headers=self._start.get("headers", []),
            stream=httpx2.ByteStream(b"".join(self._body) if has_body else b""),
            request=self._request,
        )


def _scope_of(request: httpx2.Request) -> Scope:
    url = request.url
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in request.headers.multi_items()
        ],
        "client": STRANGER,
        "server": (url.host, url.port or _PORTS[url.scheme]),
        "state": {},
    }


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of this process, in a thread of its own until the process ends."""
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def stay() -> None:
        end = asyncio.Event()
        ready.set_result((asyncio.get_running_loop(), end))
        await end.wait()

    def serve() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(stay())

    thread = threading.Thread(target=serve, name="wire", daemon=True)
    thread.start()
    loop, end = ready.result()

    def leave() -> None:
        loop.call_soon_threadsafe(end.set)
        thread.join(timeout=10)

    atexit.register(leave)
    return loop
