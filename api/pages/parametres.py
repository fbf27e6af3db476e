"""Settings: the organisme, its images, the rules of dispositifs. The direction changes them."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.answering import page, redirect
from api.forms import Posted, only, pressed, version_of
from api.house import house_of
from api.pages.asking import answers_of, ask
from api.presentation.fields import Typed
from api.presentation.reglages import (
    DISPOSITIFS,
    IDENTITE,
    Came,
    dispositif_page,
    dispositifs_page,
    identite_page,
)
from api.sendings import Uploaded
from api.views.chrome import Flash
from api.visit import Direction, Overseer, Visit
from grants.organisation.logo import (
    FIELD,
    SIGNATURE,
    read_signature,
    remove_logo,
    remove_signature,
    set_logo,
    set_signature,
)
from grants.organisation.parameters import change_parameters, reset_parameter
from grants.organisation.settings import modify_identity
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale
from workflow.pipeline import Pipeline

router = APIRouter()
_PRESENT = "parametres"
_NOTHING = Flash(text="Rien n'a changé.", tone="info")


@router.get(IDENTITE)
def identity(request: Request, visit: Overseer) -> Response:
    """The identity of the organisme."""
    return _identity(request, visit)


@router.post(IDENTITE)
def change_identity(request: Request, visit: Direction, form: Posted) -> Response:
    """Keep the identity and the territory."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    types = house.engine.vocabulary.field_types
    try:
        with house.database.unit_of_work() as session:
            changed = modify_identity(session, types, visit.identity, answers, visit.now, version)
    except Invalid as error:
        return _identity(request, visit, answers, error.faults, Came(version))
    except Stale as error:
        return _identity(request, visit, answers, came=Came(conflict=str(error)))
    said = Flash(text="L'identité de l'organisme est à jour.") if changed else _NOTHING
    return redirect(request, IDENTITE, said)


@router.post(f"{IDENTITE}/logo")
def change_logo(request: Request, visit: Direction, upload: Uploaded) -> Response:
    """Take a new logo."""
    only(upload.form)
    sent = upload.files.get(FIELD)
    try:
        with house_of(request).database.unit_of_work() as session:
            set_logo(session, visit.identity, sent.content if sent else b"", visit.now)
    except Invalid as error:
        return _identity(request, visit, image_faults=error.faults)
    return redirect(request, IDENTITE, Flash(text="Le logo est changé."))


@router.post(f"{IDENTITE}/logo/retirer", dependencies=[Depends(pressed)])
def drop_logo(request: Request, visit: Direction) -> Response:
    """Go without a logo."""
    with house_of(request).database.unit_of_work() as session:
        remove_logo(session, visit.identity, visit.now)
    return redirect(request, IDENTITE, Flash(text="Le logo est retiré."))


@router.get(f"{IDENTITE}/signature")
def signature(request: Request, visit: Direction) -> Response:
    """The signature, for the direction alone: nobody else may copy it."""
    with house_of(request).database.reading() as session:
        found = read_signature(session.connection(), visit.identity.organisme_id)
    if found is None:
        raise NotFound
    return Response(found.content, media_type=found.type, headers={"Cache-Control": "no-store"})


@router.post(f"{IDENTITE}/signature")
def change_signature(request: Request, visit: Direction, upload: Uploaded) -> Response:
    """Take a new signature."""
    only(upload.form)
    sent = upload.files.get(SIGNATURE)
    try:
        with house_of(request).database.unit_of_work() as session:
            set_signature(session, visit.identity, sent.content if sent else b"", visit.now)
    except Invalid as error:
        return _identity(request, visit, image_faults=error.faults)
    return redirect(request, IDENTITE, Flash(text="La signature est changée."))


@router.post(f"{IDENTITE}/signature/retirer", dependencies=[Depends(pressed)])
def drop_signature(request: Request, visit: Direction) -> Response:
    """Go without a signature."""
    with house_of(request).database.unit_of_work() as session:
        remove_signature(session, visit.identity, visit.now)
    return redirect(request, IDENTITE, Flash(text="La signature est retirée."))


@router.get(DISPOSITIFS)
def dispositifs(request: Request, visit: Overseer) -> Response:
    """The pipelines and their parameters."""
    house = house_of(request)
    with house.database.reading() as session:
        view = dispositifs_page(session.connection(), house.engine, visit.identity)
    return page(request, visit, "pages/parametres/dispositifs.html", view, present=_PRESENT)


@router.get(f"{DISPOSITIFS}/{{key}}")
def parameters(request: Request, visit: Overseer, key: str) -> Response:
    """The parameters of one pipeline."""
    return _parameters(request, visit, _pipeline(house_of(request).engine, key))


@router.post(f"{DISPOSITIFS}/{{key}}")
def set_parameters(request: Request, visit: Direction, form: Posted, key: str) -> Response:
    """Keep the parameters of one pipeline."""
    house, answers, version = house_of(request), answers_of(form), version_of(form)
    pipeline, types = _pipeline(house.engine, key), house.engine.vocabulary.field_types
    try:
        with house.database.unit_of_work() as session:
            changed = change_parameters(
                session, types, visit.identity, pipeline, answers, visit.now, version
            )
    except Invalid as error:
        return _parameters(request, visit, pipeline, answers, error.faults, Came(version))
    except Stale as error:
        return _parameters(request, visit, pipeline, answers, came=Came(conflict=str(error)))
    return redirect(request, f"{DISPOSITIFS}/{key}", _set(changed))


@router.post(f"{DISPOSITIFS}/{{key}}/{{parameter}}/defaut", dependencies=[Depends(pressed)])
def follow_default(request: Request, visit: Direction, key: str, parameter: str) -> Response:
    """Follow the default of a parameter again."""
    house = house_of(request)
    pipeline, types = _pipeline(house.engine, key), house.engine.vocabulary.field_types
    with house.database.unit_of_work() as session:
        changed = reset_parameter(session, types, visit.identity, pipeline, parameter, visit.now)
    label = next(each.label for each in pipeline.parameters if each.key == parameter)
    said = Flash(text=f"« {label} » suit de nouveau la valeur par défaut.")
    return redirect(request, f"{DISPOSITIFS}/{key}", said if changed else _NOTHING)


def _identity(
    request: Request,
    visit: Visit,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    came: Came | None = None,
    image_faults: Mapping[str, str] | None = None,
) -> Response:
    house, came = house_of(request), came or Came()
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults)
        view = identite_page(asking, visit, came, image_faults)
    status = 409 if came.conflict else 422 if faults or image_faults else 200
    template = "pages/parametres/identite.html"
    return page(request, visit, template, view, present=_PRESENT, status=status)


def _parameters(
    request: Request,
    visit: Visit,
    pipeline: Pipeline,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    came: Came | None = None,
) -> Response:
    house, came = house_of(request), came or Came()
    with house.database.reading() as session:
        asking = ask(house, session, visit, typed, faults)
        view = dispositif_page(asking, visit, pipeline, came)
    status = 409 if came.conflict else 422 if faults else 200
    template = "pages/parametres/dispositif.html"
    return page(request, visit, template, view, present=_PRESENT, status=status)


def _pipeline(engine: Engine, key: str) -> Pipeline:
    loaded = engine.catalogue.latest(key)
    if loaded is None or not loaded.pipeline.parameters:
        raise NotFound
    return loaded.pipeline


def _set(changed: tuple[str, ...]) -> Flash:
    if not changed:
        return _NOTHING
    if len(changed) == 1:
        return Flash(text="Le paramètre est changé.")
    return Flash(text=f"{len(changed)} paramètres sont changés.")
