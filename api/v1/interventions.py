"""The time spent on structures: noted, corrected, taken back, listed, by weeks, as files."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from api.exports.interventions import interventions_file
from api.exports.kinds import CSV, XLSX
from api.presentation.intervention_list import read_looked
from api.presentation.interventions import monday_of
from api.v1.contract import Answer, Call, Subject
from api.v1.given import number_of
from api.v1.paging import PAGING, next_url, page_size, place_asked
from api.v1.routes import PREFIX
from api.v1.shapes.interventions import (
    Intervention,
    PageInterventions,
    SemaineInterventions,
    TotalInterventions,
)
from api.v1.shapes.plain import Cree, Named
from grants.interventions.fields import DOSSIER_FIELDS, intervention_fields
from grants.interventions.queries import (
    DAYS_OF_A_WEEK,
    Kept,
    Line,
    one_line,
    page_of,
    total_of,
    week_of,
)
from grants.interventions.service import (
    NewIntervention,
    correct_intervention,
    log_intervention,
    take_back_intervention,
)
from workflow.dates import DateFault, parse_date, to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.pipeline import Field

subject = Subject("Interventions")
_HOME, _ONE = "/interventions", "/interventions/{intervention_id}"
_DONE = {"nature": "visite", "le": "2026-03-10", "duree": "1h30", "km": "24"}
_EXAMPLE = {"structure": "Structure de Aide 34", "dispositif": "iae", **_DONE}


def _asked(engine: Engine, *, changing: bool = False) -> tuple[Field, ...]:
    """A program may name a structure as a person does, by its name or SIRET, or by its id."""
    return tuple(
        each.model_copy(update={"type": "texte"}) if each.key == "structure" else each
        for each in intervention_fields(engine, changing=changing)
    )


_FILTERS = {
    "qui": "L’id d’un collègue.",
    "structure": "L’id d’une structure, son SIRET ou son nom.",
    "dispositif": "La clé d’un dispositif.",
    "nature": "La nature : entretien, visite, telephone, reunion, groupe_de_travail…",
    "du": "À partir de ce jour (AAAA-MM-JJ).",
    "au": "Jusqu’à ce jour.",
    "dossier": "L’id d’un dossier.",
}
_WEEK = {"qui": "L’id d’un collègue ; vous, sans rien dire.", "semaine": "Un jour de la semaine."}


@subject.get(_HOME, "Les interventions", PageInterventions, query={**_FILTERS, **PAGING})
def interventions(call: Call) -> Answer:
    """One page, latest first, and what the whole list comes to. Raises Invalid."""
    kept, size, place = _kept(call), page_size(call), place_asked(call)
    page = page_of(call.connection, call.organisme_id, kept, place[0] if place else None, size)
    following = None if page.next is None else next_url(call, [page.next])
    data: PageInterventions = {
        "interventions": [_told(each) for each in page.lines],
        "total": _total(call, kept),
        "suivant": following,
    }
    return Answer(data, next=following)


@subject.get(f"{_HOME}/semaine", "La semaine d’une personne", SemaineInterventions, query=_WEEK)
def week(call: Call) -> SemaineInterventions:
    """Somebody's week. Raises Invalid."""
    qui = number_of(call.query["qui"]) if "qui" in call.query else call.identity.compte_id
    if qui is None:
        raise Invalid({"qui": "Donnez l’id d’un collègue."})
    monday = monday_of(_day(call))
    lines = week_of(call.connection, call.organisme_id, qui, monday)
    sunday = monday + timedelta(days=DAYS_OF_A_WEEK - 1)
    return {
        "lundi": monday,
        "interventions": [_told(each) for each in lines],
        "total": _total(call, Kept(qui=qui, du=monday, au=sunday)),
    }


@subject.get(
    "/interventions.xlsx", "Les interventions en classeur", None, media=(XLSX,), query=_FILTERS
)
def workbook(call: Call) -> Answer:
    """What is filtered as a workbook, latest first. Raises Invalid."""
    return _file(call, "xlsx")


