"""A vote given aloud and noted by mistake, taken back: as if that voice had said nothing yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.assemblee import room_of
from grants.comites.chain import record
from grants.comites.errors import VoteNotAllowed
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.comites.tables import Bulletin, Emargement, Passage
from grants.comites.voting import CHANGED_MEANWHILE, require_open
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.errors import NotFound

_E, _B, _P = table_of(Emargement), table_of(Bulletin), table_of(Passage)
_OWN = "{nom} a voté depuis son écran : ce vote est le sien, il peut le changer jusqu’à la clôture."


def withdraw_vote(
    session: Session,
    acting: Acting,
    place: tuple[int, int, int],
    now: datetime,
    seen: int | None = None,
) -> bool:
    """Take back a vote noted aloud, while the vote is open. False if there is none.

    `place`: séance, dossier, member. `seen`: the version that was on screen. The withdrawal is one
    more version of that vote in the journal. Never commits. Raises NotFound, NotOnTheAgenda,
    VoteNotOpen, VoteClosed, VoteNotAllowed.
    """
    seance_id, dossier_id, membre_id = place
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    passage = read_passage(connection, subject, dossier_id)
    member = room_of(connection, subject).member(membre_id)
    if member is None:
        raise NotFound
    require_open(subject, passage, load_regles(subject.row["regles"]))
    known = _known(connection, passage["id"], membre_id)
    if known is None:
        return False
    if known["saisi_par"] is None:
        raise VoteNotAllowed(raison=_OWN.format(nom=member.nom))
    if seen is not None and seen != known["version"]:
        raise VoteNotAllowed(raison=CHANGED_MEANWHILE)
    version = known["version"] + 1
    connection.execute(delete(_B).where(_B.c.emargement_id == known["id"]))
    connection.execute(delete(_E).where(_E.c.id == known["id"]))
    # The next vote of that voice goes on from there: a screen that read this one is out of date.
    reached = max(passage["version_retiree"], version)
    connection.execute(update(_P).where(_P.c.id == passage["id"]).values(version_retiree=reached))
    told = {"dossier": dossier_id, "voix": membre_id, "nom": member.nom, "version": version}
    record(connection, subject, acting, "vote_retire", told, now)
    return True


def _known(connection: Connection, passage_id: int, membre_id: int) -> dict[str, Any] | None:
    query = select(_E.c.id, _E.c.version, _E.c.saisi_par).where(
        _E.c.passage_id == passage_id, _E.c.membre_id == membre_id
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)
