"""What a dossier has become ready for: kept on its row, so that a morning's page only reads it.

`pret_pour` names the action forward that no rule stands against any more; only its form is
missing. `pret_depuis` says since when, where that came after the stage was entered: a stage
whose next action is open from the start (a project under way, whose bilan may be received any
day) asks nobody for anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from grants.dossiers.columns import kept_values
from grants.dossiers.reading import situation_of
from grants.dossiers.tables import Dossier
from grants.organisation.identity import software
from workflow.database import table_of
from workflow.engine import Engine
from workflow.pipeline import Action
from workflow.statements import Statement
from workflow.subject import Subject

_D = table_of(Dossier)
_NOTE = Statement(
    update(_D)
    .where(_D.c.id == bindparam("id_"))
    .values(pret_pour=bindparam("pour_"), pret_depuis=bindparam("depuis_"))
)
#: In `pret_pour`: nobody has looked at this dossier yet.
UNSEEN = ""


def follow_readiness(
    connection: Connection, engine: Engine, subject: Subject, now: datetime
) -> bool:
    """Note what the dossier is ready for, where that changed. True if it did.

    It leaves the version as it was: nobody's form becomes out of date.
    """
    found = readiness(connection, engine, subject, now)
    known, since = subject.row["pret_pour"], subject.row["pret_depuis"]
    if found == known:
        return False
    became = found is not None and known is None and now > subject.stage_since
    # Another action is open instead of the first: it has been waiting as long.
    depuis = now if became else since if found is not None else None
    _NOTE.run_on_one(connection, {"id_": subject.id, "pour_": found, "depuis_": depuis})
    subject.row = {**subject.row, "pret_pour": found, "pret_depuis": depuis}
    return True


def ready_on_entry(
    connection: Connection,
    engine: Engine,
    subject: Subject,
    changes: Mapping[str, Any],
    now: datetime,
) -> str | None:
    """What a dossier that enters its stage with these columns is ready for, if its row tells.

    Written with the move, it spares the row a second writing. Where it hangs on more than the row
    nothing is said yet: `follow_readiness` comes at the end.
    """
    if any(engine.facts_needed(subject, each.key) for each in engine.forward(subject)):
        return None
    row = {**subject.row, **changes}
    values = kept_values(row, engine.machine(subject).fields, engine.vocabulary.field_types)
    return readiness(connection, engine, replace(subject, row=row, values=values), now)


def readiness(
    connection: Connection, engine: Engine, subject: Subject, now: datetime
) -> str | None:
    """The key of the action that the dossier is ready for as it stands."""
    actions = engine.forward(subject)
    if not actions:
        return None
    facts = {fact for each in actions for fact in engine.facts_needed(subject, each.key)}
    identity = software(subject.tenant_id)
    situation = situation_of(connection, engine, subject, identity, now, facts)
    ready = engine.ready_for(situation)
    return ready.key if ready else None


def stages_that_time_changes(
    engine: Engine, *, everywhere: bool = False
) -> list[tuple[str, int, str]]:
    """(pipeline, version, stage) whose next action hangs on what no service of a dossier sees.

    A séance that is held, another one that opens. `everywhere`: all that have a next action.
    """
    found: list[tuple[str, int, str]] = []
    for loaded in engine.catalogue.every_of():
        pipeline = loaded.pipeline
        for action in pipeline.actions:
            onwards = action.roles and action.tone == "avance"
            if onwards and (everywhere or _depends(engine, action)):
                found += [
                    (pipeline.key, pipeline.version, each) for each in pipeline.origins(action)
                ]
    return list(dict.fromkeys(found))


def _depends(engine: Engine, action: Action) -> bool:
    guards, facts = engine.vocabulary.guards, engine.vocabulary.facts
    needed = (name for reference in action.guards for name in guards[reference.name].facts)
    return any(facts[name].outside for name in needed)
