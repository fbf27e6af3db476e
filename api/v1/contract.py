"""What an operation of the API is: its address, what it asks, what it gives, and who may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection
from sqlmodel import Session
from starlette.responses import Response

from api.form_reading import UploadedFile
from api.house import House
from grants.dossiers.pieces.deposit import Incoming
from grants.organisation.identity import Identity
from grants.organisation.jetons import ECRITURE, LECTURE, REGLAGES, Bearer
from workflow.engine import Engine
from workflow.field_contract import Raw
from workflow.pipeline import Field

Fields = tuple[Field, ...]
#: Fields that hang on the pipelines of the installation: what may be chosen among them.
FieldsOf = Callable[[Engine], Fields]
#: What a body is: answers in JSON, the bytes of an image, a form with one table or several files.
Takes = Literal["json", "image", "table", "files"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is given back, where more than the data is to be said.

    `file`: it is sent as it is. `goes_on`: work of its own transactions, done once this one is
    committed; what it gives is the data. `later`: work that begins once the answer was sent.
    """

    data: Any = None
    status: int | None = None
    location: str | None = None
    next: str | None = None
    file: Response | None = None
    goes_on: Callable[[], Any] | None = None
    later: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request, in its transaction. `version` and `key` are what If-Match and so on said.

    `prepared`: what the operation made ready before the transaction.
    """

    house: House
    session: Session
    bearer: Bearer
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Raw]
    address: str = ""
    version: int | None = None
    key: str | None = None
    content: bytes = b""
    table: UploadedFile | None = None
    prepared: Any = None

    @property
    def identity(self) -> Identity:
        """Who asks."""
        return self.bearer.identity

    @property
    def organisme_id(self) -> int:
        """Where he asks."""
        return self.bearer.identity.organisme_id

    @property
    def connection(self) -> Connection:
        """The connection of the transaction."""
        return self.session.connection()

    def id(self, name: str) -> int:
        """An id of the address, read already."""
        return int(self.path[name])

    def text(self, name: str) -> str:
        """One answer of the body that must be a text; empty where there is none."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Files that came, on the disk already: what is made of them before the transaction."""

    house: House
    identity: Identity
    path: Mapping[str, str]
    files: tuple[Incoming, ...]


Run = Callable[[Call], Any]
Prepare = Callable[[Arrival], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program may ask for.

    `asks`: the fields of the body, None when they depend on the dispositif. `versioned`: If-Match
    is owed. `keyed`: an Idempotency-Key is taken; never where a secret is given, since the answer
    is kept. `direction`: for the direction, a lecteur only reading it, unless `confidential`.
    `personal`: what somebody keeps for himself, whoever only reads included. `takes`: what the
    body is, `upload` the field of its files. `schema`: the body, where no field tells it. `media`:
    what is given, where it is a file. `prepare`: what is done with files before the transaction,
    undone if it fails. `conflicts`: what is read may be refused for its state, with a 409.
    """

    method: str
    path: str
    run: Run
    summary: str
    subject: str
    gives: Any = None
    status: int = 200
    asks: Fields | FieldsOf | None = ()
    query: Mapping[str, str] = field(default_factory=dict)
    versioned: bool = False
    keyed: bool = False
    direction: bool = False
    confidential: bool = False
    personal: bool = False
    takes: Takes = "json"
    upload: str = ""
    schema: Mapping[str, Any] | None = None
    media: tuple[str, ...] = ()
    prepare: Prepare | None = None
    conflicts: bool = False
    example: Any = None

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.method != "GET"

    @property
    def scope(self) -> str:
        """What a token must allow."""
        if not self.writes:
            return LECTURE
        return REGLAGES if self.direction else ECRITURE

    def scope_of(self, identity: Identity) -> str:
        """What this person's token must allow: a reading one is all that a lecteur may have."""
        return LECTURE if self.personal and not identity.may_write else self.scope


class Subject:
    """The operations of one subject, registered under its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations: list[Operation] = []

    def get(self, path: str, summary: str, gives: Any, **more: Any) -> Callable[[Run], Run]:
        """Something that is read."""
        return self._add("GET", path, summary, gives, more)

    def post(self, path: str, summary: str, gives: Any, **more: Any) -> Callable[[Run], Run]:
        """Something that is done: it takes a key, so that it is done once."""
        return self._add("POST", path, summary, gives, {"keyed": True, **more})

    def put(self, path: str, summary: str, gives: Any, **more: Any) -> Callable[[Run], Run]:
        """Something that is replaced whole."""
        return self._add("PUT", path, summary, gives, {"keyed": True, **more})

    def patch(self, path: str, summary: str, gives: Any, **more: Any) -> Callable[[Run], Run]:
        """Something of which only what is sent changes."""
        return self._add("PATCH", path, summary, gives, {"keyed": True, **more})

    def delete(self, path: str, summary: str, gives: Any, **more: Any) -> Callable[[Run], Run]:
        """Something that is taken away."""
        return self._add("DELETE", path, summary, gives, {"keyed": True, **more})

    def _add(
        self, method: str, path: str, summary: str, gives: Any, more: Mapping[str, Any]
    ) -> Callable[[Run], Run]:
        def register(run: Run) -> Run:
            self.operations.append(Operation(method, path, run, summary, self.name, gives, **more))
            return run

        return register
