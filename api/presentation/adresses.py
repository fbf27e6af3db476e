"""Addresses written to no more, as screens say it: what stopped, since when, why."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from sqlalchemy import Connection

from api.presentation.fields import Asking, questions
from api.views.adresses import AddressesPage, StoppedAddress
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.visit import Visit
from grants.organisation.identity import Identity
from grants.relances.adresses import ADRESSE, STOP_FIELDS
from notifications.suspensions import (
    DEMANDE,
    RAPPELS,
    REASONS,
    Suspension,
    suspensions,
    suspensions_of,
)

ADRESSES = "/courriers/adresses"
LIFT = f"{ADRESSES}/retablir"
PER_PAGE = 50
_BACK = Link(label="Courriers", url="/courriers")


def stopped_among(
    connection: Connection, identity: Identity, emails: Iterable[str | None], back: str
) -> dict[str, StoppedAddress]:
    """Those of these addresses that are written to no more. `back`: where the screen is."""
    found = suspensions_of(connection, identity.organisme_id, emails)
    return {email: _stopped(each, identity, back) for email, each in found.items()}


def stopped_address(
    connection: Connection, identity: Identity, email: str | None, back: str
) -> StoppedAddress | None:
    """What is said of one address; None while it is written to."""
    if not email:
        return None
    return stopped_among(connection, identity, (email,), back).get(email.lower())


def stop_url(email: str) -> str:
    """Where one notes that an address is to be written to no more."""
    return f"{ADRESSES}?{urlencode({ADRESSE.key: email})}#arreter"


def addresses_page(
    connection: Connection, visit: Visit, asking: Asking, after: str = ""
) -> AddressesPage:
    """The addresses in order, from the one after `after` on."""
    identity = visit.identity
    found = suspensions(connection, identity.organisme_id, after, PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = urlencode({"apres": shown[-1].email}) if len(found) > PER_PAGE else ""
    return AddressesPage(
        back=_BACK,
        rows=tuple(_stopped(each, identity, ADRESSES) for each in shown),
        form=_form(asking) if identity.may_write else None,
        open=bool(asking.typed),
        more_url=f"{ADRESSES}?{more}" if more else None,
    )


def _stopped(each: Suspension, identity: Identity, back: str) -> StoppedAddress:
    title = (
        "Plus de rappels à cette adresse"
        if each.reason == RAPPELS
        else "Plus d’e-mail à cette adresse"
    )
    return StoppedAddress(
        email=each.email,
        title=title,
        why=_why(each),
        since=each.since,
        lift_url=LIFT if identity.may_write else "",
        back=back,
    )


def _why(each: Suspension) -> str:
    """« Ne souhaite plus recevoir d’e-mail : préfère le courrier. Noté par Claire. »."""
    detail = f"\u00a0: {each.detail}" if each.detail else ""
    noted = f" Noté par {each.by}." if each.reason == DEMANDE and each.by else ""
    return f"{REASONS[each.reason]}{detail}".rstrip(".") + f".{noted}"


def _form(asking: Asking) -> FormView:
    return FormView(
        url=ADRESSES,
        groups=(FieldGroup(fields=questions(asking, STOP_FIELDS, {})),),
        submit="Ne plus écrire",
    )
