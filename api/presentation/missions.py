"""A mission as its page shows it, with the forms of what may still be added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from api.presentation.fields import Asking, questions
from api.presentation.ledgers import story_of
from api.views.chrome import Link
from api.views.fields import FieldGroup
from api.views.forms import FormView
from api.views.missions import FactureRow, JourneeRow, MissionPage
from api.visit import Visit
from grants.dla.missions.fields import (
    EVALUATION_FIELDS,
    EVALUATIONS,
    INVOICE_FIELDS,
    JOURNEE_FIELDS,
    PAYMENT_FIELDS,
)
from grants.dla.missions.queries import MissionSight, read_mission
from grants.dla.missions.service import ENTRUSTED, MISSIONS
from grants.dossiers.reading import read_subject
from workflow.dates import format_date
from workflow.engine import Engine
from workflow.journal_reading import Line
from workflow.money import format_amount, format_number
from workflow.pipeline import Field

ONE = "/missions"
#: The forms of the page, by the end of the address that each is sent to.
FORMS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "journees": ("Noter", JOURNEE_FIELDS),
    "factures": ("Ajouter la facture", INVOICE_FIELDS),
    "evaluation": ("Enregistrer", EVALUATION_FIELDS),
}
Came = Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]]


def mission_page(
    connection: Connection, engine: Engine, visit: Visit, id: int, came: Came | None = None
) -> MissionPage:
    """One mission. `came`: forms that came back, by address, with their faults. Raises NotFound."""
    organisme_id = visit.identity.organisme_id
    sight = read_mission(connection, organisme_id, id)
    row, came = sight.row, came or {}
    subject = read_subject(connection, engine, organisme_id, row["dossier_id"], lock=False)
    cancelled = row["annulee_le"] is not None
    writes = visit.identity.may_write and not cancelled
    asking = Asking(connection, engine, organisme_id)
    dossier = Link(label=subject.row["reference"], url=f"/dossiers/{subject.id}")
    types = engine.vocabulary.field_types
    return MissionPage(
        title=f"Mission n° {row['numero']}",
        prestataire=Link(label=sight.prestataire, url=f"/prestataires/{row['prestataire_id']}"),
        dossier=Link(label=subject.row["titre"] or dossier.label, url=dossier.url),
        back=dossier,
        facts=_facts(sight),
        over=_over(sight),
        cancelled=cancelled,
        journees=tuple(_journee(id, each, writes=writes) for each in sight.journees),
        days_said=f"{format_number(sight.done)} sur {format_number(row['jours'])} jours",
        factures=tuple(_facture(asking, id, each, came, writes=writes) for each in sight.factures),
        money_said=_money(sight),
        evaluation=EVALUATIONS[row["evaluation"] - 1] if row["evaluation"] else "",
        appreciation=row["appreciation"],
        order_url=f"{ONE}/{id}/bon-de-commande.pdf",
        timeline=story_of(connection, MISSIONS, id, _field_of, types),
        **(_forms(asking, sight, came) if writes else {}),
    )


_ORDERED = (
    Field(key="numero", label="Bon de commande n°", type="entier"),
    Field(key="jours", label="Temps commandé (jours)", type="nombre"),
    Field(key="cout_ttc", label="Prix toutes taxes comprises", type="montant"),
)
_SAID = {
    field.key: field
    for field in (*JOURNEE_FIELDS, *INVOICE_FIELDS, *EVALUATION_FIELDS, *PAYMENT_FIELDS)
}
_SAID_FIRST = {field.key: field for field in _ORDERED}


def _field_of(line: Line, key: str) -> Field | None:
    """What a column answers: the order's, when the mission was entrusted; else a form's."""
    return (_SAID_FIRST if line.event == ENTRUSTED else _SAID).get(key)


def _facts(sight: MissionSight) -> tuple[tuple[str, str], ...]:
    row = sight.row
    return (
        ("Confiée le", format_date(row["confiee_le"])),
        ("Temps commandé", f"{format_number(row['jours'])} jours"),
        ("Prix hors taxes", format_amount(row["cout_ht"], decimals=True)),
        ("Prix toutes taxes comprises", format_amount(row["cout_ttc"], decimals=True)),
    )


def _over(sight: MissionSight) -> str:
    """What is beyond the order: said, not refused, where it is time."""
    more = sight.done - sight.row["jours"]
    return f"{format_number(more)} jours de plus que la commande." if more > 0 else ""


def _money(sight: MissionSight) -> str:
    amounts = (sight.billed, sight.paid, sight.row["cout_ttc"] - sight.billed)
    billed, paid, left = (format_amount(each, decimals=True) for each in amounts)
    return f"{billed} facturés, {paid} payés ; il reste {left} à facturer."


def _journee(id: int, row: Mapping[str, Any], *, writes: bool) -> JourneeRow:
    remove = f"{ONE}/{id}/journees/{row['id']}/retirer" if writes else None
    return JourneeRow(
        le=row["le"],
        jours=format_number(row["jours"]),
        objet=row["objet"],
        remove_url=remove,
    )


def _facture(
    asking: Asking, id: int, row: Mapping[str, Any], came: Came, *, writes: bool
) -> FactureRow:
    url, owed = f"{ONE}/{id}/factures/{row['id']}", row["payee_le"] is None
    return FactureRow(
        numero=row["numero"],
        le=row["le"],
        montant=row["montant"],
        payee_le=row["payee_le"],
        remove_url=f"{url}/retirer" if writes and owed else None,
        pay=_form(asking, f"{url}/payer", "Payée", PAYMENT_FIELDS, came, {})
        if writes and owed
        else None,
    )


def _forms(asking: Asking, sight: MissionSight, came: Came) -> dict[str, FormView]:
    url, row = f"{ONE}/{sight.row['id']}", sight.row
    known = {"evaluation": {key: row[key] for key in ("evaluation", "appreciation")}}
    made = {
        end: _form(asking, f"{url}/{end}", submit, fields, came, known.get(end, {}))
        for end, (submit, fields) in FORMS.items()
    }
    return {
        "day_form": made["journees"],
        "invoice_form": made["factures"],
        "evaluation_form": made["evaluation"],
    }


def _form(
    asking: Asking,
    url: str,
    submit: str,
    fields: tuple[Field, ...],
    came: Came,
    known: Mapping[str, Any],
) -> FormView:
    typed, faults = came.get(url, (None, {}))
    scope = "-".join(url.split("/")[3:])
    asked = Asking(
        asking.connection,
        asking.engine,
        asking.organisme_id,
        scope=scope,
        typed=typed,
        faults=faults,
    )
    return FormView(
        url=url, groups=(FieldGroup(fields=questions(asked, fields, known)),), submit=submit
    )
