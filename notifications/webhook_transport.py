"""One message posted to one address: with a limit of time, never to a private network.

The name is resolved here, once, and the connection goes to the address that was checked: a name
that answers otherwise the second time gains nothing. A redirection is not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from notifications.webhooks import Delivered

_SECONDS = 10.0
#: An answer is not read further than its headers; one that drips is cut.
_AT_MOST = 20.0


class PrivateAddress(OSError):
    """L’adresse est celle d’un réseau privé."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts messages. `local`: private networks may be reached, for tests and single machines."""

    local: bool = False
    seconds: float = _SECONDS
    at_most: float = _AT_MOST

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        """Post once. Never raises for what the network or the other side does."""
        try:
            return self._post(url, body, headers)
        except PrivateAddress:
            return Delivered(fault="Adresse d’un réseau privé : refusée")
        except TimeoutError:
            return Delivered(fault="Pas de réponse à temps")
        except ssl.SSLError:
            return Delivered(fault="La connexion sûre (TLS) n’a pas pu être établie")
        except (OSError, http.client.HTTPException, ValueError):
            return Delivered(fault="La connexion n’a pas pu être établie, ou a été coupée")

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered:
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        opened = self._open(host, port)
        timer = threading.Timer(self.at_most, _cut, (opened,))
        timer.daemon = True
        timer.start()
        connection = http.client.HTTPConnection(host, port, timeout=self.seconds)
        try:
            if secure:
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
            connection.sock = opened
            path = parts.path or "/"
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request("POST", target, body, dict(headers))
            status = connection.getresponse().status
        finally:
            timer.cancel()
            connection.close()
            opened.close()
        return Delivered(status, "" if Delivered(status).ok else f"Réponse {status}")

    def _open(self, host: str, port: int) -> socket.socket:
        """A connection to an address of this name that was checked."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if not self.local and not all(_is_public(where[4][0]) for where in found):
            raise PrivateAddress
        fault: OSError = OSError("no address")
        for *_kind, where in found:
            try:
                return socket.create_connection((str(where[0]), port), timeout=self.seconds)
            except OSError as error:
                fault = error
        raise fault


def _is_public(address: Any) -> bool:
    """Whether an address is of the open internet, in whatever way it is written."""
    found = ip_address(str(address).partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or _is_public(inner))


def _cut(opened: socket.socket) -> None:
    try:
        opened.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
