"""The list: its page, and the columns that each person chooses for it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import FormUnreadable, Posted, one, only, several
from api.house import House, house_of
from api.pages.tableau import narrowing_of, pipeline_named
from api.presentation.columns_form import columns_page, moved
from api.presentation.liste import PATH, Looking, liste_page, vue_url
from api.presentation.listed_columns import CHOSEN_FROM
from api.presentation.narrowing import NAMES, Query, filter_reads
from api.views.chrome import Flash
from api.visit import SignedIn, Visit
from grants.dossiers.counters import places_read
from grants.dossiers.filters import Filters
from grants.dossiers.listes.preferences import (
    choose_columns,
    preference_of,
    preference_read,
)
from grants.dossiers.listes.vues import vues_of, vues_read
from grants.organisation.queries import customs_of, customs_read
from workflow.dates import to_paris
from workflow.statements import Read, ahead

router = APIRouter()
COLUMNS = f"{PATH}/colonnes"
LONGEST_QUERY = 2000


@router.get(PATH)
def liste(request: Request, visit: SignedIn) -> Response:
    """Every dossier that the address keeps, one a line; a bare address opens the first view."""
    house, query = house_of(request), request.query_params
    pipeline = pipeline_named(house, query)
    with house.database.reading() as session:
        ahead(session.connection(), *_reads(visit))
        looking = looking_of(session, house, visit, query)
        if (url := _view_to_open(looking)) is not None:
            return redirect(request, url)
        view = liste_page(session.connection(), house.engine, visit.identity, pipeline, looking)
    status = 422 if looking.narrowing.faults else 200
    return page(request, visit, "pages/liste/liste.html", view, present="liste", status=status)


@router.get(COLUMNS)
def columns(request: Request, visit: SignedIn) -> Response:
    """Which columns the list shows, in which order; the address says which list to go back to."""
    house = house_of(request)
    with house.database.reading() as session:
        looking = looking_of(session, house, visit, request.query_params)
    return page(request, visit, "pages/liste/colonnes.html", columns_page(looking), present="liste")


@router.post(COLUMNS)
def choose(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Keep the columns ticked; « monter » and « descendre » also move one of them."""
    only(form, "colonne", "ordre", "monter", "descendre", "habituelles", "requete")
    chosen = moved(several(form, "colonne"), one(form, "monter"), one(form, "descendre"))
    back = clean_query(one(form, "requete"))
    if one(form, "habituelles"):
        chosen = []
    with house_of(request).database.unit_of_work() as session:
        choose_columns(session, visit.identity, chosen, CHOSEN_FROM)
    if one(form, "monter") or one(form, "descendre"):
        return redirect(request, f"{COLUMNS}?{back}" if back else COLUMNS)
    return redirect(request, f"{PATH}?{back or 'vue=toutes'}", Flash(text="Colonnes enregistrées."))


def _reads(visit: Visit) -> tuple[Read, ...]:
    """What every list reads, whatever it shows."""
    identity, organisme_id = visit.identity, visit.identity.organisme_id
    return (
        customs_read(organisme_id),
        preference_read(identity),
        vues_read(identity),
        places_read(organisme_id, Filters()),
        *filter_reads(organisme_id),
    )


def looking_of(session: Session, house: House, visit: Visit, query: Query) -> Looking:
    """How an address, and what this person keeps, look at the list."""
    connection, identity = session.connection(), visit.identity
    customs = customs_of(connection, identity.organisme_id)
    return Looking(
        narrowing=narrowing_of(house, visit, query, customs),
        query=query,
        today=to_paris(visit.now).date(),
        customs=customs,
        preference=preference_of(connection, identity),
        vues=tuple(vues_of(connection, identity)),
    )


def pairs_of(query: str) -> dict[str, str]:
    """The pairs of an address that a form carries. Raises FormUnreadable."""
    if len(query) > LONGEST_QUERY:
        raise FormUnreadable
    try:
        pairs = parse_qsl(query, max_num_fields=50, errors="strict")
    except ValueError as error:
        raise FormUnreadable from error
    found = dict(pairs)
    return {name: found[name] for name in NAMES if found.get(name)}


def clean_query(query: str) -> str:
    """What is kept of the address of a list that a form carries: its own names, but the view."""
    return urlencode({name: value for name, value in pairs_of(query).items() if name != "vue"})


def _view_to_open(looking: Looking) -> str | None:
    """The whole address of the view asked for by its number, or that opens first."""
    if not looking.query:
        first = looking.preference.vue_id
        vue = next((each for each in looking.vues if each.id == first), None)
        return None if vue is None else vue_url(vue)
    vue = looking.vue
    if vue is None or not vue.requete or set(looking.query) != {"vue"}:
        return None
    return vue_url(vue)
