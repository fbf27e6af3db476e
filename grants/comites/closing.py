"""The closing of a vote: counted once, and from then on nobody's ballot changes or is found."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlmodel import Session

from grants.comites.agenda import read_passage
from grants.comites.assemblee import Room, room_of
from grants.comites.chain import record
from grants.comites.comptage import Bornes, Comptage, Voix, count_votes
from grants.comites.engagements import remaining_for
from grants.comites.errors import VoteNotOpen
from grants.comites.reading import read_sitting
from grants.comites.regles import Regles, load_regles
from grants.comites.tables import Bulletin, Passage
from grants.comites.vocabulary import CLOS, OUVERT
from grants.comites.voting import votes_of
from grants.dossiers.tables import Dossier
from grants.organisation.identity import Acting
from workflow.database import table_of
from workflow.engine import Engine
from workflow.subject import Subject

_P, _B, _D = table_of(Passage), table_of(Bulletin), table_of(Dossier)
_CHANCE = random.SystemRandom()


def close_vote(
    session: Session,
    engine: Engine,
    acting: Acting,
    seance_id: int,
    dossier_id: int,
    now: datetime,
) -> Comptage:
    """Close the vote on a dossier and count it; already closed, it is told again as it was.

    Never commits. Raises NotFound, NotOnTheAgenda, VoteNotOpen.
    """
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    passage = read_passage(connection, subject, dossier_id)
    if passage["etat"] == CLOS:
        return load_count(passage["resultat"])
    if passage["etat"] != OUVERT:
        raise VoteNotOpen
    regles = load_regles(subject.row["regles"])
    room = room_of(connection, subject)
    votes = counted_votes(connection, room, passage, now)
    counted = _count(connection, engine, subject, room, regles, passage, votes, now)
    ballots = _shuffled(votes) if regles.is_secret else _named(votes)
    if regles.is_secret:
        _seal(connection, passage["id"], votes, ballots)
    closed = update(_P).where(_P.c.id == passage["id"])
    connection.execute(closed.values(etat=CLOS, clos_le=now, resultat=dump_count(counted)))
    told = {
        "dossier": dossier_id,
        "comptage": json.loads(dump_count(counted)),
        "bulletins": ballots,
        **_who(room, subject, dossier_id, now),
    }
    record(connection, subject, acting, "vote_clos", told, now)
    return counted


def live_count(
    connection: Connection, engine: Engine, subject: Subject, passage: dict[str, Any], now: datetime
) -> Comptage:
    """What the count would say if the vote closed now; what it said, once it is closed."""
    if passage["etat"] == CLOS:
        return load_count(passage["resultat"])
    regles, room = load_regles(subject.row["regles"]), room_of(connection, subject)
    votes = counted_votes(connection, room, passage, now)
    return _count(connection, engine, subject, room, regles, passage, votes, now)


def counted_votes(
    connection: Connection, room: Room, passage: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """The votes of the voices that count at that moment: not of who left his seat to another."""
    voices = {each.membre.id for each in room.voices(passage["dossier_id"], now)}
    return [row for row in votes_of(connection, passage["id"]) if row["membre_id"] in voices]


def dump_count(counted: Comptage) -> str:
    """As JSON, for the row and the journal."""
    return json.dumps(asdict(counted), sort_keys=True)


def load_count(text: str) -> Comptage:
    """What `dump_count` wrote."""
    return Comptage(**json.loads(text))


def _count(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    room: Room,
    regles: Regles,
    passage: dict[str, Any],
    votes: Sequence[dict[str, Any]],
    now: datetime,
) -> Comptage:
    dossier_id = passage["dossier_id"]
    president = room.presiding(subject.row["preside_id"], dossier_id, now)
    voix = [
        Voix(
            row["choix"], row["montant"], president is not None and row["membre_id"] == president.id
        )
        for row in votes
    ]
    bornes = bounds_of(connection, engine, subject, dossier_id)
    return count_votes(regles.counting, room.assembly(dossier_id, now), voix, bornes)


def bounds_of(
    connection: Connection, engine: Engine, subject: Subject, dossier_id: int
) -> Bornes | None:
    """What the amount granted to a dossier cannot exceed; None where nothing was asked."""
    query = select(_D.c.montant_demande, _D.c.plafond).where(_D.c.id == dossier_id)
    row = connection.execute(query).one()
    if row.montant_demande is None:
        return None
    if not load_regles(subject.row["regles"]).mots.decides:
        return Bornes(row.montant_demande, row.plafond)  # an avis takes nothing from it
    left = remaining_for(connection, engine, subject, dossier_id)
    return Bornes(row.montant_demande, row.plafond, left)


def _named(votes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the journal keeps at the closing of a named vote: each one with its voice."""
    keys = ("membre_id", "par_id", "choix", "montant", "reserves", "saisi_par")
    return [{key: row[key] for key in keys} for row in votes]


def _shuffled(votes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What it keeps of a secret one: choices and amounts, in an order that chance gives."""
    ballots = [{"choix": row["choix"], "montant": row["montant"]} for row in votes]
    _CHANCE.shuffle(ballots)
    return ballots


def _seal(
    connection: Connection,
    passage_id: int,
    votes: Sequence[dict[str, Any]],
    ballots: Sequence[dict[str, Any]],
) -> None:
    """Erase what leads from a voice to its ballot: the link, the salt, and the order they came in.

    A ballot's own id tells when it came: each one takes the content that chance gave its place.
    Those that do not count (their voter left his seat to another) are not kept.
    """
    ids = [row["bulletin_id"] for row in votes]
    for order, (id, content) in enumerate(zip(ids, ballots, strict=True), start=1):
        connection.execute(
            update(_B)
            .where(_B.c.id == id)
            .values(**content, emargement_id=None, sel=None, ordre=order)
        )
    left = (_B.c.passage_id == passage_id) & _B.c.emargement_id.is_not(None)
    connection.execute(delete(_B).where(left))


def _who(room: Room, subject: Subject, dossier_id: int, now: datetime) -> dict[str, Any]:
    """The room at that moment: who had a voice and how, who stepped aside, who presided."""
    president = room.presiding(subject.row["preside_id"], dossier_id, now)
    aside = [each.id for each in room.membres if room.stepped_aside(each.id, dossier_id)]
    return {
        "voix": [
            {
                "membre": each.membre.id,
                "etat": each.etat,
                "par": each.porteur.id if each.porteur else None,
            }
            for each in room.voices(dossier_id, now)
        ],
        "deports": aside,
        "preside": president.id if president else None,
    }
