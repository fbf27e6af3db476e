"""Forms that come in with files: apart, so that pages without any do not load what files take."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.arrivals import receive
from api.form_reading import UploadedFile, read_body, read_parts
from api.forms import Form, proved
from api.house import house_of
from api.visit import Direction, SignedIn, Writer
from grants.dossiers.pieces.content import MEGABYTE
from grants.dossiers.pieces.deposit import Incoming
from grants.dossiers.pieces.storage import Storage
from grants.reprise.files import MOST_MEGABYTES

UPLOAD_BYTES = 2 * 1024 * 1024
TABLE_BYTES = (MOST_MEGABYTES + 1) * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """What was posted with files: the fields, and each file by the name of its field."""

    form: Form
    files: Mapping[str, UploadedFile]


@dataclass(frozen=True, slots=True)
class Sending:
    """What was posted with files of any size: the fields, and the files, on the disk already."""

    form: Form
    files: tuple[Incoming, ...]


async def uploaded(request: Request, visit: SignedIn) -> Upload:
    """The fields and files of a signed-in form that takes files. Raises like `posted`."""
    form, files = read_parts(await read_body(request, UPLOAD_BYTES), request.headers)
    return Upload(proved(form, visit.csrf), files)


async def table_sent(request: Request, visit: Direction) -> Upload:
    """A table to take over, which weighs more than a logo. Raises like `posted`."""
    form, files = read_parts(await read_body(request, TABLE_BYTES), request.headers)
    return Upload(proved(form, visit.csrf), files)


async def minutes_sent(request: Request, visit: SignedIn) -> Upload:
    """Minutes to verify, by whoever may read them. Raises like `posted`."""
    form, files = read_parts(await read_body(request, TABLE_BYTES), request.headers)
    return Upload(proved(form, visit.csrf), files)


async def sent(request: Request, visit: Writer) -> AsyncGenerator[Sending]:
    """The fields and files of a form that takes several. Raises SendingTooBig, like `posted`."""
    settings = house_of(request).settings
    largest = settings.file_megabytes * MEGABYTE
    async with receive(request, Storage(settings.files_folder), largest) as (form, files):
        yield Sending(proved(form, visit.csrf), files)


Uploaded = Annotated[Upload, Depends(uploaded)]
MinutesSent = Annotated[Upload, Depends(minutes_sent)]
TableSent = Annotated[Upload, Depends(table_sent)]
Sent = Annotated[Sending, Depends(sent)]
