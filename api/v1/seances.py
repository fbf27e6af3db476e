"""Séances of the comités."""

from __future__ import annotations

from api.v1 import shapes
from api.v1.contract import Answer, Call, Subject
from api.v1.lists import told_line
from api.v1.routes import PREFIX
from grants.comites.chain import SEANCES
from grants.comites.queries import seances_with_counts
from grants.comites.seances import SEANCE_FIELDS, create_seance, modify_seance
from grants.dossiers.gathered import dossiers_of_seance

subject = Subject("Séances")
_EXAMPLE = {
    "comite": "CTS",
    "tenue_le": "2026-04-14T14:00",
    "lieu": "Mairie de Vence",
    "cloture_inscriptions": "2026-04-01",
}


@subject.get("/seances", "Les séances", shapes.Seances)
def seances(call: Call) -> shapes.Seances:
    """Every séance, latest first."""
    return {
        "seances": [
            {
                "id": row["id"],
                "comite": row["comite"],
                "tenue_le": row["tenue_le"],
                "lieu": row["lieu"],
                "cloture_inscriptions": row["cloture_inscriptions"],
                "inscrits": row["inscrits"],
            }
            for row in seances_with_counts(call.connection, call.organisme_id)
        ]
    }


@subject.post(
    "/seances",
    "Prévoir une séance",
    shapes.Cree,
    status=201,
    asks=SEANCE_FIELDS,
    example=_EXAMPLE,
)
def plan_seance(call: Call) -> Answer:
    """Plan a séance. Raises Invalid."""
    id = create_seance(
        call.session, call.house.engine, call.identity, call.body, call.now, call.key
    )
    return Answer({"id": id}, location=f"{PREFIX}/seances/{id}")


@subject.get("/seances/{seance_id}", "Une séance et ses dossiers", shapes.Seance)
def seance(call: Call) -> shapes.Seance:
    """A séance and the dossiers inscribed. Raises NotFound."""
    id = call.id("seance_id")
    row = SEANCES.read(call.connection, call.organisme_id, id)
    lines = dossiers_of_seance(call.connection, call.organisme_id, id)
    return {
        "id": id,
        "comite": row["comite"],
        "tenue_le": row["tenue_le"],
        "lieu": row["lieu"],
        "cloture_inscriptions": row["cloture_inscriptions"],
        "dossiers": [told_line(each) for each in lines],
        "version": row["lock_version"],
    }


@subject.put(
    "/seances/{seance_id}",
    "Changer une séance",
    shapes.Seance,
    asks=SEANCE_FIELDS,
    versioned=True,
    example=_EXAMPLE,
)
def change_seance(call: Call) -> shapes.Seance:
    """Keep the changes of a séance. Raises Invalid, NotFound, Stale."""
    modify_seance(
        call.session,
        call.house.engine,
        call.identity,
        call.id("seance_id"),
        call.body,
        call.now,
        call.version,
    )
    return seance(call)
