"""What comes with a demand: answers in JSON, the bytes of an image, a form with its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.arrivals import receive
from api.form_reading import MULTIPART, FormUnreadable, UploadedFile, read_parts
from api.form_reading import read_body as read_bounded
from api.forms import FORM_BYTES
from api.house import house_of
from api.sendings import TABLE_BYTES, UPLOAD_BYTES
from api.v1.contract import Operation
from api.v1.errors import BrokenForm, OtherMediaType
from grants.dossiers.pieces.content import MEGABYTE
from grants.dossiers.pieces.deposit import Incoming
from grants.dossiers.pieces.storage import Storage
from workflow.field_contract import Raw


@dataclass(frozen=True, slots=True)
class Body:
    """What came. `content` of a form is only what tells it from another."""

    content: bytes = b""
    fields: Mapping[str, Raw] = field(default_factory=dict)
    table: UploadedFile | None = None
    files: tuple[Incoming, ...] = ()


@asynccontextmanager
async def received(request: Request, operation: Operation) -> AsyncGenerator[Body]:
    """The body, never more than the limit of it in memory; its files are gone afterwards.

    Raises FormTooBig, OtherMediaType, BrokenForm, DiskFull.
    """
    if not operation.writes:
        yield Body()
    elif operation.takes == "files":
        async with _files(request) as body:
            yield body
    elif operation.takes == "table":
        yield await _table(request)
    else:
        limit = UPLOAD_BYTES if operation.takes == "image" else FORM_BYTES
        yield Body(await read_bounded(request, limit))


async def _table(request: Request) -> Body:
    """A form with one file, read whole."""
    content = await read_bounded(request, TABLE_BYTES)
    if not content:
        return Body()
    _require_form(request)
    try:
        fields, files = await run_in_threadpool(read_parts, content, request.headers)
    except FormUnreadable as error:
        raise BrokenForm from error
    held = {name: (file.name, _digest(file.content)) for name, file in files.items()}
    return Body(_told(fields, held), {**fields, **dict.fromkeys(files)}, _only(files))


@asynccontextmanager
async def _files(request: Request) -> AsyncGenerator[Body]:
    """A form with several files, written to the disk as they come."""
    if not _is_form(request):
        if await read_bounded(request, FORM_BYTES):
            raise OtherMediaType(expected=MULTIPART)
        yield Body()
        return
    settings = house_of(request).settings
    largest = settings.file_megabytes * MEGABYTE
    try:
        async with receive(request, Storage(settings.files_folder), largest) as (fields, files):
            told = _told(fields, [(file.name, file.sha256) for file in files])
            yield Body(told, fields, None, files)
    except FormUnreadable as error:
        raise BrokenForm from error


def _only(files: Mapping[str, UploadedFile]) -> UploadedFile | None:
    return next(iter(files.values()), None)


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == MULTIPART


def _require_form(request: Request) -> None:
    if not _is_form(request):
        raise OtherMediaType(expected=MULTIPART)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(fields: Mapping[str, object], files: object) -> bytes:
    """The same whatever the boundaries between the parts are."""
    return json.dumps([dict(fields), files], sort_keys=True, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
