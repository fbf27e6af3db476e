"""Who was around a séance and what was on its agenda, as its journal and its minutes keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.allees import gaps_of
from grants.comites.assemblee import ABSENT, room_of
from grants.comites.membres import MembreLine
from grants.dossiers.tables import Dossier
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.subject import Subject

_D, _S = table_of(Dossier), table_of(Structure)


def roster_of(
    connection: Connection, subject: Subject, agenda: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Members with their presence, dossiers in their order: plain data."""
    room = room_of(connection, subject)
    return {
        "membres": [_member(each, room.presences.get(each.id)) for each in room.membres],
        "dossiers": _dossiers(connection, agenda),
    }


def _member(member: MembreLine, row: Mapping[str, Any] | None) -> dict[str, Any]:
    presence = row or {"etat": ABSENT, "arrivee": None, "depart": None, "pouvoir_a_id": None}
    outside = [[_instant(left), _instant(back)] for left, back in gaps_of(presence)]
    return {
        "membre": member.id,
        "nom": member.nom,
        "structure": member.structure,
        "college": member.college,
        "voix": member.voix,
        "suppleant_de": member.suppleant_de_id,
        "etat": presence["etat"],
        "arrivee": _instant(presence["arrivee"]),
        "depart": _instant(presence["depart"]),
        "absences": outside,
        "a_distance": bool(presence.get("a_distance")),
        "pouvoir_a": presence["pouvoir_a_id"],
    }


def _dossiers(connection: Connection, agenda: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["dossier_id"] for row in agenda]
    query = (
        select(
            _D.c.id,
            _D.c.reference,
            _D.c.titre,
            _D.c.montant_demande,
            _D.c.plafond,
            _S.c.nom.label("structure"),
        )
        .outerjoin(_S, _S.c.id == _D.c.structure_id)
        .where(_D.c.id.in_(ids))
    )
    rows = {row["id"]: row for row in connection.execute(query).mappings()}
    return [
        {
            "dossier": id,
            "reference": rows[id]["reference"],
            "titre": rows[id]["titre"],
            "structure": rows[id]["structure"] or "",
            "montant_demande": rows[id]["montant_demande"],
            "plafond": rows[id]["plafond"],
        }
        for id in ids
    ]


def _instant(value: Any) -> str | None:
    return None if value is None else value.isoformat()
