"""Keeping what is being typed: a draft for each person and form, for a few weeks at most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, select
from sqlmodel import Session

from grants.dossiers.answers import REASON
from grants.dossiers.brouillons.tables import Brouillon
from grants.dossiers.reading import read_subject
from grants.organisation.identity import Identity
from workflow import journal
from workflow.conflicts import insert_into
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, TooBig
from workflow.fields import UnknownField
from workflow.pipeline import Pipeline

KEPT_FOR = timedelta(weeks=6)
#: Characters of one draft, every answer and name counted.
LARGEST = 60_000
FICHE, ACTION = "fiche", "action"
_B = table_of(Brouillon)
Typed = Mapping[str, "str | list[str]"]


class DraftTooBig(TooBig):
    """Ce texte est trop long pour être gardé en brouillon. Enregistrez-le, ou raccourcissez-le."""

    code = "brouillon_trop_gros"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed in a form, and the version of the dossier that was on screen."""

    formulaire: str
    answers: Typed
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Typing:
    """A form as it stands while somebody types. `key` is the one it will be saved with."""

    dossier_id: int
    formulaire: str
    answers: Typed
    version: int | None
    key: str | None


def save_draft(
    session: Session, engine: Engine, identity: Identity, typing: Typing, now: datetime
) -> bool:
    """Keep what is typed; False when the form was saved meanwhile. Never commits.

    Raises NotFound, ReadOnly, Invalid for a field that the form has not, DraftTooBig.
    """
    identity.require_writer()
    connection, id = session.connection(), typing.dossier_id
    subject = read_subject(connection, engine, identity.organisme_id, id, lock=False)
    asked = fields_of(engine.machine(subject).pipeline, typing.formulaire)
    unknown = {name: str(UnknownField()) for name in typing.answers if name not in asked}
    if unknown:
        raise Invalid(unknown)
    written = json.dumps(typing.answers)
    if len(written) > LARGEST:
        raise DraftTooBig
    # A draft that comes after the form itself would bring back what is saved already.
    if typing.key and journal.find_by_key(connection, subject.tenant_id, typing.key):
        return False
    version = subject.lock_version if typing.version is None else typing.version
    changed = {"lock_version": version, "reponses": written, "enregistre_le": now}
    form = {"compte_id": identity.compte_id, "dossier_id": id, "formulaire": typing.formulaire}
    row = {**form, **changed, "organisme_id": subject.tenant_id}
    connection.execute(
        insert_into(connection.dialect.name, _B)
        .values(row)
        .on_conflict_do_update(index_elements=list(form), set_=changed)
    )
    return True


def fields_of(pipeline: Pipeline, formulaire: str) -> frozenset[str]:
    """The names of a form's answers: « fiche-projet », « action-ajourner ». Raises NotFound."""
    kind, _, key = formulaire.partition("-")
    sheet = pipeline.sheet(key) if kind == FICHE else None
    if sheet is not None:
        return frozenset(field.key for field in sheet.fields)
    actions = [each for each in pipeline.actions if kind == ACTION and each.key == key]
    if not actions:
        raise NotFound
    return frozenset({REASON, *(field.key for each in actions for field in each.fields)})


def drafts_of(
    connection: Connection, identity: Identity, dossier_id: int, now: datetime
) -> dict[str, Draft]:
    """One's own drafts on a dossier, by form, the latest first."""
    query = (
        select(_B.c.formulaire, _B.c.reponses, _B.c.lock_version, _B.c.enregistre_le)
        .where(*_mine(identity, dossier_id), _B.c.enregistre_le > now - KEPT_FOR)
        .order_by(_B.c.enregistre_le.desc(), _B.c.id)
    )
    return {
        form: Draft(form, json.loads(answers), version, at)
        for form, answers, version, at in connection.execute(query)
    }


def drop_draft(session: Session, identity: Identity, dossier_id: int, formulaire: str) -> None:
    """Forget a draft: its form was saved, or its writer wants it no more. Never commits."""
    mine = and_(*_mine(identity, dossier_id))
    session.connection().execute(delete(_B).where(mine, _B.c.formulaire == formulaire))


def drop_old_drafts(database: Database, now: datetime) -> int:
    """Forget the drafts that nobody came back to; how many. In a transaction of its own."""
    with database.unit_of_work() as session:
        old = delete(_B).where(_B.c.enregistre_le <= now - KEPT_FOR)
        return session.connection().execute(old).rowcount


def _mine(identity: Identity, dossier_id: int) -> tuple:
    return (
        _B.c.organisme_id == identity.organisme_id,
        _B.c.compte_id == identity.compte_id,
        _B.c.dossier_id == dossier_id,
    )