@subject.get("/interventions.csv", "Les interventions en CSV", None, media=(CSV,), query=_FILTERS)
def table(call: Call) -> Answer:
    """What is filtered as a CSV file, latest first. Raises Invalid."""
    return _file(call, "csv")


@subject.post(
    _HOME,
    "Noter une intervention",
    Cree,
    status=201,
    asks=_asked,
    example=_EXAMPLE,
)
def note(call: Call) -> Answer:
    """Note the time that was spent. Raises Invalid."""
    return _noted(call, NewIntervention(call.body, key=call.key))


@subject.post(
    "/dossiers/{dossier_id}/interventions",
    "Noter une intervention sur un dossier",
    Cree,
    status=201,
    asks=DOSSIER_FIELDS,
    example=_DONE,
)
def note_on_dossier(call: Call) -> Answer:
    """Note the time that was spent on a dossier. Raises Invalid, NotFound."""
    return _noted(call, NewIntervention(call.body, call.id("dossier_id"), call.key))


@subject.get(_ONE, "Une intervention", Intervention)
def intervention(call: Call) -> Intervention:
    """One intervention. Raises NotFound, also for one that was taken back."""
    line = one_line(call.connection, call.organisme_id, call.id("intervention_id"))
    if line is None:
        raise NotFound
    return _told(line)


@subject.put(
    _ONE,
    "Corriger une intervention",
    Intervention,
    asks=partial(_asked, changing=True),
    versioned=True,
    example=_EXAMPLE,
)
def correct(call: Call) -> Intervention:
    """Say otherwise what was done. Raises Invalid, NotFound, Stale."""
    id, engine = call.id("intervention_id"), call.house.engine
    asked = (call.body, call.now, call.version)
    correct_intervention(call.session, engine, call.identity, id, *asked)
    return intervention(call)


@subject.delete(_ONE, "Retirer une intervention", TotalInterventions)
def take_back(call: Call) -> TotalInterventions:
    """It counts no more; what is left of that day for whoever it was. Raises NotFound."""
    id, engine = call.id("intervention_id"), call.house.engine
    line = one_line(call.connection, call.organisme_id, id)
    take_back_intervention(call.session, engine, call.identity, id, call.now, call.version)
    if line is None:
        return {"nombre": 0, "minutes": 0, "km": 0, "structures": 0}
    return _total(call, Kept(qui=line.compte_id, du=line.le, au=line.le))


def _noted(call: Call, new: NewIntervention) -> Answer:
    id = log_intervention(call.session, call.house.engine, call.identity, new, call.now)
    return Answer({"id": id}, location=f"{PREFIX}{_HOME}/{id}")


def _kept(call: Call) -> Kept:
    looked = read_looked(call.connection, call.house.engine, call.organisme_id, call.query)
    if looked.faults:
        raise Invalid(looked.faults)
    return looked.kept


def _day(call: Call) -> date:
    today = to_paris(call.now).date()
    try:
        return parse_date(call.query["semaine"]) if "semaine" in call.query else today
    except DateFault as fault:
        raise Invalid({"semaine": str(fault)}) from None


def _file(call: Call, ending: str) -> Answer:
    kept, today = _kept(call), to_paris(call.now).date()
    where = (call.house, call.organisme_id, kept)
    return Answer(file=interventions_file(*where, ending, today, "private, no-store"))


def _total(call: Call, kept: Kept) -> TotalInterventions:
    found = total_of(call.connection, call.organisme_id, kept)
    return {
        "nombre": found.nombre,
        "minutes": found.minutes,
        "km": found.km,
        "structures": found.structures,
    }


def _told(line: Line) -> Intervention:
    structure: Named | None = None
    if line.structure_id is not None:
        structure = {"id": line.structure_id, "nom": line.structure or ""}
    return {
        "id": line.id,
        "qui": {"id": line.compte_id, "nom": line.qui},
        "structure": structure,
        "dossier_id": line.dossier_id,
        "dispositif": line.dispositif,
        "nature": line.nature,
        "le": line.le,
        "minutes": line.minutes,
        "km": line.km,
        "note": line.note,
        "version": line.version,
    }
