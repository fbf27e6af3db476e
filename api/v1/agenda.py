"""The agenda: reminders, appointments, séances and tâches to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.v1.contract import Answer, Call, Subject
from api.v1.days import day_asked, midnight
from api.v1.given import number_of
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.shapes.agenda import ChoseAgenda, PageAgenda
from grants.relances.agenda import KINDS, AgendaLine, Narrowing, agenda
from workflow.dates import to_paris
from workflow.errors import Invalid

subject = Subject("Agenda")
_UNKNOWN = "Cette valeur n’est pas connue ici."
_FILTERS = {
    "du": "À partir de ce jour (AAAA-MM-JJ) ; d’aujourd’hui sans rien dire.",
    "au": "Jusqu’à ce jour ; un mois plus tard sans rien dire.",
    "qui": "L’id d’un collègue ; 0 pour ce qui n’est à personne.",
    "dispositif": "La clé d’un dispositif.",
    "quoi": "Une ou plusieurs natures, séparées par des virgules : " + ", ".join(KINDS) + ".",
}
_MONTH, _LONGEST = timedelta(days=31), timedelta(days=366)


@subject.get("/agenda", "L’agenda", PageAgenda, query={**_FILTERS, **PAGING})
def coming(call: Call) -> Answer:
    """Reminders, appointments, séances and tâches to come, soonest first. Raises Invalid."""
    size, place = page_size(call), place_asked(call)
    after = None if place is None else (datetime.fromisoformat(place[0]), place[1], place[2])
    span, narrowing = _asked(call)
    engine = call.house.engine
    found = agenda(call.connection, engine, call.organisme_id, span, narrowing, size + 1, after)
    following = None
    if len(found) > size:
        at, rank, id = found[size - 1].key
        following = next_url(call, [at.isoformat(), rank, id])
    data: PageAgenda = {"agenda": [_line(each) for each in found[:size]], "suivant": following}
    return Answer(data, next=following)


def _line(line: AgendaLine) -> ChoseAgenda:
    dossier = line.dossier
    return {
        "nature": line.kind,
        "id": line.id,
        "le": line.at,
        "libelle": line.label,
        "en_pause": line.held,
        "dossier": None if dossier is None else {"id": dossier.id, "nom": dossier.reference},
        "seance": None if line.seance_id is None else {"id": line.seance_id, "nom": line.seance},
        "lettre": line.letter,
        "lieu": line.place,
        "pour": line.pour,
    }


def _asked(call: Call) -> tuple[tuple[datetime, datetime], Narrowing]:
    """The span and the filters of an address. Raises Invalid."""
    query, faults = call.query, dict[str, str]()
    first = day_asked(query, "du", faults) or to_paris(call.now).date()
    last = day_asked(query, "au", faults)
    last = first + _MONTH if last is None else last
    kinds = tuple(query["quoi"].split(",")) if "quoi" in query else KINDS
    qui, pipeline = query.get("qui"), query.get("dispositif")
    if not timedelta() <= last - first <= _LONGEST and "au" not in faults:
        faults["au"] = "Choisissez un jour dans l’année qui suit le premier."
    if any(kind not in KINDS for kind in kinds):
        faults["quoi"] = _UNKNOWN
    if qui is not None and number_of(qui) is None:
        faults["qui"] = _UNKNOWN
    if pipeline is not None and call.house.engine.catalogue.latest(pipeline) is None:
        faults["dispositif"] = _UNKNOWN
    if faults:
        raise Invalid(faults)
    who = None if qui is None else number_of(qui)
    span = (midnight(first), midnight(last + timedelta(days=1)))
    return span, Narrowing(who, pipeline, kinds, held=True)
