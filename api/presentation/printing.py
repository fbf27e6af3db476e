"""Letters printed together: one file, each letter from a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from notifications.desk import LetterFaulty, LetterIncomplete
from notifications.drafts import draft_of
from notifications.press import Press
from notifications.render import as_pdf
from notifications.written import Incomplete, Unwritable


def printed_together(
    connection: Connection, press: Press, organisme_id: int, ids: Sequence[int], now: datetime
) -> bytes:
    """The letters of an organisme as one PDF, dated of the day they left, or of today.

    Raises NotFound, LetterIncomplete, LetterFaulty.
    """
    sheets = []
    for id in ids:
        draft = draft_of(connection, organisme_id, id)
        try:
            sheets.append(press.compose(connection, draft, draft.row["sent_at"] or now)[0])
        except Incomplete as fault:
            raise LetterIncomplete(missing=fault.told) from None
        except Unwritable as fault:
            raise LetterFaulty(cause=fault.cause) from None
    return as_pdf(sheets)
