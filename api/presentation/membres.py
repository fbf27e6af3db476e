"""A member's mandate, as its form asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from api.presentation.comites import LIST
from api.presentation.fields import Asking, question, questions
from api.views.chrome import Link
from api.views.fields import Choice, FieldGroup, FieldView
from api.views.forms import FormPage, FormView
from grants.comites.instances import (
    COMITES_LEDGER,
    colleges_of,
)
from grants.comites.membres import MEMBRE_FIELDS, MEMBRES, MembreLine, membres_of, read_membre
from grants.organisation.people import PERSONNE_FIELDS
from workflow.errors import NotFound
from workflow.pipeline import Field

_DEPUTY = "suppleant_de_id"


def membre_form(
    asking: Asking,
    place: tuple[int, int | None],
    today: date,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """A member's mandate as a form; a new member is named first. Raises NotFound."""
    comite_id, membre_id = place
    row = COMITES_LEDGER.read(asking.connection, asking.organisme_id, comite_id)
    back = Link(label=row["nom"], url=f"{LIST}/{comite_id}")
    member = None if membre_id is None else _seat(asking, comite_id, membre_id)
    known = {} if member is None else {each: getattr(member, each) for each in member.__slots__}
    known = known or {"voix": "deliberative", "debut": today}
    mandate = tuple(_asked(asking, row, each, known, membre_id) for each in MEMBRE_FIELDS)
    who = () if member else (FieldGroup(title="La personne", fields=_person(asking)),)
    url = f"{LIST}/{comite_id}/membres"
    return FormPage(
        title="Nommer un membre" if member is None else member.nom,
        lead="Connue par son e-mail, la personne garde ses coordonnées."
        if member is None
        else "Pour mettre fin à un mandat, donnez-lui une date de fin.",
        back=back,
        form=FormView(
            url=f"{url}/nouveau" if member is None else f"{url}/{membre_id}",
            groups=(*who, FieldGroup(title="Le mandat", fields=mandate)),
            submit="Nommer ce membre" if member is None else "Enregistrer",
            cancel_url=back.url,
            idempotency_key=key,
            lock_version=version if version is not None else member.version if member else None,
            conflict=conflict,
        ),
    )


def _seat(asking: Asking, comite_id: int, membre_id: int) -> MembreLine:
    """A member of that comité. Raises NotFound."""
    if MEMBRES.read(asking.connection, asking.organisme_id, membre_id)["comite_id"] != comite_id:
        raise NotFound
    return read_membre(asking.connection, asking.organisme_id, membre_id)


def _person(asking: Asking) -> tuple[FieldView, ...]:
    """Who is named."""
    return questions(asking, PERSONNE_FIELDS, {})


def _asked(
    asking: Asking,
    comite: Mapping[str, Any],
    field: Field,
    known: Mapping[str, Any],
    membre_id: int | None,
) -> FieldView:
    """A question of the mandate; what can be chosen in this comité is offered."""
    asked = question(asking, field, known.get(field.key))
    offered: tuple[Choice, ...] = ()
    if field.key == _DEPUTY:
        rows = membres_of(asking.connection, asking.organisme_id, comite["id"])
        titular = [each for each in rows if each.suppleant_de_id is None and each.id != membre_id]
        offered = tuple(Choice(value=str(each.id), label=each.nom) for each in titular)
    elif field.key == "college":
        offered = tuple(Choice(value=each, label=each) for each in colleges_of(comite))
    if not offered and field.key != _DEPUTY:
        return asked
    blank = "Personne" if field.key == _DEPUTY else ""
    return replace(asked, type="choix", choices=offered, placeholder=blank)
