"""The text of a letter put in its row: shown as it would be, or fixed as it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, literal, select, update

from notifications.courrier_table import Courrier, PieceJointe
from notifications.drafts import Row
from notifications.envelope import LONGEST_SUBJECT, safe_name
from notifications.messages import House
from notifications.outbox import A_COMPLETER, A_VALIDER, ANNULE, PRET
from notifications.written import WrittenFile, WrittenLetter
from workflow.database import table_of
from workflow.statements import Statement

LONGEST_MISSING = 500
LONGEST_ANSWER = 500
#: What a letter that is to be written anew no longer has.
UNWRITTEN: Mapping[str, Any] = {
    "subject_line": None,
    "body_text": None,
    "body_html": None,
    "digest": None,
    "template_id": None,
    "message_id": None,
    "missing": None,
    "answer": None,
    "leased_until": None,
    "attempts": 0,
}
_M, _F = table_of(Courrier), table_of(PieceJointe)
#: What tells that a letter is still as it was read.
_AS_READ = ("id", "state", "version")
_OF_A_FILE = ("courrier_id", "name", "media_type", "content", "digest")
_NO_FILES = Statement(delete(_F).where(_F.c.courrier_id == bindparam("courrier")))
_FILES = Statement(insert(_F).values({name: bindparam(name) for name in _OF_A_FILE}))


def freeze(
    connection: Connection,
    house: House,
    row: Row,
    written: WrittenLetter,
    signed: Mapping[str, Any] | None = None,
) -> bool:
    """Fix the text as it will leave, with its files. False if the letter changed meanwhile.

    `signed`: who let it leave, and when, where somebody did.
    """
    fixed = {
        **_text(written),
        "state": PRET,
        "digest": written.digest,
        "message_id": house.message_id(row),
        **(signed or {}),
    }
    if not _write(connection, row, fixed):
        return False
    _keep_files(connection, row["id"], written.files)
    return True


def show(connection: Connection, row: Row, written: WrittenLetter) -> bool:
    """Keep the text as it would leave today, to be read by whoever will let it leave."""
    return _write(connection, row, {**_text(written), "state": A_VALIDER})


def lack(connection: Connection, row: Row, *, missing: str | None, why: str | None) -> bool:
    """Say what the letter cannot be written without."""
    told = {
        "missing": missing[:LONGEST_MISSING] if missing else None,
        "answer": why[:LONGEST_ANSWER] if why else None,
    }
    return _write(connection, row, {**UNWRITTEN, **told, "state": A_COMPLETER})


def drop(connection: Connection, row: Row, why: str, now: datetime) -> bool:
    """Say that the letter will not leave, and why."""
    told = {"state": ANNULE, "answer": why[:LONGEST_ANSWER], "settled_at": now}
    return _write(connection, row, {**told, "leased_until": None})


def copy_files(connection: Connection, origin: int, copy: int) -> None:
    """The files of a letter, for another one that says the same."""
    columns = ("name", "media_type", "content", "digest")
    kept = select(
        literal(copy, type_=_F.c.courrier_id.type), *[_F.c[name] for name in columns]
    ).where(_F.c.courrier_id == origin)
    connection.execute(insert(_F).from_select(["courrier_id", *columns], kept))


def _text(written: WrittenLetter) -> dict[str, Any]:
    return {
        **UNWRITTEN,
        "subject_line": safe_name(written.subject, LONGEST_SUBJECT),
        "body_text": written.text,
        "body_html": written.html,
        "template_id": written.template_id,
    }


def _write(connection: Connection, row: Row, values: Mapping[str, Any]) -> bool:
    """Only if it is still as it was read: in that state, at that version.

    The channel goes with the text: what cannot be sent was written to be printed.
    """
    told = {"channel": row["channel"], **values}
    read = {f"read_{name}": row[name] for name in _AS_READ}
    return _update(tuple(told)).run(connection, {**told, **read}) == 1


@cache
def _update(names: tuple[str, ...]) -> Statement:
    """The writing of these columns: a few sets of them, each compiled once."""
    as_read = (_M.c[name] == bindparam(f"read_{name}") for name in _AS_READ)
    query = update(_M).where(*as_read)
    return Statement(query.values({name: bindparam(name) for name in names}))


def _keep_files(connection: Connection, id: int, files: Sequence[WrittenFile]) -> None:
    _NO_FILES.run(connection, {"courrier": id})
    rows = [
        {
            "courrier_id": id,
            "name": file.name,
            "media_type": file.media_type,
            "content": file.content,
            "digest": hashlib.sha256(file.content).hexdigest(),
        }
        for file in files
    ]
    _FILES.run_many(connection, rows)
