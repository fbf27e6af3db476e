"""Rows of DLA missions: each from the day its prestataire was chosen."""

from __future__ import annotations

from grants.rapport.activite.dossiers import Cells, entering
from grants.rapport.activite.model import Column, Source

INDIVIDUEL, COLLECTIF = "dla_individuel", "dla_collectif"
_COLUMNS = (
    Column("prestataire", "Prestataire"),
    Column("cout", "Coût", "montant"),
    Column("jours", "Jours", "heures"),
    Column("consultes", "Prestataires consultés", "nombre"),
    Column("structures", "Structures", "nombre"),
    Column("emplois", "Emplois", "nombre"),
    Column("cdi", "Dont CDI", "nombre"),
    Column("aides", "Dont contrats aidés", "nombre"),
)


def _mission(_row: Cells, answers: Cells) -> Cells:
    return {
        "prestataire": answers.get("prestataire"),
        "cout": answers.get("cout_mission"),
        "jours": answers.get("jours_mission"),
        "consultes": answers.get("prestataires_consultes"),
        "structures": answers.get("nombre_de_structures"),
        "emplois": answers.get("emplois_total"),
        "cdi": answers.get("emplois_permanents"),
        "aides": answers.get("emplois_aides"),
    }


def _individual(row: Cells, answers: Cells) -> Cells:
    return {**_mission(row, answers), "structures": 1}


def _restitution(_row: Cells, answers: Cells) -> Cells:
    return {"satisfaction": answers.get("satisfaction")}


def _ended(row: Cells, _answers: Cells) -> Cells:
    return {"ouvert_le": row["ouvert_le"]}


_MARK = (Column("satisfaction", "Satisfaction, sur 4", "heures"),)
_OPENED = (Column("ouvert_le", "Premier contact", "date"),)
INDIVIDUELLES = entering(
    INDIVIDUEL, ("ingenierie",), "Missions individuelles", _COLUMNS, _individual
)
COLLECTIVES = entering(COLLECTIF, ("temps_collectif",), "Missions collectives", _COLUMNS, _mission)
RESTITUTIONS: tuple[Source, ...] = (
    entering(
        INDIVIDUEL, ("restitution",), "Restitutions de missions individuelles", _MARK, _restitution
    ),
    entering(
        COLLECTIF, ("restitution",), "Restitutions de missions collectives", _MARK, _restitution
    ),
)
TERMINEES: tuple[Source, ...] = (
    entering(INDIVIDUEL, ("suivi_post",), "Missions individuelles terminées", _OPENED, _ended),
    entering(COLLECTIF, ("clos",), "Missions collectives terminées", _OPENED, _ended),
)
