"""What a member writes for himself about a dossier: nobody else reads it, nor is it journaled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlmodel import Session

from grants.comites.acces import AccessOver
from grants.comites.agenda import read_passage
from grants.comites.reading import read_sitting
from grants.comites.seances import OVER
from grants.comites.sieges import Siege
from grants.comites.tables import NotePrivee
from workflow.conflicts import insert_into
from workflow.database import table_of
from workflow.errors import Invalid
from workflow.texts import TextFault, clean_text

LONGEST = 5000
_N = table_of(NotePrivee)


def write_private_note(
    session: Session, siege: Siege, dossier_id: int, text: str, now: datetime
) -> bool:
    """Keep a member's own note on a dossier; an empty one is thrown away. True if it is kept.

    Never commits. Raises NotFound, NotOnTheAgenda, AccessOver, Invalid.
    """
    connection = session.connection()
    subject = read_sitting(connection, siege.organisme_id, siege.seance_id, lock=False)
    read_passage(connection, subject, dossier_id)
    if subject.stage in OVER and not siege.preside:
        raise AccessOver
    try:
        clean = clean_text(text, longest=LONGEST, multiline=True)
    except TextFault as fault:
        raise Invalid({"texte": str(fault)}) from fault
    place = {
        "organisme_id": siege.organisme_id,
        "seance_id": siege.seance_id,
        "dossier_id": dossier_id,
        "membre_id": siege.membre_id,
    }
    if not clean:
        mine = [_N.c[key] == value for key, value in place.items()]
        connection.execute(delete(_N).where(*mine))
        return False
    written = {"texte": clean, "modifiee_le": now}
    kept = insert_into(connection.dialect.name, _N).values(**place, **written)
    unique = ["seance_id", "dossier_id", "membre_id"]
    connection.execute(kept.on_conflict_do_update(index_elements=unique, set_=written))
    return True


def private_notes_of(connection: Connection, siege: Siege) -> dict[int, str]:
    """A member's own notes, by dossier."""
    query = select(_N.c.dossier_id, _N.c.texte).where(
        _N.c.organisme_id == siege.organisme_id,
        _N.c.seance_id == siege.seance_id,
        _N.c.membre_id == siege.membre_id,
    )
    return {row.dossier_id: row.texte for row in connection.execute(query)}
