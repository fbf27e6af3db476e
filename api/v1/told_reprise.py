"""A file taken over, as the API tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from api.v1.routes import PREFIX
from api.v1.shapes.reprises import (
    Anomalie,
    Bilan,
    EcartReprise,
    Lecture,
    LigneReprise,
    Reprise,
    Sujet,
)
from grants.reprise.columns import HEADER_ROWS, columns_of
from grants.reprise.faults import Fault
from grants.reprise.files import outlines_of
from grants.reprise.grid import letter_of
from grants.reprise.models import expected
from grants.reprise.queries import RepriseLine, first_added
from grants.reprise.running import reading_of
from grants.reprise.service import COLUMN, STILL_OPEN, subject_of
from grants.reprise.tables import FAITE
from grants.reprise.targets import targets_of
from grants.reprise.unreadable import UnreadableFile
from workflow.engine import Engine


def told_line(line: RepriseLine) -> LigneReprise:
    """One reprise of the list."""
    return {
        "id": line.id,
        "sujet": _subject(line.sujet, line.pipeline),
        "nom": line.nom,
        "etat": line.etat,
        "cree_le": line.cree_le,
        "cree_par": line.cree_par,
        "fini_le": line.fini_le,
    }


def told_reprise(connection: Connection, row: Mapping[str, Any]) -> Reprise:
    """One reprise whole."""
    reading, message = None, row["message"]
    if row["etat"] in STILL_OPEN and row["contenu"] is not None:
        try:
            reading = _reading(row)
        except UnreadableFile as error:
            message = str(error)
    added = first_added(connection, row["id"]) if row["etat"] == FAITE else ()
    counted = json.loads(row["bilan"])
    return {
        "id": row["id"],
        "sujet": _subject(row["sujet"], row["pipeline"]),
        "nom": row["nom"],
        "format": row["format"],
        "etat": row["etat"],
        "message": message,
        "fait": row["fait"],
        "total": row["total"],
        "lecture": reading,
        "bilan": _bilan(counted) if counted else None,
        "premieres": [{"genre": kind, "id": id, "nom": name} for kind, id, name in added],
        "cree_le": row["cree_le"],
        "cree_par": row["cree_par"],
        "fini_le": row["fini_le"],
    }


def told_subject(engine: Engine, key: str, label: str) -> Sujet:
    """What a file may hold, and what its columns may bring."""
    found = subject_of(engine, key)
    assert found is not None, "one of those that the service lists"
    return {
        "cle": key,
        "libelle": label,
        "modele": f"{PREFIX}/reprises/modeles/{key}",
        "colonnes": [
            {
                "cle": target.key,
                "libelle": target.label,
                "obligatoire": target.field.required,
                "attendu": expected(target),
                "titres": list(target.names),
            }
            for target in targets_of(engine, *found)
        ],
    }


def told_fault(fault: Fault) -> Anomalie:
    """One cell to mend."""
    return {
        "ligne": fault.row,
        "colonne": letter_of(fault.column) if fault.column >= 0 else None,
        "titre": fault.title,
        "valeur": fault.value,
        "message": fault.what,
    }


def _subject(sujet: str, pipeline: str | None) -> str:
    return f"{sujet}-{pipeline}" if pipeline else sujet


def _reading(row: Mapping[str, Any]) -> Lecture:
    sheets, reading = outlines_of(row["format"], row["contenu"]), reading_of(row["lecture"])
    sheet = next((each for each in sheets if each.name == reading.sheet), sheets[0])
    return {
        "feuille": sheet.name,
        "entete": reading.header,
        "feuilles": [
            {
                "nom": each.name,
                "masquee": each.hidden,
                "lignes": [row.number for row in each.rows[:HEADER_ROWS]],
            }
            for each in sheets
            if each.rows
        ],
        "colonnes": [
            {
                "champ": f"{COLUMN}-{column.index}",
                "lettre": column.letter,
                "titre": column.title,
                "exemples": list(column.samples),
                "donne": reading.chosen.get(column.index),
            }
            for column in columns_of(sheet, reading.header)
        ],
    }


def _bilan(counted: Mapping[str, Any]) -> Bilan:
    return {
        "lignes": counted.get("lignes", 0),
        "connues": counted.get("connues", 0),
        "lignes_fautives": counted.get("lignes_fautives", 0),
        "anomalies": counted.get("anomalies", 0),
        "ajouts": counted.get("ajouts", {}),
        "ecarts": counted.get("ecarts", 0),
        "exemples": [_differing(each) for each in counted.get("exemples", ())],
    }


def _differing(kept: Mapping[str, Any]) -> EcartReprise:
    return {
        "ligne": kept["line"],
        "fiche": kept["who"],
        "champ": kept["label"],
        "fichier": kept["said"],
        "connu": kept["kept"],
    }
