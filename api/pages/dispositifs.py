"""The pipelines explained: the graph, with a dossier's stage lit when one leads here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import house_of
from api.presentation.dispositif import dispositif_page
from api.views.chrome import Link
from api.visit import SignedIn
from grants.dossiers.board import totals_by_stage
from grants.dossiers.filters import Filters
from grants.dossiers.reading import read_subject
from workflow.errors import NotFound

router = APIRouter()
_MOST_DIGITS = 18


@router.get("/dispositifs/{key}")
def dispositif(request: Request, visit: SignedIn, key: str) -> Response:
    """A pipeline; `?dossier=` lights where that dossier stands, in the version it follows."""
    house = house_of(request)
    loaded = house.engine.catalogue.latest(key)
    if loaded is None:
        raise NotFound
    pipeline, organisme_id = loaded.pipeline, visit.identity.organisme_id
    asked = request.query_params.get("dossier", "")
    with house.database.reading() as session:
        connection = session.connection()
        subject = None
        if asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS:
            subject = read_subject(connection, house.engine, organisme_id, int(asked), lock=False)
            pipeline = house.engine.machine(subject).pipeline
        totals = totals_by_stage(connection, organisme_id, Filters(pipeline=pipeline.key))
    others = tuple(
        Link(label=each.label, url=f"/dispositifs/{each.key}")
        for each in house.engine.catalogue.current()
        if each.key != pipeline.key
    )
    counts = {stage: each.count for stage, each in totals.items()}
    view = dispositif_page(house.engine, pipeline, counts, subject, others)
    return page(request, visit, "pages/pipeline/pipeline.html", view)
