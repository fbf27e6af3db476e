"""What an action would answer on a dossier, were it asked for now: nothing is written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from grants.dossiers.advance import Demand
from grants.dossiers.answers import read_answers
from grants.dossiers.reading import read_subject, situation_of
from grants.organisation.identity import Identity
from workflow.engine import Engine
from workflow.errors import DomainError, Invalid, NotFound, Refused, UnknownAction


def rehearse(
    connection: Connection, engine: Engine, identity: Identity, demand: Demand, now: datetime
) -> tuple[str, ...]:
    """Every sentence that the demand would be refused with; none when it would pass.

    The same guards over the same facts as `advance`. Raises NotFound.
    """
    subject = read_subject(connection, engine, identity.organisme_id, demand.dossier_id, lock=False)
    try:
        action = engine.find(subject, demand.action)
        answers = read_answers(connection, engine, subject, action, demand.answers, demand.reason)
        needed = engine.facts_needed(subject, action.key)
        situation = situation_of(connection, engine, subject, identity, now, needed)
        engine.apply(situation, action.key, answers.values, answers.reason)
    except (Refused, Invalid, UnknownAction) as error:
        return sentences_of(error)
    return ()


def sentences_of(error: DomainError) -> tuple[str, ...]:
    """Every reason that an error gives, each once. Raises it again where it names no dossier."""
    if isinstance(error, Refused):
        return tuple(dict.fromkeys(refusal.message for refusal in error.refusals))
    if isinstance(error, Invalid):
        return tuple(dict.fromkeys(error.faults.values()))
    if isinstance(error, NotFound) and not isinstance(error, UnknownAction):
        raise error
    return (str(error),)
