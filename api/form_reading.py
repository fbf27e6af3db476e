"""The bytes of a posted form, read strictly: bounded, UTF-8, never half understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, create_form_parser, parse_options_header

from workflow.errors import DomainError, TooBig

MOST_FIELDS = 500
LONGEST_NAME = 100
URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class FormTooBig(TooBig):
    """L'envoi dépasse la taille acceptée ({limit} Ko)."""

    code = "envoi_trop_gros"


class FormUnreadable(DomainError):
    """Le formulaire reçu est illisible. Rechargez la page, puis recommencez."""

    code = "formulaire_illisible"


class FormExpired(DomainError):
    """Ce formulaire n'est plus valable : la page était ouverte depuis trop longtemps."""

    code = "formulaire_perime"


class FieldNotAsked(FormUnreadable):
    """Ce formulaire ne demande pas « {name} ». Rechargez la page, puis recommencez."""

    code = "champ_inconnu"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was sent. Its name is what the sender says it is: never a path of ours."""

    name: str
    content: bytes


async def read_body(request: Request, limit: int) -> bytes:
    """The body, never more than `limit` bytes of it in memory. Raises FormTooBig."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:18]) > limit:
        raise FormTooBig(limit=limit // 1024)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise FormTooBig(limit=limit // 1024)
    return bytes(body)


def read_fields(body: bytes, headers: Mapping[str, str]) -> dict[str, str | list[str]]:
    """The fields of a form without files. Raises FormUnreadable."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == MULTIPART:
        form, files = read_parts(body, headers)
        if files:
            raise FormUnreadable
        return form
    if body and kind != URL_ENCODED:
        raise FormUnreadable
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            encoding="utf-8",
            errors="strict",
        )
    except ValueError as error:  # too many fields, or not UTF-8
        raise FormUnreadable from error
    return gathered(pairs)


def read_parts(
    body: bytes, headers: Mapping[str, str]
) -> tuple[dict[str, str | list[str]], dict[str, UploadedFile]]:
    """The fields and the files of a form that takes files. Raises FormUnreadable."""
    content_type = headers.get("content-type", "")
    pairs: list[tuple[bytes, bytes]] = []
    files: list[tuple[bytes, bytes, bytes]] = []

    def take_field(field: Field) -> None:
        pairs.append((field.field_name or b"", field.value or b""))
        _count(len(pairs) + len(files))

    def take_file(file: File) -> None:
        file.file_object.seek(0)
        files.append((file.field_name or b"", file.file_name or b"", file.file_object.read()))
        file.close()
        _count(len(pairs) + len(files))

    try:
        if parse_options_header(content_type)[0] != MULTIPART.encode():
            raise FormUnreadable
        parser = create_form_parser(
            {"Content-Type": content_type.encode("latin-1")},
            take_field,
            take_file,
            config={"MAX_MEMORY_FILE_SIZE": len(body) + 1},
        )
        parser.write(body)
        parser.finalize()
        form = gathered([(name.decode(), value.decode()) for name, value in pairs])
        sent = {name.decode(): UploadedFile(file.decode(), held) for name, file, held in files}
    except (FormParserError, UnicodeError) as error:
        raise FormUnreadable from error
    # A file field left empty is sent as a nameless file.
    return form, {name: file for name, file in sent.items() if file.name or file.content}


def _count(fields: int) -> None:
    if fields > MOST_FIELDS:
        raise FormUnreadable


def gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Fields by name, all of them where a name came several times. Raises FormUnreadable."""
    form: dict[str, str | list[str]] = {}
    for name, value in pairs:
        if len(name) > LONGEST_NAME:
            raise FormUnreadable
        known = form.get(name)
        if known is None:
            form[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            form[name] = [known, value]
    return form
