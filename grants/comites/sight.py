"""A séance as the people who run it see it: its room, its agenda, how far each vote is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.agenda import agenda_of, hours_of
from grants.comites.assemblee import Room, room_of
from grants.comites.closing import live_count, load_count
from grants.comites.comptage import Comptage
from grants.comites.decisions import decisions_of
from grants.comites.regles import Regles, load_regles
from grants.comites.roster import roster_of
from grants.comites.tables import Emargement
from grants.comites.vocabulary import ATTENDU, CLOS, OUVERT
from workflow.database import table_of
from workflow.engine import Engine
from workflow.subject import Subject

_E = table_of(Emargement)


@dataclass(frozen=True, slots=True)
class Item:
    """One dossier of the agenda. `received`: how many voices of the `expected` ones voted.

    `count`: what the votes say; None while they may not be seen. `decision`: what was decided.
    """

    passage: Mapping[str, Any]
    told: Mapping[str, Any]
    at: datetime
    minutes: int
    received: int
    expected: int
    count: Comptage | None
    decision: Mapping[str, Any] | None
    aside: tuple[str, ...]

    @property
    def dossier_id(self) -> int:
        """The dossier."""
        return self.passage["dossier_id"]

    @property
    def etat(self) -> str:
        """`attendu`, `ouvert` or `clos`."""
        return self.passage["etat"]

    @property
    def is_open(self) -> bool:
        """Whether members vote now."""
        return self.etat == OUVERT

    @property
    def is_closed(self) -> bool:
        """Whether the vote was counted."""
        return self.etat == CLOS

    @property
    def waits(self) -> bool:
        """Whether a decision may be taken, and none is."""
        return (
            self.count is not None
            and self.is_closed
            and self.count.quorum_atteint
            and self.decision is None
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """A séance at one moment."""

    subject: Subject
    regles: Regles
    room: Room
    items: tuple[Item, ...]
    now: datetime

    @property
    def holds(self) -> bool:
        """Whether the séance is open."""
        return self.subject.stage == "ouverte"

    def item(self, dossier_id: int) -> Item | None:
        """One dossier of the agenda."""
        return next((each for each in self.items if each.dossier_id == dossier_id), None)


def sight_of(connection: Connection, engine: Engine, subject: Subject, now: datetime) -> Sight:
    """The séance as it stands. `subject` is the séance."""
    agenda, room = agenda_of(connection, subject.id), room_of(connection, subject)
    regles = load_regles(subject.row["regles"])
    told = {each["dossier"]: each for each in roster_of(connection, subject, agenda)["dossiers"]}
    received, decisions = _received(connection, agenda), decisions_of(connection, subject.id)
    hours = hours_of(subject.row, agenda)
    items = []
    for row, at in zip(agenda, hours, strict=True):
        id = row["dossier_id"]
        voices = room.voices(id, row["clos_le"] or now)
        items.append(
            Item(
                passage=row,
                told=told[id],
                at=at,
                minutes=row["minutes"] or subject.row["minutes_par_dossier"],
                received=received.get(row["id"], 0),
                expected=sum(each.porteur is not None for each in voices),
                count=_shown_count(connection, engine, subject, regles, row, now),
                decision=decisions.get(id),
                aside=tuple(each.nom for each in room.membres if room.stepped_aside(each.id, id)),
            )
        )
    return Sight(subject, regles, room, tuple(items), now)


def may_see_count(regles: Regles, etat: str) -> bool:
    """Whether what the votes say may be shown: closed, or where the rule hides nothing."""
    return etat == CLOS or not regles.decompte_masque


def _shown_count(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    regles: Regles,
    row: dict[str, Any],
    now: datetime,
) -> Comptage | None:
    if row["etat"] == ATTENDU or not may_see_count(regles, row["etat"]):
        return None
    if row["etat"] == CLOS:
        return load_count(row["resultat"])
    return live_count(connection, engine, subject, row, now)


def _received(connection: Connection, agenda: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """How many voices voted, by passage."""
    query = select(_E.c.passage_id).where(_E.c.passage_id.in_([row["id"] for row in agenda]))
    found: dict[int, int] = {}
    for passage_id in connection.execute(query).scalars():
        found[passage_id] = found.get(passage_id, 0) + 1
    return found
