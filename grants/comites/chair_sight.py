"""A séance as the member who presides it sees it: counts, and what is left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from grants.comites.acces import Place
from grants.comites.closing import counted_votes, live_count
from grants.comites.comptage import Comptage
from grants.comites.member_sight import Hearing, hearings_of
from grants.comites.vocabulary import CLOS, OUVERT
from workflow.engine import Engine


@dataclass(frozen=True, slots=True)
class Ruling:
    """One dossier before whoever presides. Aside on it, she sees neither count nor réserves.

    `received` of the `expected` voices have voted. `count` is there once the vote is closed, or
    while it is open where the rule shows it. `reserves`: what the favorable votes ask for.
    `awaited`: whose voice is there and has not been used, while the vote is open.
    """

    hearing: Hearing
    received: int
    expected: int
    count: Comptage | None
    reserves: tuple[str, ...]
    awaited: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a decision is to be taken."""
        return (
            self.count is not None
            and self.hearing.is_closed
            and self.count.quorum_atteint
            and self.hearing.decision is None
        )


def rulings_of(
    connection: Connection, engine: Engine, place: Place, now: datetime
) -> tuple[Ruling, ...]:
    """The agenda in its order."""
    hearings = hearings_of(connection, place, now)
    return tuple(_ruling(connection, engine, place, each, now) for each in hearings)


def _ruling(
    connection: Connection, engine: Engine, place: Place, hearing: Hearing, now: datetime
) -> Ruling:
    passage, etat = dict(hearing.passage), hearing.passage["etat"]
    if hearing.aside or etat not in (OUVERT, CLOS):
        return Ruling(hearing, 0, 0, None, ())
    at = passage["clos_le"] or now
    votes = counted_votes(connection, place.room, passage, at)
    voices = place.room.voices(hearing.dossier_id, at)
    given = {row["membre_id"] for row in votes}
    there = [each.membre for each in voices if each.porteur is not None]
    awaited = [each.nom for each in there if each.id not in given] if etat == OUVERT else []
    count = hearing.count
    if count is None and not place.regles.decompte_masque:
        count = live_count(connection, engine, place.subject, passage, now)
    return Ruling(
        hearing,
        received=len(votes) if etat == OUVERT else _cast(count),
        expected=len(there),
        count=count,
        # Two members may ask for the same thing in the same words.
        reserves=tuple(dict.fromkeys(row["reserves"] for row in votes if row["reserves"]))
        if count
        else (),
        awaited=tuple(awaited),
    )


def _cast(count: Comptage | None) -> int:
    return 0 if count is None else count.exprimes + count.abstentions
