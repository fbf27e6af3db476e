"""A séance as one of its members sees it: never more than he may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.acces import Place
from grants.comites.agenda import agenda_of, hours_of
from grants.comites.carnets import private_notes_of
from grants.comites.closing import load_count
from grants.comites.comptage import Comptage
from grants.comites.decisions import decisions_of
from grants.comites.deports import suggestions
from grants.comites.roster import roster_of
from grants.comites.tables import Deport
from grants.comites.vocabulary import CLOS
from grants.comites.voices import Ballot, ballots_of
from workflow.database import table_of

_T = table_of(Deport)
#: What was written and counted of a dossier, for whoever stepped aside on it.
_HIDDEN = {"note": "", "avis_charge": "", "vigilance": "", "resultat": None}


@dataclass(frozen=True, slots=True)
class Hearing:
    """One dossier of the agenda for one member.

    Where he stepped aside (`aside`), `count`, `decision`, `ballots` and `note` are empty: he sees
    neither the debate nor the votes. Otherwise `count` and `decision` are there once the vote is
    closed, `suggestion` says what link with the project the software sees.
    """

    passage: Mapping[str, Any]
    told: Mapping[str, Any]
    at: datetime
    minutes: int
    aside: bool
    motif: str
    suggestion: str
    ballots: tuple[Ballot, ...]
    note: str
    count: Comptage | None
    decision: Mapping[str, Any] | None

    @property
    def dossier_id(self) -> int:
        """The dossier."""
        return self.passage["dossier_id"]

    @property
    def is_closed(self) -> bool:
        """Whether the vote was counted."""
        return self.passage["etat"] == CLOS


def hearings_of(connection: Connection, place: Place, now: datetime) -> tuple[Hearing, ...]:
    """The agenda in its order, as the member in this place sees it."""
    subject, member = place.subject, place.membre
    agenda = agenda_of(connection, subject.id)
    asides = _asides(connection, place)
    told = {each["dossier"]: each for each in roster_of(connection, subject, agenda)["dossiers"]}
    ballots = ballots_of(connection, place, agenda, now)
    notes = private_notes_of(connection, place.siege)
    decisions = decisions_of(connection, subject.id)
    links = {
        each.dossier_id: each.why
        for each in suggestions(connection, subject, place.room)
        if each.membre.id == member.id
    }
    found = []
    for row, at in zip(agenda, hours_of(subject.row, agenda), strict=True):
        id = row["dossier_id"]
        aside = place.room.stepped_aside(member.id, id)
        seen = not aside and row["etat"] == CLOS
        found.append(
            Hearing(
                passage={**row, **_HIDDEN} if aside else row,
                told=told[id],
                at=at,
                minutes=row["minutes"] or subject.row["minutes_par_dossier"],
                aside=aside,
                motif=asides.get(id, ""),
                suggestion=links.get(id, ""),
                ballots=ballots[id],
                note="" if aside else notes.get(id, ""),
                count=load_count(row["resultat"]) if seen else None,
                decision=decisions.get(id) if seen else None,
            )
        )
    return tuple(found)


def _asides(connection: Connection, place: Place) -> dict[int, str]:
    """The reason that the member gave, by dossier on which he stepped aside."""
    query = select(_T.c.dossier_id, _T.c.motif).where(
        _T.c.seance_id == place.subject.id, _T.c.membre_id == place.membre.id
    )
    return {row.dossier_id: row.motif for row in connection.execute(query)}
