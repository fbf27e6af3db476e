"""The board: every dossier of the organisme, narrowed by the address."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answering import page
from api.house import House, house_of
from api.presentation.narrowing import Narrowing, Query, read_narrowing
from api.presentation.tableau import tableau_page
from api.visit import SignedIn, Visit
from grants.organisation.queries import Customs, customs_of
from workflow.dates import to_paris
from workflow.pipeline import Pipeline

router = APIRouter()


@router.get("/tableau")
def tableau(request: Request, visit: SignedIn) -> Response:
    """The stages of one pipeline as columns."""
    house = house_of(request)
    pipeline = asked_or_first(house, request)
    today = to_paris(visit.now).date()
    with house.database.reading() as session:
        customs = customs_of(session.connection(), visit.identity.organisme_id)
        narrowing = narrowing_of(house, visit, request.query_params, customs, pipeline)
        view = tableau_page(
            session.connection(),
            house.engine,
            visit.identity.organisme_id,
            pipeline,
            narrowing,
            today,
            customs,
            request.query_params.get("colonne"),
        )
    status = 422 if narrowing.faults else 200
    template = "pages/tableau/tableau.html"
    return page(request, visit, template, view, present="tableau", status=status)


def narrowing_of(
    house: House,
    visit: Visit,
    query: Query,
    customs: Customs,
    pipeline: Pipeline | None = None,
) -> Narrowing:
    """What an address asks for; without a pipeline, the one that it names."""
    organisme_id, today = visit.identity.organisme_id, to_paris(visit.now).date()
    asked = pipeline or pipeline_named(house, query)
    return read_narrowing(query, organisme_id, asked, today, customs)


def pipeline_named(house: House, query: Query) -> Pipeline | None:
    """The pipeline that an address names, if it names one that exists."""
    loaded = house.engine.catalogue.latest(query.get("dispositif", ""))
    return None if loaded is None else loaded.pipeline


def asked_or_first(house: House, request: Request) -> Pipeline:
    """The pipeline that an address names, else the one that is shown first."""
    return pipeline_named(house, request.query_params) or house.engine.catalogue.current()[0]
