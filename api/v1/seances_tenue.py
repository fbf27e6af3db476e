"""A séance held: moved on, its agenda, its presences, its minutes."""

from __future__ import annotations

import json
from typing import Any

from api.v1.contract import Answer, Call, Subject
from api.v1.dispositifs import Place, action_schema
from api.v1.dossiers import told_refusal
from api.v1.given import number_of
from api.v1.shapes.plain import Change
from api.v1.shapes.seances_tenues import EtapeSeance, GestesSeance, ProcesVerbal
from api.v1.shapes.votes import OrdreDuJour
from api.v1.told_seance import seen, told_passage
from grants.comites.agenda import NOTE_FIELDS, order_agenda, write_note
from grants.comites.minutes import REMARKS_FIELD, keep_remarks, minutes_row, read_minutes
from grants.comites.moves import SeanceDemand, advance_seance
from grants.comites.papiers.attente import print_at_once
from grants.comites.reading import read_sitting, situation_of
from grants.dossiers.answers import REASON

subject = Subject("Séances tenues")
_ONE = "/seances/{seance_id}"
_ORDER = {
    "type": "object",
    "properties": {"ordre": {"type": "array", "items": {"type": "string"}, "maxItems": 500}},
    "required": ["ordre"],
    "additionalProperties": False,
}


@subject.get(f"{_ONE}/gestes", "Ce que l’on peut en faire, et pourquoi non", GestesSeance)
def gestes(call: Call) -> GestesSeance:
    """Each action of the stage, with all the reasons against it. Raises NotFound."""
    engine = call.house.engine
    found = read_sitting(call.connection, call.organisme_id, call.id("seance_id"), lock=False)
    needed = engine.facts_needed(found)
    where = situation_of(call.connection, engine, found, call.identity, call.now, needed)
    place = Place(call.connection, engine, call.organisme_id)
    return {
        "etape": found.stage,
        "gestes": [
            {
                "cle": each.action.key,
                "libelle": each.action.label,
                "possible": each.allowed,
                "raisons": [told_refusal(one) for one in each.refusals],
                "motif_demande": each.action.reason,
                "schema": action_schema(place, each.action),
            }
            for each in engine.actions(where)
        ],
        "version": found.lock_version,
    }


@subject.post(
    f"{_ONE}/gestes/{{geste}}",
    "Faire avancer une séance",
    EtapeSeance,
    asks=None,
    versioned=True,
    example={},
)
def act(call: Call) -> Answer:
    """Move a séance. Raises NotFound, Refused with every reason, Invalid, Stale."""
    answers = {name: value for name, value in call.body.items() if name != REASON}
    reason = call.text(REASON) or None
    place = (call.id("seance_id"), call.path["geste"])
    demand = SeanceDemand(*place, answers, reason, call.version, call.key)
    advance_seance(call.session, call.house.engine, call.identity, demand, call.now)
    moved = read_sitting(call.connection, call.organisme_id, place[0], lock=False)
    told: EtapeSeance = {"id": moved.id, "etape": moved.stage, "version": moved.lock_version}
    mine = (call.house.database, call.organisme_id, moved.id, call.now)
    return Answer(told, later=lambda: print_at_once(*mine))


@subject.get(f"{_ONE}/dossiers", "L’ordre du jour, les votes et les décisions", OrdreDuJour)
def agenda(call: Call) -> OrdreDuJour:
    """Every dossier of the agenda. Raises NotFound."""
    sight = seen(call)
    return {"dossiers": [told_passage(sight, each) for each in sight.items]}


@subject.put(
    f"{_ONE}/ordre",
    "Ordonner l’ordre du jour",
    OrdreDuJour,
    asks=None,
    schema=_ORDER,
    example={"ordre": ["14", "12"]},
)
def order(call: Call) -> OrdreDuJour:
    """Give the dossiers their order. Raises NotFound, Invalid, SeanceOver."""
    asked = call.body.get("ordre") or []
    ids = [number_of(each) or 0 for each in ([asked] if isinstance(asked, str) else asked)]
    order_agenda(call.session, call.identity, call.id("seance_id"), ids, call.now)
    return agenda(call)


@subject.put(
    f"{_ONE}/dossiers/{{dossier_id}}/note",
    "Écrire la note d’un dossier",
    Change,
    asks=NOTE_FIELDS,
    example={"note": "Deux emplois créés.", "avis_charge": "Favorable", "minutes": "20"},
)
def keep_note(call: Call) -> Change:
    """Keep the note for the members. Raises NotFound, NotOnTheAgenda, Invalid, SeanceOver."""
    place = (call.id("seance_id"), call.id("dossier_id"))
    return {"change": write_note(call.session, call.identity, *place, call.body, call.now)}


@subject.get(f"{_ONE}/pv", "Le procès-verbal", ProcesVerbal)
def minutes(call: Call) -> ProcesVerbal:
    """The minutes as they stand. Raises NotFound."""
    found = read_sitting(call.connection, call.organisme_id, call.id("seance_id"), lock=False)
    row: dict[str, Any] = minutes_row(call.connection, found.id) or {}
    frozen = row.get("donnees")
    data = json.loads(frozen) if frozen else read_minutes(call.connection, found)
    return {
        "remarques": row.get("remarques", ""),
        "empreinte": row.get("empreinte"),
        "valide_par": row.get("valide_par"),
        "valide_le": row.get("valide_le"),
        "donnees": data,
        "version": row.get("version", 0),
    }


@subject.put(
    f"{_ONE}/pv/remarques",
    "Écrire les remarques du procès-verbal",
    ProcesVerbal,
    asks=(REMARKS_FIELD,),
    versioned=True,
    example={"remarques": "La séance s’est tenue sans incident."},
)
def remark(call: Call) -> ProcesVerbal:
    """Keep the remarks. Raises NotFound, Invalid, Stale, SeanceOver."""
    asked = (call.session, call.identity, call.id("seance_id"), call.body)
    keep_remarks(*asked, call.now, call.version)
    return minutes(call)
