"""The prestataires that fit a dossier, and why, as their page shows them."""

from __future__ import annotations

from sqlalchemy import Connection

from api.presentation.prestataires import LIST, row_of, skills
from api.views.chrome import Link
from api.views.listing import EmptyState
from api.views.prestataires import SuggestionsPage
from api.visit import Visit
from grants.dla.annuaire import PrestataireFilters, prestataires_of
from grants.dla.suggestions import Needs, needs_of, suggest
from grants.dossiers.reading import read_subject
from grants.structures.departements import departement_name
from grants.structures.nomenclature import nomenclature_label
from workflow.dates import to_paris
from workflow.engine import Engine

#: How many are consulted at least.
FEWEST = 3


def suggestions_page(
    connection: Connection, engine: Engine, visit: Visit, dossier_id: int
) -> SuggestionsPage:
    """Those who fit a dossier, the fittest first. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    subject = read_subject(connection, engine, organisme_id, dossier_id, lock=False)
    needs = needs_of(subject.values)
    today = to_paris(visit.now).date()
    lines = prestataires_of(connection, organisme_id, PrestataireFilters(actif=True), today)
    found = suggest(lines, needs)
    return SuggestionsPage(
        reference=subject.row["reference"],
        titre=subject.row["titre"] or "Projet sans titre",
        needs=_told(needs),
        rows=tuple(row_of(each.line, each.reasons, each.doubts) for each in found),
        few=0 < len(found) < FEWEST,
        back=Link(label=subject.row["reference"], url=f"/dossiers/{dossier_id}"),
        empty=None if found else _nothing(),
    )


def _told(needs: Needs) -> tuple[str, ...]:
    told = (
        skills(needs.domaines),
        nomenclature_label(needs.secteur),
        departement_name(needs.departement),
    )
    return tuple(each for each in told if each)


def _nothing() -> EmptyState:
    return EmptyState(
        title="Aucun prestataire de l’annuaire ne convient",
        text="Aucun n’a les compétences que demande le plan d’accompagnement. "
        "Complétez l’annuaire, ou le plan.",
        icon="personnes",
        action=Link(label="Voir l’annuaire", url=LIST),
    )
