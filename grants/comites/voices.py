"""The voices that one member may use, dossier by dossier: his own, and those of his pouvoirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.acces import Place
from grants.comites.assemblee import REPRESENTE
from grants.comites.membres import MembreLine
from grants.comites.tables import Bulletin, Emargement, Passage
from grants.comites.voting import why_not
from workflow.database import table_of

_E, _B, _P = table_of(Emargement), table_of(Bulletin), table_of(Passage)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voice of a member on one dossier: what he voted with it, and why he cannot any more.

    `own`: it is his; otherwise that of a member who gave him his pouvoir. `version` 0: no vote.
    """

    membre: MembreLine
    own: bool
    refusal: str
    version: int = 0
    choix: str = ""
    montant: int | None = None
    reserves: str = ""
    commentaire: str = ""
    le: datetime | None = None
    saisi_par: str | None = None


def ballots_of(
    connection: Connection, place: Place, agenda: list[dict[str, Any]], now: datetime
) -> dict[int, tuple[Ballot, ...]]:
    """What a member votes with on each dossier, by dossier; nothing where he stepped aside."""
    voices = _voices(place)
    given = _given(connection, place, [each.id for each, _ in voices])
    return {
        row["dossier_id"]: ()
        if place.room.stepped_aside(place.membre.id, row["dossier_id"])
        else tuple(
            _ballot(place, row, member, own, given.get((row["id"], member.id)), now)
            for member, own in voices
        )
        for row in agenda
    }


def _voices(place: Place) -> list[tuple[MembreLine, bool]]:
    """His own voice where he has one, then those that he was given."""
    mine = [(place.membre, True)] if place.membre.votes else []
    given = [
        (each, False)
        for each in place.room.membres
        if (row := place.room.presences.get(each.id)) is not None
        and row["etat"] == REPRESENTE
        and row["pouvoir_a_id"] == place.membre.id
    ]
    return mine + given


def _ballot(
    place: Place,
    passage: dict[str, Any],
    member: MembreLine,
    own: bool,
    given: Mapping[str, Any] | None,
    now: datetime,
) -> Ballot:
    refusal = why_not(place.subject, passage, place.room, place.siege, member.id, now)
    if given is None:
        return Ballot(member, own, refusal)
    kept = {key: given[key] for key in ("choix", "montant", "reserves", "commentaire")}
    return Ballot(
        member,
        own,
        refusal,
        version=given["version"],
        le=given["le"],
        saisi_par=given["saisi_par"],
        **{key: value for key, value in kept.items() if value is not None},
    )


def _given(
    connection: Connection, place: Place, voices: list[int]
) -> dict[tuple[int, int], Mapping[str, Any]]:
    """The votes that these voices gave, by passage and voice. Once sealed, a secret one is not."""
    query = (
        select(
            _E.c.passage_id,
            _E.c.membre_id,
            _E.c.version,
            _E.c.le,
            _E.c.saisi_par,
            _B.c.choix,
            _B.c.montant,
            _B.c.reserves,
            _B.c.commentaire,
        )
        .join(_P, _P.c.id == _E.c.passage_id)
        .outerjoin(_B, _B.c.emargement_id == _E.c.id)
        .where(_P.c.seance_id == place.subject.id, _E.c.membre_id.in_(voices))
    )
    rows = connection.execute(query).mappings()
    return {(row["passage_id"], row["membre_id"]): row for row in rows}
