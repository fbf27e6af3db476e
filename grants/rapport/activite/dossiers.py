"""Rows of dossiers: those that first came to a stage in the period, with what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from grants.dossiers.tables import Dossier
from grants.rapport.activite.model import Column, Compute, Entered, Row, Source
from grants.rapport.activite.sight import Sight
from grants.rapport.queries import entries_by_day
from grants.structures.nomenclature import nomenclature_label
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.dates import to_paris

_D, _S = table_of(Dossier), table_of(Structure)
Cells = Mapping[str, Any]
#: What a dossier's row and its own answers (by key) add to what every dossier is told by.
More = Callable[[Cells, Cells], Cells]

DOSSIER_COLUMNS = (
    Column("le", "Date", "date"),
    Column("reference", "Dossier"),
    Column("titre", "Projet"),
    Column("structure", "Structure"),
    Column("commune", "Commune"),
    Column("secteur", "Secteur"),
)
AMOUNTS = (
    Column("montant_demande", "Demandé", "montant"),
    Column("montant_accorde", "Accordé", "montant"),
)


def entering(
    pipeline: str,
    stages: tuple[str, ...],
    label: str,
    columns: tuple[Column, ...] = (),
    more: More = lambda _row, _answers: {},
) -> Source:
    """The dossiers that first came to one of some stages in the period, in that order."""

    def read(sight: Sight) -> Iterator[Row]:
        for row in _entered(sight, pipeline, stages):
            yield Row(
                {**_cells(row), **more(row, json.loads(row["donnees"]))}, ("dossier", row["id"])
            )

    key = f"{pipeline}_{'_'.join(stages)}"
    return Source(key, label, (*DOSSIER_COLUMNS, *columns), read, Entered(pipeline, stages))


def entries(pipeline: str, stage: str) -> Compute:
    """How many first came to a stage: read from the counts, however many there are."""
    return lambda sight: sight.entered(pipeline).get(stage, 0)


def amounts(row: Cells, _answers: Cells) -> Cells:
    """What was asked and granted, in cents."""
    return {each.key: row[each.key] for each in AMOUNTS}


def _entered(sight: Sight, pipeline: str, stages: tuple[str, ...]) -> Iterator[Cells]:
    """Each dossier once, from its first entry into one of the stages."""
    came = entries_by_day(sight.organisme_id, pipeline, sight.period).subquery()
    query = (
        select(
            *(_D.c.id, _D.c.reference, _D.c.titre, _D.c.commune, _D.c.secteur, _D.c.stage),
            *(_D.c.structure_id, _D.c.ouvert_le, _D.c.emplois_crees, _D.c.lieu, _D.c.objet),
            *(_D.c.montant_demande, _D.c.montant_accorde, _D.c.donnees),
            *(_S.c.nom.label("structure"), came.c.at.label("at")),
        )
        .select_from(
            came.join(_D, _D.c.id == came.c.subject_id).outerjoin(_S, _S.c.id == _D.c.structure_id)
        )
        .where(came.c.to_stage.in_(stages), _D.c.organisme_id == sight.organisme_id)
        .order_by(came.c.at, _D.c.id)
    )
    seen: set[int] = set()
    for row in sight.connection.execute(query).mappings():
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row


def _cells(row: Cells) -> dict[str, Any]:
    return {
        "le": to_paris(row["at"]).date(),
        "reference": row["reference"],
        "titre": row["titre"],
        "structure": row["structure"],
        "structure_id": row["structure_id"],
        "commune": row["commune"] or row["lieu"],
        "secteur": nomenclature_label(row["secteur"]) or None,
    }
