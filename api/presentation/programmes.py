"""Tokens and webhooks, as their pages show them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from api.presentation.fields import Asking, questions
from api.presentation.reglages import ANNONCES, tabs
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.programmes import AdresseView, AnnoncesPage, EnvoiView, JetonsPage, JetonView
from grants.organisation.identity import Identity
from grants.organisation.jetons import JETON_FIELDS, LECTURE, PORTEES, JetonLine, tokens_of
from notifications.webhooks import (
    A_ENVOYER,
    ABANDONNEE,
    ENVOYEE,
    LONGEST_URL,
    Sending,
    addresses_of,
    sendings_of,
)
from workflow.pipeline import Field

JETONS = "/compte/jetons"
PAGE = 50
_USUAL = {"portee": LECTURE, "jours": 90}
URL_FIELD = Field(
    key="url",
    label="Adresse à prévenir",
    type="texte",
    longest=LONGEST_URL,
    required=True,
    help="Donnée par l’autre programme ; elle commence par https://.",
)
_STATES = {
    A_ENVOYER: ("à envoyer", "info"),
    ENVOYEE: ("reçue", "succes"),
    ABANDONNEE: ("abandonnée", "erreur"),
}


def jetons_page(asking: Asking, identity: Identity, now: datetime, secret: str = "") -> JetonsPage:
    """One's own tokens, and the form that makes another."""
    fields = questions(asking, JETON_FIELDS, _USUAL)
    return JetonsPage(
        form=FormView(url=JETONS, groups=(FieldGroup(fields=fields),), submit="Créer le jeton"),
        jetons=tuple(_jeton(each, now) for each in tokens_of(asking.connection, identity)),
        description=Link(label="Description de l’API", url="/api/v1"),
        revoke_url=f"{JETONS}/revoquer",
        secret=secret,
    )


def annonces_page(
    asking: Asking, identity: Identity, before: int | None = None, secret: str = ""
) -> AnnoncesPage:
    """The addresses told, what they were told, and the form for one more."""
    connection, organisme_id = asking.connection, asking.organisme_id
    fields = questions(asking, (URL_FIELD,), {})
    told = sendings_of(connection, organisme_id, before, PAGE + 1)
    older = told[PAGE - 1].id if len(told) > PAGE else None
    form = FormView(
        url=ANNONCES, groups=(FieldGroup(fields=fields),), submit="Prévenir cette adresse"
    )
    return AnnoncesPage(
        tabs=tabs(ANNONCES),
        form=form if identity.may_direct else None,
        adresses=_adresses(connection, organisme_id),
        envois=tuple(_envoi(each) for each in told[:PAGE]),
        secret=secret,
        older_url=f"{ANNONCES}?avant={older}#envois" if older else None,
    )


def _jeton(line: JetonLine, now: datetime) -> JetonView:
    alive = line.is_alive(now)
    ended = "révoqué" if line.revoque_le else "expiré"
    return JetonView(
        nom=line.nom,
        portee=PORTEES[line.portee],
        fin=line.fin,
        cree_le=line.cree_le,
        expire_le=line.expire_le,
        vu_le=line.vu_le,
        revoque_le=line.revoque_le,
        state="" if alive else ended,
        id=str(line.id) if alive else "",
    )


def _adresses(connection: Connection, organisme_id: int) -> tuple[AdresseView, ...]:
    return tuple(
        AdresseView(url=each.url, since=each.created_at, remove_url=f"{ANNONCES}/{each.id}/retirer")
        for each in addresses_of(connection, organisme_id)
        if each.active
    )


def _envoi(line: Sending) -> EnvoiView:
    state, tone = _STATES[line.state]
    tries = f"{line.attempts} essai{'s' if line.attempts > 1 else ''}"
    detail = ", ".join(filter(None, (tries if line.attempts else "", line.fault)))
    return EnvoiView(
        url=line.url,
        event_id=line.event_id,
        at=line.created_at,
        state=state,
        tone=tone,
        detail=detail,
        again_url=f"{ANNONCES}/envois/{line.id}/renvoyer" if line.state != A_ENVOYER else None,
    )
