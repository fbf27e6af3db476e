"""The code that proves, from another machine, that one may start an empty installation.

It is shown where the program is started, and follows from the secret: nothing to store, and the
same in every process. It opens nothing more once there is an organisme.
"""

from __future__ import annotations

import base64

from starlette.requests import Request
from starlette.responses import Response

from api.address import is_at_the_machine
from api.cookies import START, derived, read_cookie, same, seal, set_cookie, unseal
from api.house import house_of
from api.settings import Settings

_VALID_SECONDS = 3600
_GROUP = 4


def start_code(settings: Settings) -> str:
    """Eight letters and digits, like « K7QD-2MXA »."""
    digest = bytes.fromhex(derived(settings, "demarrage", ""))
    letters = base64.b32encode(digest[:5]).decode()
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def start_notice(settings: Settings) -> str | None:
    """What to print at the start of an empty installation; None where no code is asked."""
    if settings.is_local:
        return None
    return f"Code de démarrage, à taper sur {settings.address}/demarrage : {start_code(settings)}"


def is_right(settings: Settings, typed: str) -> bool:
    """Whether this is the code, however it was typed."""
    kept = "".join(char for char in typed.upper() if char.isalnum())
    return same(kept, start_code(settings).replace("-", ""))


def may_start(request: Request) -> bool:
    """Whether this browser may start the installation: at the machine itself, or by the code."""
    if is_at_the_machine(request):
        return True
    settings = house_of(request).settings
    proof = read_cookie(request, settings, START)
    return bool(proof) and unseal(settings, START, proof, seconds=_VALID_SECONDS) == START


def grant_start(request: Request, response: Response) -> None:
    """Remember that this browser gave the code."""
    settings = house_of(request).settings
    proof = seal(settings, START, START)
    set_cookie(response, settings, START, proof, seconds=_VALID_SECONDS)
