"""Missions: the days given, the invoices and their payment, how it went."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from api.v1.contract import Answer, Call, Subject
from api.v1.shapes.consultations import Mission
from grants.dla.missions.commande import order_paper
from grants.dla.missions.fields import (
    EVALUATION_FIELDS,
    INVOICE_FIELDS,
    JOURNEE_FIELDS,
    PAYMENT_FIELDS,
)
from grants.dla.missions.queries import read_mission
from grants.dla.missions.service import (
    judge,
    keep_invoice,
    note_day,
    pay_invoice,
    remove_day,
    remove_invoice,
)
from notifications.papers import print_paper

subject = Subject("Missions")
_ONE = "/missions/{mission_id}"
_PDF = "application/pdf"


@subject.get(_ONE, "Une mission", Mission)
def one(call: Call) -> Mission:
    """One mission, with its days and its invoices. Raises NotFound."""
    sight = read_mission(call.connection, call.organisme_id, call.id("mission_id"))
    row: Any = sight.row
    return {
        "id": row["id"],
        "numero": row["numero"],
        "dossier_id": row["dossier_id"],
        "prestataire_id": row["prestataire_id"],
        "prestataire": sight.prestataire,
        "confiee_le": row["confiee_le"],
        "jours": row["jours"],
        "jours_faits": sight.done,
        "cout_ht": row["cout_ht"],
        "cout_ttc": row["cout_ttc"],
        "facture": sight.billed,
        "paye": sight.paid,
        "evaluation": row["evaluation"],
        "appreciation": row["appreciation"],
        "annulee_le": row["annulee_le"],
        "journees": [
            {"id": j["id"], "le": j["le"], "jours": j["jours"], "objet": j["objet"]}
            for j in sight.journees
        ],
        "factures": [
            {
                "id": f["id"],
                "numero": f["numero"],
                "le": f["le"],
                "montant": f["montant"],
                "payee_le": f["payee_le"],
            }
            for f in sight.factures
        ],
        "version": row["seq"],
    }


@subject.get(f"{_ONE}/bon-de-commande.pdf", "Le bon de commande", None, media=(_PDF,))
def order(call: Call) -> Answer:
    """The order form, to be signed. Raises NotFound."""
    about = (call.connection, call.house.engine, call.organisme_id, call.id("mission_id"))
    content = print_paper(order_paper(*about, call.now))
    headers = {"Content-Disposition": 'attachment; filename="bon-de-commande.pdf"'}
    return Answer(file=Response(content, media_type=_PDF, headers=headers))


@subject.post(
    f"{_ONE}/journees",
    "Noter des jours du prestataire",
    Mission,
    status=201,
    asks=JOURNEE_FIELDS,
    example={"le": "2026-03-09", "jours": "0,5", "objet": "Premier atelier"},
)
def add_day(call: Call) -> Mission:
    """Note days that were given. Raises Invalid, NotFound, MissionOver."""
    note_day(call.session, call.identity, call.id("mission_id"), call.body, call.now)
    return one(call)


@subject.delete(f"{_ONE}/journees/{{journee_id}}", "Retirer des jours", Mission)
def drop_day(call: Call) -> Mission:
    """Take back days noted by mistake. Raises NotFound, MissionOver."""
    about = (call.session, call.identity, call.id("mission_id"), call.id("journee_id"))
    remove_day(*about, call.now)
    return one(call)


@subject.post(
    f"{_ONE}/factures",
    "Enregistrer une facture",
    Mission,
    status=201,
    asks=INVOICE_FIELDS,
    example={"numero": "2026-014", "le": "2026-03-09", "montant": "1200,00"},
)
def add_invoice(call: Call) -> Mission:
    """Keep an invoice. Raises Invalid, NotFound, MissionOver."""
    keep_invoice(call.session, call.identity, call.id("mission_id"), call.body, call.now)
    return one(call)


@subject.post(
    f"{_ONE}/factures/{{facture_id}}/payer",
    "Noter le paiement d’une facture",
    Mission,
    asks=PAYMENT_FIELDS,
    example={"payee_le": "2026-03-10"},
)
def pay(call: Call) -> Mission:
    """The day an invoice was paid. Raises Invalid, NotFound, MissionOver."""
    about = (call.session, call.identity, call.id("mission_id"), call.id("facture_id"))
    pay_invoice(*about, call.body, call.now)
    return one(call)


@subject.delete(f"{_ONE}/factures/{{facture_id}}", "Retirer une facture", Mission)
def drop_invoice(call: Call) -> Mission:
    """Take back an invoice that is not paid. Raises Invalid, NotFound, MissionOver."""
    about = (call.session, call.identity, call.id("mission_id"), call.id("facture_id"))
    remove_invoice(*about, call.now)
    return one(call)


@subject.put(
    f"{_ONE}/evaluation",
    "Évaluer le prestataire",
    Mission,
    asks=EVALUATION_FIELDS,
    versioned=True,
    example={"evaluation": "4", "appreciation": "À l’écoute, et clair."},
)
def evaluate(call: Call) -> Mission:
    """Say how it went. Raises Invalid, NotFound, MissionOver, Stale."""
    about = (call.session, call.identity, call.id("mission_id"))
    judge(*about, call.body, call.now, call.version)
    return one(call)
