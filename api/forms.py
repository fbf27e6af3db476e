"""Forms that come in: read within bounds, proved to come from our own pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BeforeValidator

from api.cookies import DOOR, door_token, read_cookie, same
from api.form_reading import (
    FieldNotAsked,
    FormExpired,
    FormUnreadable,
    read_body,
    read_fields,
)
from api.house import house_of
from api.visit import SignedIn
from workflow.database import LARGEST_ID

#: What was posted: one text for each field, or all of them where a name came several times.
Form = Mapping[str, "str | list[str]"]


def _written_plainly(text: object) -> object:
    """One address for one row: « +1 », « 1.0 » and « ١ » are no ids, though int takes them."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError("an id is digits")
    return text


_ID = re.compile("[1-9][0-9]{0,18}")
#: An id in an address; beyond what the database can hold, the page does not exist.
RowId = Annotated[int, BeforeValidator(_written_plainly), Path(ge=1, le=LARGEST_ID)]

CSRF_FIELD = "csrf_token"
# What a form carries beside its answers.
PAPERS = frozenset({"idempotency_key", "lock_version"})
FORM_BYTES = 512 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class FieldGivenTwice(FormUnreadable):
    """Le champ « {name} » a été envoyé plusieurs fois. Rechargez la page, puis recommencez."""

    code = "champ_double"


async def posted(request: Request, visit: SignedIn) -> Form:
    """The fields of a signed-in form. Raises FormExpired, FormTooBig, FormUnreadable."""
    form = read_fields(await read_body(request, FORM_BYTES), request.headers)
    return proved(form, visit.csrf)


async def pressed(request: Request, visit: SignedIn) -> None:
    """A signed-in form that is only a button. Raises FieldNotAsked, and like `posted`."""
    only(await posted(request, visit))


async def posted_at_the_door(request: Request) -> Form:
    """The fields of a form that needs no account: signing in, choosing a password, starting."""
    settings = house_of(request).settings
    form = read_fields(await read_body(request, FORM_BYTES), request.headers)
    door = read_cookie(request, settings, DOOR)
    return proved(form, door_token(settings, door) if door else "")


Posted = Annotated[Form, Depends(posted)]
PostedAtTheDoor = Annotated[Form, Depends(posted_at_the_door)]


def proved(form: dict[str, str | list[str]], token: str) -> Form:
    """A form that carries the token of whoever was shown it. Raises FormExpired."""
    given = form.pop(CSRF_FIELD, "")
    if not token or not isinstance(given, str) or not same(given, token):
        raise FormExpired
    # Read again where they serve; wrong, they are refused even where they would not.
    key_of(form)
    version_of(form)
    return form


def one(form: Form, name: str) -> str:
    """The single answer under a name, empty when there is none. Raises FieldGivenTwice."""
    value = form.get(name, "")
    if not isinstance(value, str):
        raise FieldGivenTwice(name=name)
    return value


def only(form: Form, *names: str) -> None:
    """Raises FieldNotAsked for a field that is none of these: it would be lost without a word."""
    for name in form:
        if name not in PAPERS and name not in names:
            raise FieldNotAsked(name=name)


def several(form: Form, name: str) -> list[str]:
    """Every answer under a name, in order."""
    value = form.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def id_typed(text: str) -> int | None:
    """The id that a form brings; None for what is none."""
    found = int(text) if _ID.fullmatch(text) else 0
    return found if 0 < found <= LARGEST_ID else None


def new_key() -> str:
    """An idempotency key for a form about to be shown."""
    return secrets.token_urlsafe(16)


def key_of(form: Form) -> str | None:
    """The idempotency key that the form was shown with. Raises FormUnreadable."""
    key = one(form, "idempotency_key")
    if key and not _KEY.fullmatch(key):
        raise FormUnreadable
    return key or None


def version_of(form: Form, name: str = "lock_version") -> int | None:
    """The version that the form was shown with. Raises FormUnreadable."""
    text = one(form, name)
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,18}", text):
        raise FormUnreadable
    return int(text)
