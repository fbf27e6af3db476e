"""Enveloppes: what there is to grant, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.v1.contract import Answer, Call, Subject
from api.v1.shapes.comites import Engagement, Enveloppe, Enveloppes
from api.v1.shapes.plain import Cree
from grants.comites.engagements import engagement_of
from grants.finances.enveloppes import (
    ENVELOPPES,
    enveloppe_fields,
    enveloppes_of,
    modify_enveloppe,
    open_enveloppe,
)

subject = Subject("Enveloppes")
_EXAMPLE = {
    "dispositif": "microprojets",
    "annee": "2026",
    "financeur": "Région",
    "montant": "150000,00",
}


@subject.get("/enveloppes", "Les enveloppes, et ce qu’il en reste", Enveloppes)
def enveloppes(call: Call) -> Enveloppes:
    """Every enveloppe, latest year first."""
    rows = enveloppes_of(call.connection, call.organisme_id)
    kinds = dict.fromkeys((row["dispositif"], row["annee"]) for row in rows)
    return {
        "enveloppes": [_told(row) for row in rows],
        "engagements": [_engagement(call, *each) for each in kinds],
    }


@subject.post(
    "/enveloppes",
    "Ouvrir une enveloppe",
    Cree,
    status=201,
    asks=enveloppe_fields,
    direction=True,
    example=_EXAMPLE,
)
def add_enveloppe(call: Call) -> Answer:
    """Open an enveloppe. Raises Invalid, DirectionOnly."""
    engine, asked = call.house.engine, (call.body, call.now, call.key)
    return Answer({"id": open_enveloppe(call.session, engine, call.identity, *asked)})


@subject.put(
    "/enveloppes/{enveloppe_id}",
    "Changer une enveloppe",
    Enveloppe,
    asks=enveloppe_fields,
    versioned=True,
    direction=True,
    example=_EXAMPLE,
)
def change_enveloppe(call: Call) -> Enveloppe:
    """Keep the changes of an enveloppe. Raises Invalid, NotFound, Stale, DirectionOnly."""
    id = call.id("enveloppe_id")
    asked = (call.session, call.house.engine, call.identity, id)
    modify_enveloppe(*asked, call.body, call.now, call.version)
    return _told(ENVELOPPES.read(call.connection, call.organisme_id, id))


def _told(row: Mapping[str, Any]) -> Enveloppe:
    return {
        "id": row["id"],
        "dispositif": row["dispositif"],
        "annee": row["annee"],
        "financeur": row["financeur"],
        "montant": row["montant"],
        "version": row["seq"],
    }


def _engagement(call: Call, dispositif: str, annee: int) -> Engagement:
    found = engagement_of(call.connection, call.house.engine, call.organisme_id, dispositif, annee)
    return {
        "dispositif": dispositif,
        "annee": annee,
        "disponible": found.disponible,
        "engage": found.engage,
        "paye": found.solde,
        "reste": found.reste,
    }
