"""Saved views of the list: kept, opened first, renamed, replaced, taken away."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Form, Posted, RowId, one, only, pressed
from api.house import house_of
from api.pages.liste import clean_query, looking_of, pairs_of
from api.pages.tableau import pipeline_named
from api.presentation.liste import EVERYTHING, PATH
from api.presentation.listed_columns import CHOSEN_FROM
from api.presentation.narrowing import Query
from api.presentation.vues import VUES, new_vue_page, vues_page
from api.views.chrome import Flash
from api.visit import SignedIn, Visit
from grants.dossiers.listes.preferences import keys_of, open_first, preference_of
from grants.dossiers.listes.vues import delete_vue, read_vue, rename_vue, replace_vue, save_vue
from workflow.errors import Invalid

router = APIRouter()
_ONE = f"{VUES}/{{vue_id}}"


@router.get(VUES)
def vues(request: Request, visit: SignedIn) -> Response:
    """Every view that this person may open."""
    return _show(request, visit)


@router.get(f"{VUES}/nouvelle")
def new(request: Request, visit: SignedIn) -> Response:
    """The form that keeps the list of the address under a name."""
    return _form(request, visit, request.query_params)


@router.post(VUES)
def save(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Keep a view."""
    only(form, "nom", "partagee", "premiere", "requete", "colonnes")
    query, columns = clean_query(one(form, "requete")), _columns(form)
    try:
        with house_of(request).database.unit_of_work() as session:
            vue_id = save_vue(
                session,
                visit.identity,
                one(form, "nom"),
                query,
                columns,
                partagee=bool(one(form, "partagee")),
            )
            if one(form, "premiere"):
                open_first(session, visit.identity, vue_id)
    except Invalid as error:
        return _form(request, visit, pairs_of(query), form, error)
    url = f"{PATH}?vue={vue_id}&{query}" if query else f"{PATH}?vue={vue_id}"
    return redirect(request, url, Flash(text="Vue enregistrée."))


@router.post(f"{_ONE}/nom")
def rename(request: Request, visit: SignedIn, form: Posted, vue_id: RowId) -> Response:
    """Rename a view, share it or not."""
    only(form, "nom", "partagee")
    nom = one(form, "nom")
    try:
        with house_of(request).database.unit_of_work() as session:
            rename_vue(session, visit.identity, vue_id, nom, partagee=bool(one(form, "partagee")))
    except Invalid as error:
        return _show(request, visit, error, (vue_id, nom))
    return redirect(request, VUES, Flash(text="Vue modifiée."))


@router.post(f"{_ONE}/contenu")
def replace(request: Request, visit: SignedIn, form: Posted, vue_id: RowId) -> Response:
    """Give a view the filters, the order and the columns that are on screen."""
    only(form, "requete", "colonnes")
    query = clean_query(one(form, "requete"))
    with house_of(request).database.unit_of_work() as session:
        vue = replace_vue(session, visit.identity, vue_id, query, _columns(form))
    url = f"{PATH}?vue={vue.id}&{query}" if query else f"{PATH}?vue={vue.id}"
    return redirect(request, url, Flash(text=f"Vue « {vue.nom} » mise à jour."))


@router.post(f"{_ONE}/premiere", dependencies=[Depends(pressed)])
def first(request: Request, visit: SignedIn, vue_id: RowId) -> Response:
    """Open a view first, or, if it did already, the whole list again."""
    with house_of(request).database.unit_of_work() as session:
        vue = read_vue(session.connection(), visit.identity, vue_id)
        already = preference_of(session.connection(), visit.identity).vue_id == vue.id
        open_first(session, visit.identity, None if already else vue.id)
    said = "La liste entière s'ouvre d'abord." if already else f"« {vue.nom} » s'ouvre d'abord."
    return redirect(request, VUES, Flash(text=said))


@router.post(f"{_ONE}/supprimer", dependencies=[Depends(pressed)])
def delete(request: Request, visit: SignedIn, vue_id: RowId) -> Response:
    """Take a view away."""
    with house_of(request).database.unit_of_work() as session:
        vue = delete_vue(session, visit.identity, vue_id)
    return redirect(request, VUES, Flash(text=f"Vue « {vue.nom} » supprimée."))


def _show(
    request: Request,
    visit: Visit,
    error: Invalid | None = None,
    typed: tuple[int, str] | None = None,
) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        looking = looking_of(session, house, visit, {"vue": EVERYTHING})
    view = vues_page(visit.identity, looking, error.faults if error else None, typed)
    status = 422 if error else 200
    return page(request, visit, "pages/liste/vues.html", view, present="liste", status=status)


def _form(
    request: Request,
    visit: Visit,
    query: Query,
    form: Form | None = None,
    error: Invalid | None = None,
) -> Response:
    house = house_of(request)
    pairs = dict(query.items())
    with house.database.reading() as session:
        looking = looking_of(session, house, visit, pairs)
        view = new_vue_page(
            session.connection(),
            visit.identity,
            pipeline_named(house, pairs),
            looking,
            error.faults if error else None,
            {name: value for name, value in (form or {}).items() if isinstance(value, str)},
        )
    status = 422 if error else 200
    return page(request, visit, "pages/liste/vue.html", view, present="liste", status=status)


def _columns(form: Form) -> tuple[str, ...]:
    """The columns that a form carries. Raises Invalid for one that does not exist."""
    keys = keys_of(one(form, "colonnes"))
    if not set(keys) <= set(CHOSEN_FROM):
        raise Invalid({"colonnes": "Une des colonnes n'existe plus. Rechargez la liste."})
    return tuple(dict.fromkeys(keys))
