"""The figures of a pipeline over a period."""

from __future__ import annotations

from api.presentation.figures import landmarks_of
from api.presentation.periods import read_period
from api.v1 import shapes
from api.v1.contract import Call, Subject
from api.v1.dispositifs import pipeline_of
from grants.rapport.amounts import amounts_of, cells_of
from grants.rapport.queries import funnel, times_in_stages
from workflow.dates import to_paris
from workflow.errors import Invalid

subject = Subject("Pilotage")


@subject.get(
    "/pilotage/{key}",
    "Les chiffres d’un dispositif",
    shapes.Pilotage,
    query={
        "du": "Premier jour (AAAA-MM-JJ) ; l’année en cours sans rien dire.",
        "au": "Dernier jour.",
    },
)
def pilotage(call: Call) -> shapes.Pilotage:
    """The funnel, the time in each stage, what was asked and granted. Raises Invalid, NotFound."""
    pipeline = pipeline_of(call.house.engine, call.path["key"])
    asked = read_period(call.query, to_paris(call.now).date())
    if asked.faults:
        raise Invalid(asked.faults)
    connection, organisme_id, period = call.connection, call.organisme_id, asked.period
    counts = funnel(connection, organisme_id, pipeline.key, period)
    times = times_in_stages(connection, organisme_id, pipeline.key, period)
    marks = landmarks_of(pipeline)
    ends = (marks.opening, marks.granting)
    amounts = amounts_of(cells_of(connection, organisme_id, pipeline.key, period, ends), *ends)
    return {
        "dispositif": pipeline.key,
        "du": period.since,
        "au": period.until,
        "demande": amounts.demande,
        "accorde": amounts.accorde,
        "retenus": amounts.retenus,
        "entonnoir": [
            {"etape": stage.key, "libelle": stage.label, "nombre": counts.get(stage.key, 0)}
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
