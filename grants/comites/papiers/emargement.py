"""The attendance sheet: each member signs, and the hours that everybody gave are added up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from grants.comites.allees import gaps_of
from grants.comites.assemblee import EXCUSE, PRESENT, REPRESENTE, Room, room_of
from grants.comites.errors import PaperRefused
from grants.comites.heures import lasting, time_of, time_of_all
from grants.comites.membres import MembreLine
from grants.comites.papiers.notes import Told
from grants.comites.papiers.words import (
    counted,
    day_of,
    hour_of,
    name_of,
    outside_words,
    place_of,
    voice_of,
    when_of,
)
from grants.comites.reading import read_sitting
from grants.organisation.letterhead import letterhead_of
from notifications.papers import Paper

_COLUMNS = ("Membre", "Au nom de", "Collège", "Voix", "Arrivée", "Départ", "Durée", "Signature")


def signing_paper(
    connection: Connection, organisme_id: int, seance_id: int, now: datetime
) -> Paper:
    """The sheet, with what is already noted of who came and left.

    Raises NotFound, PaperRefused where nobody sits.
    """
    seance = read_sitting(connection, organisme_id, seance_id, lock=False)
    row, room = seance.row, room_of(connection, seance)
    if not room.membres:
        sentence = "Aucun membre n’est en fonction le jour de cette séance : nommez-les d’abord."
        raise PaperRefused(raison=sentence)
    name = name_of(row["comite"], row["tenue_le"])
    preside = room.member(row["preside_id"]) if row["preside_id"] else None
    return Paper(
        kind="signing",
        title=f"Feuille de présence, {name}",
        head=letterhead_of(connection, organisme_id, "direction", None),
        at=now,
        content={
            "over": row["comite"],
            "heading": "Feuille de présence",
            "when": when_of(row["tenue_le"]),
            "facts": [
                [label, value]
                for label, value in (
                    ("Lieu", place_of(row)),
                    ("Présidence", preside.nom if preside else ""),
                )
                if value
            ],
            "columns": _COLUMNS,
            "members": [_line(each, room) for each in room.membres],
            "total": _total(room),
            "closing": [
                "Signature de la personne qui préside",
                "Signature de l’organisme",
            ],
            "foot": f"{name} · éditée le {day_of(now)}",
        },
    )


def _line(member: MembreLine, room: Room) -> Told:
    row = room.presences.get(member.id)
    spent = time_of(row)
    return {
        "name": member.nom,
        "under": ", ".join(filter(None, (_under(member, room), _outside(row)))),
        "structure": member.structure,
        "college": member.college,
        "voice": voice_of(member.voix),
        "arrival": hour_of(row["arrivee"]) if row and row["arrivee"] else "",
        "departure": hour_of(row["depart"]) if row and row["depart"] else "",
        "hours": lasting(spent) if spent is not None else "",
        "sign": _instead(row, room),
    }


def _under(member: MembreLine, room: Room) -> str:
    if member.suppleant_de_id is None:
        return ""
    seat = room.member(member.suppleant_de_id)
    return f"suppléance de {seat.nom}" if seat else "suppléance"


def _outside(row: Mapping[str, Any] | None) -> str:
    return outside_words(gaps_of(row)).removeprefix(", ") if row else ""


def _instead(row: Mapping[str, Any] | None, room: Room) -> str:
    """What stands where nobody signs by hand."""
    if row is None:
        return ""
    if row["etat"] == REPRESENTE:
        proxy = room.member(row["pouvoir_a_id"])
        return f"pouvoir à {proxy.nom}" if proxy else "pouvoir donné"
    if row["etat"] == EXCUSE:
        return "excusé"
    return "à distance" if row["etat"] == PRESENT and row["a_distance"] else ""


def _total(room: Room) -> str:
    """« 9 présents, 22 h 30 de présence en tout ». Nothing before somebody came."""
    rows = [room.presences.get(each.id) for each in room.membres]
    came = [row for row in rows if row and row["etat"] == PRESENT]
    if not came:
        return ""
    told = counted(len(came), "personne présente", "personnes présentes")
    spent = time_of_all(came)
    return f"{told}, {lasting(spent)} de présence en tout." if spent else f"{told}."
