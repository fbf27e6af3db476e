"""Ten seconds to take a click back.

What was done offers it in its message: `Flash(…, undo=undoable(…))` carries a sealed word that
tells what to take back. The button of the message posts that word to `/annuler`, which hands it
to the function registered for it by `@undoing`. It works without a script: a script only takes
the button away once it is too late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from sqlmodel import Session

from api.answering import safe_local
from api.cookies import seal, unseal
from api.house import House, house_of
from api.views.chrome import Flash
from api.visit import Visit
from workflow.errors import DomainError
from workflow.vocabulary import AlreadyRegistered

#: How long the button is shown.
SECONDS = 10
# A click made at the last moment has some way to go.
_ON_ITS_WAY = 2
_UNDO = "annuler"
# The clock of the house says when it is too late; this only bounds how old a seal may be.
_SEALED_FOR = 86_400

#: Takes something back inside the transaction, and says so in one sentence.
Undoing = Callable[[Session, House, Visit, Mapping[str, Any]], str]
_UNDOINGS: dict[str, Undoing] = {}


class NothingToUndo(DomainError):
    """Il n'y a rien à annuler ici : revenez à la page, et refaites le changement à la main."""

    code = "rien_a_annuler"


def undoing(kind: str) -> Callable[[Undoing], Undoing]:
    """Register what takes back the clicks of a kind. Raises AlreadyRegistered."""

    def register(undo: Undoing) -> Undoing:
        if kind in _UNDOINGS:
            raise AlreadyRegistered(kind)
        _UNDOINGS[kind] = undo
        return undo

    return register


def undoable(
    request: Request, visit: Visit, kind: str, content: Mapping[str, Any], back: str
) -> str:
    """The sealed word that takes a click back, good for whoever made it. `content` is plain JSON.

    It travels in a cookie with the message: a few ids, never a list of thousands. `back` is the
    page shown once it is undone.
    """
    identity = visit.identity
    until = (visit.now + timedelta(seconds=SECONDS + _ON_ITS_WAY)).isoformat()
    who = [identity.organisme_id, identity.compte_id]
    return seal(house_of(request).settings, _UNDO, [kind, dict(content), who, until, back])


def undo(request: Request, visit: Visit, word: str) -> tuple[str, Flash]:
    """Take back what a sealed word tells; the page to go to, and what to say there.

    Raises NothingToUndo for a word that is not ours or not this visitor's, and whatever the
    undoing itself refuses.
    """
    house, identity = house_of(request), visit.identity
    opened = unseal(house.settings, _UNDO, word, seconds=_SEALED_FOR)
    if opened is None:
        raise NothingToUndo
    kind, content, who, until, back = opened
    if who != [identity.organisme_id, identity.compte_id] or kind not in _UNDOINGS:
        raise NothingToUndo
    back = safe_local(back)
    if visit.now > datetime.fromisoformat(until):
        return back, Flash(
            text="Trop tard pour annuler : les dix secondes sont passées.", tone="attention"
        )
    with house.database.unit_of_work() as session:
        return back, Flash(text=_UNDOINGS[kind](session, house, visit, content), tone="info")
