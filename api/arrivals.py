"""Files that come in with a form: written to the disk as they come, whatever their size.

Never more than a block of them is in memory. Nothing is left of a sending that was cut short.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from api.form_reading import (
    MOST_FIELDS,
    MULTIPART,
    FormTooBig,
    FormUnreadable,
    gathered,
)
from grants.dossiers.pieces.content import MEGABYTE
from grants.dossiers.pieces.deposit import Incoming
from grants.dossiers.pieces.storage import Storage, disk_told

_LARGEST_FIELD = 64 * 1024
#: How many times the largest file a whole sending may be.
TIMES = 5


class SendingTooBig(FormTooBig):
    """L’envoi dépasse {limit} Mo en tout. Envoyez les fichiers en plusieurs fois."""


@asynccontextmanager
async def receive(
    request: Request, storage: Storage, largest: int
) -> AsyncGenerator[tuple[dict[str, str | list[str]], tuple[Incoming, ...]]]:
    """The fields and the files of a form, the files gone afterwards unless they were kept.

    Raises SendingTooBig, FormUnreadable, DiskFull.
    """
    limit = largest * TIMES
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:18]) > limit:
        raise SendingTooBig(limit=limit // MEGABYTE)
    with ExitStack() as stack:
        parts = _Parts(storage, largest, stack)
        await _read(request, parts, limit)
        yield parts.form(), tuple(parts.files)


async def _read(request: Request, parts: _Parts, limit: int) -> None:
    received = 0
    try:
        parser = _parser(request, parts)
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise SendingTooBig(limit=limit // MEGABYTE)
            parser.write(chunk)
        parser.finalize()
    except (FormParserError, UnicodeError, ClientDisconnect) as error:
        raise FormUnreadable from error
    if not parts.ended:
        raise FormUnreadable


def _parser(request: Request, parts: _Parts) -> MultipartParser:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != MULTIPART.encode() or b"boundary" not in options:
        raise FormUnreadable
    return MultipartParser(
        options[b"boundary"],
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_name,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_headers_finished": parts.headers_finished,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
            "on_end": parts.finish,
        },
    )


@dataclass(slots=True)
class _Parts:
    """What the parser tells, part after part: a field is kept, a file is written."""

    storage: Storage
    largest: int
    stack: ExitStack
    files: list[Incoming] = field(default_factory=list)
    ended: bool = False
    _pairs: list[tuple[str, str]] = field(default_factory=list)
    _count: int = 0
    _name: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _field: str = ""
    _text: bytearray = field(default_factory=bytearray)
    _file: Incoming | None = None
    _writing: IO[bytes] | None = None
    _digest: Any = None

    def form(self) -> dict[str, str | list[str]]:
        """The fields, by name."""
        return gathered(self._pairs)

    def begin(self) -> None:
        """A new part."""
        self._count += 1
        if self._count > MOST_FIELDS:
            raise FormUnreadable
        self._headers, self._text, self._file = {}, bytearray(), None

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """A piece of the name of a header."""
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of its value."""
        self._value += data[start:end]

    def header_end(self) -> None:
        """The header is whole."""
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def headers_finished(self) -> None:
        """What the part is: a field, or a file, for which a place is made."""
        _kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"name" not in options:
            raise FormUnreadable
        self._field = options[b"name"].decode()
        if b"filename" not in options:
            return
        name = options[b"filename"].decode("utf-8", "replace").replace("%22", '"')
        path, self._writing = self.stack.enter_context(self.storage.arrival())
        self._file, self._digest = Incoming(name, path), hashlib.sha256()

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of what the part holds."""
        if self._file is None:
            self._text += data[start:end]
            if len(self._text) > _LARGEST_FIELD:
                raise FormUnreadable
            return
        self._file.size += end - start
        if self._file.size > self.largest:
            self._file.whole = False
            return
        assert self._writing is not None, "opened with the file"
        block = memoryview(data)[start:end]
        self._digest.update(block)
        with disk_told():
            self._writing.write(block)

    def end(self) -> None:
        """The part is whole. A file field left empty is sent as a nameless file."""
        if self._file is None:
            self._pairs.append((self._field, self._text.decode()))
            return
        assert self._writing is not None, "opened with the file"
        with disk_told():
            self._writing.flush()
        self._file.sha256 = self._digest.hexdigest()
        if self._file.name or self._file.size:
            self.files.append(self._file)

    def finish(self) -> None:
        """The last boundary was read: nothing was cut."""
        self.ended = True
