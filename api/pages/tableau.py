"""The board and the list: every dossier of the organisme, narrowed by the address."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page
from api.house import House, house_of
from api.presentation.liste import liste_page
from api.presentation.narrowing import Narrowing, read_narrowing
from api.presentation.tableau import tableau_page
from api.visit import SignedIn, Visit
from grants.organisation.queries import Customs, customs_of
from workflow.dates import to_paris
from workflow.pipeline import Pipeline

router = APIRouter()
DEFAULT = "microprojets"


@router.get("/tableau")
def tableau(request: Request, visit: SignedIn) -> Response:
    """The stages of one pipeline as columns."""
    house = house_of(request)
    pipeline = asked_or_first(house, request)
    with house.database.reading() as session:
        narrowing, today, customs = _narrowing(session, request, visit, pipeline)
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


@router.get("/liste")
def liste(request: Request, visit: SignedIn) -> Response:
    """Every dossier that the address keeps, one a line."""
    house = house_of(request)
    pipeline = pipeline_asked(house, request)
    with house.database.reading() as session:
        narrowing, today, customs = _narrowing(session, request, visit, pipeline)
        view = liste_page(
            session.connection(),
            house.engine,
            visit.identity.organisme_id,
            pipeline,
            narrowing,
            request.query_params,
            today,
            customs,
        )
    status = 422 if narrowing.faults else 200
    return page(request, visit, "pages/liste/liste.html", view, present="liste", status=status)


def _narrowing(
    session: Session, request: Request, visit: Visit, pipeline: Pipeline | None
) -> tuple[Narrowing, date, Customs]:
    """What the address asks for, today in Paris, and the customs of the organisme."""
    organisme_id, today = visit.identity.organisme_id, to_paris(visit.now).date()
    customs = customs_of(session.connection(), organisme_id)
    asked = request.query_params
    return read_narrowing(asked, organisme_id, pipeline, today, customs), today, customs


def pipeline_asked(house: House, request: Request) -> Pipeline | None:
    """The pipeline that an address names, if it names one that exists."""
    loaded = house.engine.catalogue.latest(request.query_params.get("dispositif", ""))
    return None if loaded is None else loaded.pipeline


def asked_or_first(house: House, request: Request) -> Pipeline:
    """The pipeline that an address names, else the microprojets, else any."""
    loaded = house.engine.catalogue.latest(DEFAULT)
    first = loaded.pipeline if loaded else house.engine.catalogue.current()[0]
    return pipeline_asked(house, request) or first
