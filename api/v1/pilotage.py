"""The figures of a pipeline over a period, who has what in hand, where, against another period."""

from __future__ import annotations

from collections.abc import Callable

from api.presentation.figures import landmarks_of, targets_of
from api.presentation.periods import PeriodAsked, read_period
from api.v1.contract import Call, Subject
from api.v1.dispositifs import pipeline_of
from api.v1.shapes.organisme import Charge, Chiffres, Objectif, Pilotage, Repartition
from grants.dossiers.filters import late_before
from grants.organisation.queries import customs_of
from grants.rapport.amounts import Cell, amounts_of
from grants.rapport.figures import Figures, Landmarks, figures_of
from grants.rapport.tally import Tally
from grants.rapport.workload import Load, workload
from workflow.dates import to_paris
from workflow.errors import Invalid
from workflow.pipeline import Pipeline

subject = Subject("Pilotage")
_QUERY = {
    "du": "Premier jour (AAAA-MM-JJ) ; l’année en cours sans rien dire.",
    "au": "Dernier jour.",
    "avec_du": "Premier jour de la période comparée.",
    "avec_au": "Son dernier jour.",
}


@subject.get("/pilotage/{key}", "Les chiffres d’un dispositif", Pilotage, query=_QUERY)
def pilotage(call: Call) -> Pilotage:
    """The funnel, the times, the amounts, the workload, where. Raises Invalid, NotFound."""
    pipeline = pipeline_of(call.house.engine, call.path["key"])
    asked = read_period(call.query, to_paris(call.now).date())
    if asked.faults:
        raise Invalid(asked.faults)
    marks = landmarks_of(pipeline)
    tally = Tally(call.connection, call.organisme_id)
    figures = figures_of(tally, marks, asked.period)
    compared = None
    if asked.compared is not None:
        other = figures_of(tally, marks, asked.compared)
        compared = _figures(pipeline, other)
    return {
        **_figures(pipeline, figures),
        "dispositif": pipeline.key,
        "compare": compared,
        "charge": _loads(call, tally, pipeline, asked),
        "departements": _spread(marks, figures, lambda cell: cell.departement),
        "secteurs": _spread(marks, figures, lambda cell: cell.secteur),
        "objectifs": _targets(call, tally, pipeline, asked),
    }


def _figures(pipeline: Pipeline, figures: Figures) -> Chiffres:
    amounts, times = figures.amounts, figures.times
    return {
        "du": figures.period.since,
        "au": figures.period.until,
        "ouverts": amounts.ouverts,
        "demande": amounts.demande,
        "retenus": amounts.retenus,
        "accorde": amounts.accorde,
        "accordes": amounts.accordes,
        "sortis_sans_aboutir": figures.stopped,
        "seances": {
            "nombre": figures.sessions.held,
            "presences": figures.sessions.came,
            "minutes": figures.sessions.minutes,
        },
        "entonnoir": [
            {
                "etape": stage.key,
                "libelle": stage.label,
                "nombre": figures.entered.get(stage.key, 0),
            }
            for stage in pipeline.stages
        ],
        "temps": [
            {
                "etape": stage.key,
                "libelle": stage.label,
                "sejours": times[stage.key].count,
                "mediane": times[stage.key].median,
                "neuvieme_decile": times[stage.key].ninth,
            }
            for stage in pipeline.stages
            if stage.key in times
        ],
    }


def _loads(call: Call, tally: Tally, pipeline: Pipeline, asked: PeriodAsked) -> list[Charge]:
    """Each referent's dossiers, nobody's last."""
    customs = customs_of(call.connection, call.organisme_id)
    limits = late_before(pipeline, to_paris(call.now).date(), customs)
    found = workload(tally, pipeline, asked.period, limits)
    return [_load(each) for each in found]


def _load(load: Load) -> Charge:
    return {
        "referent_id": load.referent_id,
        "nom": load.nom,
        "ouverts": load.total,
        "par_etape": load.open,
        "en_retard": load.late,
        "avances": load.moved,
    }


def _spread(
    marks: Landmarks, figures: Figures, of: Callable[[Cell], str | None]
) -> list[Repartition]:
    """One line for each place that counts something, the fullest first, nowhere last."""
    by_place: dict[str | None, list[Cell]] = {}
    for cell in figures.cells:
        by_place.setdefault(of(cell), []).append(cell)
    found = [
        (place, amounts_of(cells, marks.opening, marks.granting))
        for place, cells in by_place.items()
    ]
    found.sort(key=lambda each: (each[0] is None, -each[1].ouverts, -each[1].retenus, each[0]))
    return [
        {
            "cle": place,
            "ouverts": amounts.ouverts,
            "demande": amounts.demande,
            "retenus": amounts.retenus,
            "accorde": amounts.accorde,
        }
        for place, amounts in found
    ]


def _targets(call: Call, tally: Tally, pipeline: Pipeline, asked: PeriodAsked) -> list[Objectif]:
    """What was promised for a year and for three, and what is done."""
    customs = customs_of(call.connection, call.organisme_id)
    year = (asked.period.until or to_paris(call.now).date()).year
    found = targets_of(tally, call.house.engine, pipeline, customs, year)
    return [{"libelle": each.label, "atteint": each.reached, "vise": each.goal} for each in found]
