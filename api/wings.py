"""The addresses of the application, by wings: each opens the first time that somebody goes there.

What an address begins with names its wing. A wing's pages, with all that they load, are then no
cost to a start, and a request looks through the addresses of one wing instead of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.routing import BaseRoute, Match, get_route_path
from starlette.types import Receive, Scope, Send

#: Loads the addresses of a wing, in the order in which they are tried.
Opening = Callable[[], Sequence[BaseRoute]]
_FOUND = "microprojets.address"


class Wings(BaseRoute):
    """The addresses under each first part of a path; a wing that is asked for is opened once."""

    def __init__(self, wings: Mapping[str, Opening]) -> None:
        self._wings = wings
        self._open: dict[str, Sequence[BaseRoute]] = {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first address that takes the request; else the first that takes another method."""
        partial: Scope | None = None
        if scope["type"] == "http":
            for address in self._under(get_route_path(scope)):
                match, found = address.matches(scope)
                if match is Match.FULL:
                    return match, {**found, _FOUND: address}
                if match is Match.PARTIAL and partial is None:
                    partial = {**found, _FOUND: address}
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the address that was found."""
        await scope[_FOUND].handle(scope, receive, send)

    def _under(self, path: str) -> Sequence[BaseRoute]:
        part = path[1:].partition("/")[0]
        if part not in self._open:
            opening = self._wings.get(part)
            if opening is None:
                return ()
            self._open[part] = tuple(opening())
        return self._open[part]
