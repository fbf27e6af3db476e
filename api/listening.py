"""The place where the program listens, taken before anything slow begins."""

from __future__ import annotations

import errno
import socket

from workflow.errors import DomainError

_WAITING = 2048


class PortTaken(DomainError):
    """Le port {port} est déjà pris : l'application tourne peut-être déjà.
    Pour en choisir un autre : python3 manage.py run --port {other}"""

    code = "port_pris"


class PortReserved(DomainError):
    """Le port {port} est réservé à l'administrateur de la machine.
    Pour en choisir un autre : python3 manage.py run --port 8000"""

    code = "port_reserve"


class NotOurAddress(DomainError):
    """« {host} » n'est pas une adresse de cette machine.
    Essayez : python3 manage.py run --host 127.0.0.1"""

    code = "adresse_inconnue"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket: whoever connects from now on waits until the program answers.

    Raises PortTaken, PortReserved, NotOurAddress.
    """
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise NotOurAddress(host=host) from error
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise _told(error, host, port) from error
    listening.set_inheritable(True)
    return listening


def _told(error: OSError, host: str, port: int) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(port=port, other=port + 1)
    if error.errno in (errno.EACCES, errno.EPERM):
        return PortReserved(port=port)
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return NotOurAddress(host=host)
    return error
