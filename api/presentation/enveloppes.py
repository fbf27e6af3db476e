"""Enveloppes: what there is to grant, by dispositif, year and funder."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from api.presentation.fields import Asking, questions
from api.presentation.seance_decisions import envelope_view
from api.views.chrome import Link
from api.views.comites import EnvelopeGroup, EnvelopesPage, FunderLine
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.views.listing import EmptyState
from api.visit import Visit
from grants.comites.engagements import engagement_of
from grants.finances.enveloppes import enveloppe_fields, enveloppes_of
from workflow.dates import to_paris

LIST, NEW = "/enveloppes", "/enveloppes/nouvelle"
_BACK = Link(label="Enveloppes", url=LIST)
_SEANCES = Link(label="Séances", url="/seances")


def envelopes_page(asking: Asking, visit: Visit) -> EnvelopesPage:
    """Every enveloppe, latest year first."""
    rows = enveloppes_of(asking.connection, asking.organisme_id)
    directs = visit.identity.may_direct
    new_url = NEW if directs else None
    groups = groupby(rows, key=lambda row: (row["annee"], row["dispositif"]))
    return EnvelopesPage(
        groups=tuple(_group(asking, key, list(found), directs) for key, found in groups),
        back=_SEANCES,
        new_url=new_url,
        empty=None if rows else _nothing(new_url),
    )


def _group(
    asking: Asking, key: tuple[int, str], rows: list[dict[str, Any]], directs: bool
) -> EnvelopeGroup:
    annee, dispositif = key
    found = engagement_of(asking.connection, asking.engine, asking.organisme_id, dispositif, annee)
    return EnvelopeGroup(
        envelope=envelope_view(asking.engine, found),
        funders=tuple(
            FunderLine(
                financeur=row["financeur"],
                montant=row["montant"],
                url=f"{LIST}/{row['id']}" if directs else None,
            )
            for row in rows
        ),
    )


def _nothing(new_url: str | None) -> EmptyState:
    return EmptyState(
        title="Aucune enveloppe",
        text="Sans enveloppe, rien ne limite les décisions d’un comité : "
        "dites ce que chaque financeur donne pour l’année.",
        icon="euro",
        action=Link(label="Ouvrir une enveloppe", url=new_url) if new_url else None,
    )


def envelope_form(
    asking: Asking,
    visit: Visit,
    row: Mapping[str, Any] | None,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """An enveloppe as a form; a new one is proposed for this year."""
    known: Mapping[str, Any] = row or {"annee": to_paris(visit.now).year}
    return FormPage(
        title="Nouvelle enveloppe" if row is None else f"{row['financeur']} {row['annee']}",
        back=_BACK,
        form=FormView(
            url=NEW if row is None else f"{LIST}/{row['id']}",
            groups=(FieldGroup(fields=questions(asking, enveloppe_fields(asking.engine), known)),),
            submit="Ouvrir l’enveloppe" if row is None else "Enregistrer",
            cancel_url=LIST,
            idempotency_key=key,
            lock_version=version,
            conflict=conflict,
        ),
    )
