"""Dossiers as a table on somebody else's page."""

from __future__ import annotations

from collections.abc import Iterable

from api.presentation.stages import badge
from api.views.dossier_rows import DossierRow, DossierRows
from api.views.stages import Avatar
from grants.dossiers.board import DossierLine
from workflow.engine import Engine


def dossier_rows(
    engine: Engine, lines: Iterable[DossierLine], caption: str, *, by_structure: bool
) -> DossierRows:
    """The lines as rows, told apart by their structure, or else by their dispositif."""
    return DossierRows(
        caption=caption, rows=tuple(_row(engine, line, by_structure) for line in lines)
    )


def _row(engine: Engine, line: DossierLine, by_structure: bool) -> DossierRow:
    pipeline = engine.catalogue.machine(line.pipeline, line.pipeline_version).pipeline
    return DossierRow(
        url=f"/dossiers/{line.id}",
        reference=line.reference,
        titre=line.titre or "Projet sans titre",
        under=line.carried_by if by_structure else pipeline.label,
        stage=badge(pipeline, line.stage),
        referent=Avatar(nom=line.referent) if line.referent else None,
        montant_demande=line.montant_demande,
        montant_accorde=line.montant_accorde,
    )
