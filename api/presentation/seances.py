"""Séances: what the services and queries say, as their pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from api.presentation.fields import Asking, questions
from api.presentation.stages import badge
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormPage, FormView
from api.views.listing import EmptyState
from api.views.seances import Inscriptions, SeanceRow, SeancesPage
from api.visit import Visit
from grants.comites.queries import TAKES_INSCRIPTIONS, seance_name, seances_with_counts
from grants.comites.seances import SEANCE_FIELDS
from workflow.dates import to_paris
from workflow.engine import Engine

LIST = "/seances"
NEW = "/seances/nouvelle"
_BACK = Link(label="Séances", url=LIST)
# From this far on, the closing of inscriptions is worth a warning.
_SOON = timedelta(days=14)


def list_page(connection: Connection, engine: Engine, visit: Visit) -> SeancesPage:
    """Every séance of the organisme: to come, then held."""
    rows = seances_with_counts(connection, visit.identity.organisme_id)
    coming = [row for row in rows if row["tenue_le"] > visit.now or row["stage"] == "ouverte"]
    held = [row for row in rows if row not in coming]
    new_url = NEW if visit.identity.may_write else None
    return SeancesPage(
        a_venir=tuple(_row(engine, row, visit) for row in reversed(coming)),
        tenues=tuple(_row(engine, row, visit) for row in held),
        new_url=new_url,
        empty=None if rows else _nothing(new_url),
    )


def seance_form(
    asking: Asking,
    row: Mapping[str, Any] | None,
    *,
    key: str = "",
    version: int | None = None,
    conflict: str = "",
) -> FormPage:
    """A séance as a form; a new one is proposed where and under the name of the latest."""
    known: Mapping[str, Any] = _proposed(asking) if row is None else row
    back = _BACK if row is None else Link(label=seance_name(row), url=f"{LIST}/{row['id']}")
    return FormPage(
        title="Nouvelle séance" if row is None else "Modifier la séance",
        lead="" if row is None else "Les échéances des dossiers inscrits suivent sa date.",
        back=back,
        form=FormView(
            url=NEW if row is None else f"{LIST}/{row['id']}/modifier",
            groups=(FieldGroup(fields=questions(asking, SEANCE_FIELDS, known)),),
            submit="Prévoir la séance" if row is None else "Enregistrer",
            cancel_url=back.url,
            idempotency_key=key,
            lock_version=version,
            conflict=conflict,
        ),
    )


def _proposed(asking: Asking) -> Mapping[str, Any]:
    rows = seances_with_counts(asking.connection, asking.organisme_id)
    if not rows:
        return {"comite": "CTS"}
    return {"comite": rows[0]["comite"], "lieu": rows[0]["lieu"]}


def _row(engine: Engine, row: Mapping[str, Any], visit: Visit) -> SeanceRow:
    pipeline = engine.catalogue.machine(row["pipeline"], row["pipeline_version"]).pipeline
    return SeanceRow(
        url=f"{LIST}/{row['id']}",
        comite=row["comite"],
        tenue_le=row["tenue_le"],
        cloture=row["cloture_inscriptions"],
        inscriptions=takes_inscriptions(row, visit),
        lieu=row["lieu"],
        inscrits=row["inscrits"],
        stage=None if row["stage"] in TAKES_INSCRIPTIONS else badge(pipeline, row["stage"]),
    )


def takes_inscriptions(row: Mapping[str, Any], visit: Visit) -> Inscriptions:
    """Whether a dossier may still be inscribed."""
    today: date = to_paris(visit.now).date()
    if row["tenue_le"] <= visit.now:
        return "tenue"
    if row["cloture_inscriptions"] < today:
        return "closes"
    return "bientot" if row["cloture_inscriptions"] - today <= _SOON else "ouvertes"


def _nothing(new_url: str | None) -> EmptyState:
    return EmptyState(
        title="Aucune séance n'est prévue",
        text="Un dossier n'est présenté qu'à une séance dont les inscriptions sont ouvertes.",
        icon="seances",
        action=Link(label="Prévoir une séance", url=new_url) if new_url else None,
    )
