"""A dossier: opened, read, moved, and its sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.dispositifs import Place, action_schema, place_of
from api.v1.errors import StructureAlike
from api.v1.given import row_named
from api.v1.routes import PREFIX
from api.v1.structures import CONTINUE, told_alike
from grants.dossiers import queries
from grants.dossiers.advance import Demand, advance
from grants.dossiers.answers import REASON
from grants.dossiers.first_contact import (
    EVERY_FIELD,
    FirstContact,
    read_first_contact,
    record_contact,
    was_used,
)
from grants.dossiers.reading import read_subject, situation_of
from grants.dossiers.sheets import SheetEdit, edit_sheet
from grants.organisation.people import PERSONNES
from grants.structures.alike import find_alike
from workflow.engine import Engine, Offer
from workflow.field_contract import Raw
from workflow.guards import Refusal
from workflow.pipeline import Field
from workflow.subject import Subject as Moving

subject = Subject("Dossiers")
_STRUCTURE = Field(
    key="structure_id",
    label="La structure connue",
    type="texte",
    longest=19,
    help="L’id de la structure, si elle est connue.",
)


@subject.post(
    "/dossiers",
    "Ouvrir un dossier (premier contact)",
    shapes.Ouvert,
    status=201,
    asks=(*EVERY_FIELD, _STRUCTURE, CONTINUE),
    example={
        "pipeline": "microprojets",
        "contact_le": "2026-03-12",
        "titre": "Garage solidaire à Vence",
        "porteur_nom": "Amina Diallo",
        "porteur_email": "amina@garage.example",
        "montant_demande": "18500,00",
    },
)
def open_one(call: Call) -> Answer:
    """Open a dossier, unless a known structure resembles the one described: then ask first."""
    asked = {field.key for field in (_STRUCTURE, CONTINUE)}
    answers = {name: value for name, value in call.body.items() if name not in asked}
    chosen = row_named(call.text("structure_id"))
    contact = FirstContact(answers, chosen, call.key)
    engine = call.house.engine
    if chosen is None and not call.text(CONTINUE.key):
        _refuse_alike(call, engine, contact)
    opened = record_contact(call.session, engine, call.identity, contact, call.now)
    data: shapes.Ouvert = {
        "id": opened.dossier_id,
        "reference": opened.reference,
        "plafond_depasse": opened.over_cap,
    }
    return Answer(data, location=f"{PREFIX}/dossiers/{opened.dossier_id}")


@subject.get("/dossiers/{dossier_id}", "Un dossier", shapes.Dossier)
def dossier(call: Call) -> shapes.Dossier:
    """One dossier with the answers of its sheets. Raises NotFound."""
    found = _read(call)
    row, engine = found.row, call.house.engine
    pipeline = engine.machine(found).pipeline
    stage = pipeline.stage(found.stage)
    structure, referent = row["structure_id"], row["referent_id"]
    return {
        "id": found.id,
        "reference": row["reference"],
        "titre": row["titre"],
        "dispositif": found.pipeline,
        "dispositif_version": found.pipeline_version,
        "etape": found.stage,
        "etape_libelle": stage.label,
        "etape_depuis": found.stage_since,
        "termine": stage.final,
        "ouvert_le": row["ouvert_le"],
        "structure": structure and {"id": structure, "nom": row["structure_nom"]},
        "porteur": _porteur(call, row["porteur_id"]),
        "referent": referent
        and {"id": referent, "nom": queries.name_of(call.connection, referent) or ""},
        "montant_demande": row["montant_demande"],
        "montant_accorde": row["montant_accorde"],
        "plafond": row["plafond"],
        "fiches": {
            sheet.key: values_of(engine, sheet.fields, found.values) for sheet in pipeline.sheets
        },
        "version": found.lock_version,
    }


@subject.get(
    "/dossiers/{dossier_id}/actions", "Ce que l’on peut en faire, et pourquoi non", shapes.Actions
)
def actions(call: Call) -> shapes.Actions:
    """Each action of the stage, with all the reasons against it."""
    found, engine = _read(call), call.house.engine
    needed, place = engine.facts_needed(found), place_of(call)
    situation = situation_of(call.connection, engine, found, call.identity, call.now, needed)
    return {
        "etape": found.stage,
        "actions": [_offer(place, each) for each in engine.actions(situation)],
        "version": found.lock_version,
    }


@subject.post(
    "/dossiers/{dossier_id}/actions/{action}",
    "Faire avancer un dossier",
    shapes.Avance,
    asks=None,
    versioned=True,
    example={"rendez_vous": "2026-03-20T10:00", "lieu_rendez_vous": "Au bureau"},
)
def act(call: Call) -> shapes.Avance:
    """Move a dossier. Raises NotFound, Refused with every reason, Invalid, Stale."""
    answers = {name: value for name, value in call.body.items() if name != REASON}
    demand = Demand(
        call.id("dossier_id"),
        call.path["action"],
        answers,
        _reason(call),
        call.version,
        call.key,
    )
    advanced = advance(call.session, call.house.engine, call.identity, demand, call.now)
    return {
        "id": advanced.dossier_id,
        "etape": advanced.stage,
        "mouvements": [
            {
                "action": move.action.key,
                "de": move.from_stage,
                "vers": move.to_stage,
                "le": move.at,
            }
            for move in advanced.moves
        ],
        "version": _read(call).lock_version,
    }


@subject.patch(
    "/dossiers/{dossier_id}/fiches/{sheet}",
    "Répondre à une fiche",
    shapes.Dossier,
    asks=None,
    versioned=True,
    example={"titre": "Garage solidaire à Vence", "emplois_crees": "2"},
)
def change_sheet(call: Call) -> shapes.Dossier:
    """Keep the answers that are sent; the others stay. Raises Invalid, Stale, SheetClosed…"""
    edit = SheetEdit(call.id("dossier_id"), call.path["sheet"], call.body, call.version, call.key)
    edit_sheet(call.session, call.house.engine, call.identity, edit, call.now)
    return dossier(call)


def values_of(
    engine: Engine, fields: tuple[Field, ...], values: Mapping[str, Any]
) -> dict[str, str | list[str] | None]:
    """The answers to some questions, written as they would be sent."""
    types = engine.vocabulary.field_types
    return {
        each.key: None if values.get(each.key) is None else types[each.type].form(values[each.key])
        for each in fields
    }


def told_refusal(refusal: Refusal) -> shapes.Raison:
    """One reason."""
    return {"code": refusal.code, "message": refusal.message, "champ": refusal.field}


def _read(call: Call) -> Moving:
    return read_subject(
        call.connection, call.house.engine, call.organisme_id, call.id("dossier_id"), lock=False
    )


def _reason(call: Call) -> str | None:
    """The reason as a text; a list of them is refused as a form refuses it."""
    given: Raw = call.body.get(REASON)
    if isinstance(given, list):
        return " ".join(given) or None
    return given or None


def _porteur(call: Call, id: int | None) -> shapes.Porteur | None:
    row = None if id is None else PERSONNES.find(call.connection, call.organisme_id, id)
    if row is None:
        return None
    return {
        "id": row["id"],
        "nom": row["nom"],
        "email": row["email"],
        "telephone": row["telephone"],
        "civilite": row["civilite"],
        "version": row["seq"],
    }


def _offer(place: Place, offer: Offer) -> shapes.ActionPossible:
    action = offer.action
    return {
        "cle": action.key,
        "libelle": action.label,
        "aide": action.help,
        "ton": action.tone,
        "vers": offer.to,
        "possible": offer.allowed,
        "raisons": [told_refusal(each) for each in offer.refusals],
        "roles": list(action.roles),
        "motif_demande": action.reason,
        "lettres": list(action.letters),
        "schema": action_schema(place, action),
    }


def _refuse_alike(call: Call, engine: Engine, contact: FirstContact) -> None:
    """Raises Invalid for what cannot be opened, StructureAlike for what may be known already."""
    if was_used(call.connection, call.identity, contact.key):
        return
    values = read_first_contact(call.connection, engine, call.identity, contact, call.now)
    alike = find_alike(
        call.connection,
        call.organisme_id,
        nom=values.get("structure_nom"),
        siret=values.get("structure_siret"),
        rna=values.get("structure_rna"),
        email=values.get("porteur_email"),
    )
    if alike:
        raise StructureAlike([told_alike(each) for each in alike])
