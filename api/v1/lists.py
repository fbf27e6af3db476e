"""The dossiers as lists: narrowed, sorted and counted as on screen, by the same reader."""

from __future__ import annotations

from collections.abc import Mapping

from api.presentation.liste import read_sort
from api.presentation.narrowing import NAMES, Narrowing, read_narrowing
from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.dispositifs import pipeline_of
from api.v1.paging import PAGING, next_url, page_size, place_asked
from grants.dossiers.board import DossierLine, StageTotals, totals_by_stage
from grants.dossiers.listing import SORTS, Cursor, page_of
from grants.organisation.queries import customs_of
from workflow.dates import to_paris
from workflow.errors import Invalid
from workflow.pipeline import Pipeline

subject = Subject("Dossiers")
_OF_THE_SCREEN = {"vue"}
_TOLD = {
    "dispositif": "La clé d’un dispositif.",
    "tri": "Un tri : " + ", ".join(SORTS) + ".",
    "sens": "asc ou desc.",
    "etape": "Une ou plusieurs étapes du dispositif, séparées par des virgules.",
    "referent": "L’id d’un collègue ; 0 pour personne.",
    "departement": "Un code de département.",
    "q": "Des mots du titre, de la référence, de la structure ou du porteur.",
    "du": "Ouvert à partir de ce jour (AAAA-MM-JJ).",
    "au": "Ouvert jusqu’à ce jour.",
    "retard": "1 : sans mouvement depuis trop longtemps.",
    "seance": "L’id d’une séance.",
    "etiquette": "L’id d’une étiquette.",
    "secteur": "La clé d’un secteur.",
}
FILTERS = {
    name: _TOLD.get(name, "Comme dans l’adresse de la liste à l’écran.")
    for name in NAMES
    if name not in _OF_THE_SCREEN
}
_UNKNOWN = "Cette valeur n’est pas connue ici."


@subject.get("/dossiers", "La liste des dossiers", shapes.PageDossiers, query={**FILTERS, **PAGING})
def dossiers(call: Call) -> Answer:
    """One page of the list, and where the next one starts."""
    pipeline, narrowing = _pipeline(call, call.query), narrowing_of(call, call.query)
    sort, size = read_sort(call.query), page_size(call)
    place = place_asked(call)
    cursor = None if place is None else Cursor(place[0], place[1])
    page = page_of(
        call.connection, call.organisme_id, narrowing.filters, sort, pipeline, cursor, size
    )
    following = None if page.next is None else next_url(call, [page.next.value, page.next.id])
    data: shapes.PageDossiers = {
        "dossiers": [told_line(each) for each in page.lines],
        "suivant": following,
    }
    return Answer(data, next=following)


@subject.get("/tableau", "Un dispositif étape par étape", shapes.Tableau, query=FILTERS)
def tableau(call: Call) -> shapes.Tableau:
    """How many dossiers, and how much, in each stage of a pipeline."""
    pipeline = _pipeline(call, call.query)
    if pipeline is None:
        raise Invalid({"dispositif": "Donnez la clé d’un dispositif."})
    narrowing = narrowing_of(call, call.query)
    totals = totals_by_stage(call.connection, call.organisme_id, narrowing.filters)
    return {
        "dispositif": pipeline.key,
        "etapes": [
            {
                "etape": stage.key,
                "libelle": stage.label,
                "nombre": each.count,
                "demande": each.demande,
                "accorde": each.accorde,
            }
            for stage in pipeline.stages
            for each in (totals.get(stage.key, StageTotals()),)
        ],
    }


def narrowing_of(call: Call, query: Mapping[str, str]) -> Narrowing:
    """The filters of an address; a screen leaves out what it cannot read, a program is told."""
    pipeline = _pipeline(call, query)
    customs = customs_of(call.connection, call.organisme_id)
    today = to_paris(call.now).date()
    asked = {name: value for name, value in query.items() if name in FILTERS}
    narrowing = read_narrowing(asked, call.organisme_id, pipeline, today, customs)
    faults = dict(narrowing.faults)
    filters = narrowing.filters
    understood = {
        "etape": filters.stages,
        "referent": filters.referent_id is not None,
        "departement": filters.departement,
        "seance": filters.seance_id,
        "retard": filters.late is not None,
        "tri": asked.get("tri") in SORTS,
        "sens": asked.get("sens") in ("asc", "desc"),
    }
    faults |= {
        name: _UNKNOWN
        for name, found in understood.items()
        if name in asked and not found and name not in faults
    }
    if faults:
        raise Invalid(faults)
    return narrowing


def told_line(line: DossierLine) -> shapes.LigneDossier:
    """One dossier as lists tell it."""
    return {
        "id": line.id,
        "reference": line.reference,
        "titre": line.titre,
        "dispositif": line.pipeline,
        "etape": line.stage,
        "etape_depuis": line.stage_since,
        "structure": line.structure,
        "porteur": line.porteur,
        "referent": line.referent,
        "commune": line.commune,
        "departement": line.departement,
        "montant_demande": line.montant_demande,
        "montant_accorde": line.montant_accorde,
    }


def _pipeline(call: Call, query: Mapping[str, str]) -> Pipeline | None:
    key = query.get("dispositif")
    if key is None:
        return None
    if call.house.engine.catalogue.latest(key) is None:
        raise Invalid({"dispositif": _UNKNOWN})
    return pipeline_of(call.house.engine, key)
