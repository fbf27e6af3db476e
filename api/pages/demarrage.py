"""The first page of an empty installation: start empty, or with the demonstration."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.address import client_address
from api.answering import page, redirect
from api.demonstration import CONTENTS
from api.forms import Form, PostedAtTheDoor, one, only
from api.house import House, house_of
from api.pages.connexion import let_in
from api.pages.reinitialisation import password_faults, password_fields
from api.presentation.fields import Asking, questions
from api.start_code import grant_start, is_right, may_start
from api.views.chrome import Flash
from api.views.code import CodePage
from api.views.demarrage import DemarragePage
from api.views.fields import FieldGroup, FieldView
from grants.organisation.accounts import find_account, is_empty
from grants.organisation.attempts import count_attempt, for_start
from grants.organisation.founding import (
    DIRECTION_FIELDS,
    FOUNDING_FIELDS,
    ORGANISME_FIELDS,
    AlreadyStarted,
    claim_installation,
    found_organisme,
    read_founding,
)
from grants.organisation.passwords import LONGEST, RULES
from workflow.errors import Invalid

router = APIRouter()

TEMPLATE = "pages/demarrage/demarrage.html"
CODE_TEMPLATE = "pages/demarrage/code.html"
_URL, _DEMONSTRATION_URL = "/demarrage", "/demarrage/demonstration"
_CODE_URL = "/demarrage/code"
_WELCOME = Flash(
    text="Votre organisme est créé. Enregistrez un premier contact, "
    "ou invitez vos collègues depuis les paramètres."
)
_STARTED = Flash(text="Cette installation a déjà un organisme : connectez-vous.", tone="info")


@router.get(_URL)
def show_start(request: Request) -> Response:
    """The two ways to start; once there is an organisme, the way in."""
    house = house_of(request)
    if not _is_empty(house):
        return redirect(request, "/", None)
    if not may_start(request):
        return _code_form(request)
    return _form(request, {}, {})


@router.post(_CODE_URL)
def give_code(request: Request, form: PostedAtTheDoor) -> Response:
    """Check the code that was printed where the program was started."""
    house = house_of(request)
    only(form, "code")
    with house.database.unit_of_work() as session:
        count_attempt(session, [for_start(client_address(request))], house.clock())
    if not is_right(house.settings, one(form, "code")):
        return _code_form(request, "Ce n'est pas ce code. Relisez-le dans la console.")
    response = redirect(request, _URL)
    grant_start(request, response)
    return response


@router.post(_URL)
def start_empty(request: Request, form: PostedAtTheDoor) -> Response:
    """Create the organisme and its direction, and sign the direction in."""
    house = house_of(request)
    if not _is_empty(house):
        return redirect(request, "/connexion", _STARTED)
    if not may_start(request):
        return redirect(request, _URL)
    typed, faults = _read(house, form)
    if faults:
        return _form(request, typed, faults)
    hashed = house.passwords.hash(one(form, "mot_de_passe"))
    types = house.engine.vocabulary.field_types
    try:
        with house.database.unit_of_work() as session:
            claim_installation(session)
            founded = found_organisme(session, types, typed, house.clock(), password_hash=hashed)
            account = find_account(session.connection(), founded.email)
    except AlreadyStarted:
        return redirect(request, "/connexion", _STARTED)
    assert account is not None, "it has just been created"
    return let_in(request, house, account, "/", _WELCOME)


@router.post(_DEMONSTRATION_URL)
def start_with_demonstration(request: Request, form: PostedAtTheDoor) -> Response:
    """Load the demonstration; it takes a few seconds."""
    only(form)
    house = house_of(request)
    if not _is_empty(house):
        return redirect(request, "/connexion", _STARTED)
    if not may_start(request):
        return redirect(request, _URL)
    # Late: it brings whole stories with it, which a real installation never needs.
    from grants.demonstration.replay import load_demonstration
    from grants.dossiers.pieces.storage import Storage

    try:
        files = Storage(house.settings.files_folder)
        load_demonstration(house.database, house.engine, house.clock(), files, starting=True)
    except AlreadyStarted:
        return redirect(request, "/connexion", _STARTED)
    ready = Flash(text="La démonstration est prête. Choisissez un compte pour y entrer.")
    return redirect(request, "/connexion", ready)


def _is_empty(house: House) -> bool:
    with house.database.reading() as session:
        return is_empty(session.connection())


def _read(house: House, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, and every fault of it, passwords included."""
    names = {field.key for field in FOUNDING_FIELDS}
    only(form, *names, "mot_de_passe", "confirmation")
    typed = {name: one(form, name) for name in form if name in names}
    faults: dict[str, str] = {}
    try:
        read_founding(house.engine.vocabulary.field_types, typed)
    except Invalid as error:
        faults |= error.faults
    faults |= password_faults(
        one(form, "mot_de_passe"),
        one(form, "confirmation"),
        email=typed.get("direction_email", ""),
        nom=typed.get("direction_nom", ""),
    )
    return typed, faults


def _form(request: Request, typed: Mapping[str, str], faults: dict[str, str]) -> Response:
    house = house_of(request)
    with house.database.reading() as session:
        asking = Asking(session.connection(), house.engine, 0, "", typed or None, faults)
        organisme = questions(asking, ORGANISME_FIELDS, {"territoire": "metropole"})
        direction = questions(asking, DIRECTION_FIELDS, {})
    view = DemarragePage(
        create_url=_URL,
        demo_url=_DEMONSTRATION_URL,
        groups=(
            FieldGroup(title="Votre organisme", fields=organisme),
            FieldGroup(
                title="Vous, pour la direction",
                fields=(*direction, *password_fields(faults, RULES[0])),
            ),
        ),
        demo_contents=CONTENTS,
        chosen=bool(faults),
    )
    return page(request, None, TEMPLATE, view, status=422 if faults else 200)


def _code_form(request: Request, error: str = "") -> Response:
    code = FieldView(
        name="code",
        label="Code",
        required=True,
        longest=LONGEST,
        placeholder="ABCD-EFGH",
        error=error,
        focus=True,
    )
    view = CodePage(url=_CODE_URL, code=code)
    return page(request, None, CODE_TEMPLATE, view, status=422 if error else 200)
