"""The minutes of a séance made of its tables: what its journal must give back, to the letter."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from grants.comites.agenda import agenda_of
from grants.comites.assemblee import room_of
from grants.comites.decisions import decisions_of
from grants.comites.minutes import minutes_row
from grants.comites.roster import roster_of
from grants.comites.tables import Bulletin, Deport, Emargement
from workflow.database import table_of
from workflow.dates import plain
from workflow.subject import Subject

_B, _D, _E = table_of(Bulletin), table_of(Deport), table_of(Emargement)


def minutes_from_tables(connection: Connection, seance: Subject) -> dict[str, Any]:
    """The same document, written from the rows as they stand."""
    agenda = agenda_of(connection, seance.id)
    roster = roster_of(connection, seance, agenda)
    names = {each["membre"]: each["nom"] for each in roster["membres"]}
    decisions = decisions_of(connection, seance.id)
    row = minutes_row(connection, seance.id) or {"remarques": ""}
    return {
        "version": 1,
        "organisme": seance.row["organisme_nom"],
        "seance": {
            "comite": seance.row["comite"],
            "tenue_le": plain(seance.row["tenue_le"]),
            "lieu": seance.row["lieu"],
            "lien_visio": seance.row["lien_visio"],
            "cloture_inscriptions": seance.row["cloture_inscriptions"].isoformat(),
            "minutes_par_dossier": seance.row["minutes_par_dossier"],
        },
        "regles": seance.row["regles"],
        "preside": names.get(seance.row["preside_id"]),
        "membres": roster["membres"],
        "dossiers": [
            {
                **told,
                "deports": _deports(connection, seance.id, told["dossier"], names),
                "vote": _vote(connection, passage, names, seance),
                "decision": _decision(decisions.get(told["dossier"])),
            }
            for told, passage in zip(roster["dossiers"], agenda, strict=True)
        ],
        "remarques": row["remarques"],
    }


def _deports(
    connection: Connection, seance: int, dossier: int, names: dict[int, str]
) -> list[dict[str, Any]]:
    query = select(_D.c.membre_id, _D.c.motif).where(
        _D.c.seance_id == seance, _D.c.dossier_id == dossier
    )
    rows = connection.execute(query.order_by(_D.c.membre_id))
    return [{"membre": id, "nom": names.get(id), "motif": why} for id, why in rows]


def _vote(
    connection: Connection, passage: dict[str, Any], names: dict[int, str], seance: Subject
) -> dict[str, Any] | None:
    if passage["resultat"] is None:
        return None
    room, dossier, at = room_of(connection, seance), passage["dossier_id"], passage["clos_le"]
    chair = room.presiding(seance.row["preside_id"], dossier, at)
    return {
        "comptage": json.loads(passage["resultat"]),
        "bulletins": _ballots(connection, passage["id"], names),
        "voix": [
            {
                "membre": each.membre.id,
                "etat": each.etat,
                "par": each.porteur.id if each.porteur else None,
            }
            for each in room.voices(dossier, at)
        ],
        "preside": chair.nom if chair else None,
    }


def _ballots(
    connection: Connection, passage_id: int, names: dict[int, str]
) -> list[dict[str, Any]]:
    query = (
        select(_E.c.membre_id, _E.c.par_id, _E.c.saisi_par, _B.c.choix, _B.c.montant, _B.c.reserves)
        .select_from(_B)
        .outerjoin(_E, _E.c.id == _B.c.emargement_id)
        .where(_B.c.passage_id == passage_id)
        .order_by(_E.c.membre_id, _B.c.ordre)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [
        {**row, "nom": names[row["membre_id"]]}
        if row["membre_id"] is not None
        else {"choix": row["choix"], "montant": row["montant"]}
        for row in rows
    ]


def _decision(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        **{key: row[key] for key in ("proposee", "retenue", "montant_propose", "montant", "motif")},
        "reserves": [each["texte"] for each in row["reserves"]],
        "par": row["confirmee_par"],
    }
