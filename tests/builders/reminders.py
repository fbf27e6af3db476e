"""Reminders seen from outside: what is due on dossiers, and the letters that were prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from grants.organisation.people import find_or_create_personne
from grants.relances.service import Swept, sweep
from notifications.courrier_table import AdresseSuspendue, Courrier, CourrierRappel
from tests.builders.dossiers import Counter
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine

_NUMBERS = count(1)
_E, _C, _R = table_of(Echeance), table_of(Courrier), table_of(CourrierRappel)


def sweep_at(counter: Counter, now: datetime) -> Swept:
    """What the clock does at that moment."""
    counter.now = now
    return sweep(counter.database, counter.engine, now)


def somebody(counter: Counter, nom: str = "Ana Porteuse", email: str | None = "") -> int:
    """A personne to whom dossiers may belong; None: without an address."""
    if email == "":
        email = f"somebody{next(_NUMBERS)}@porteur.example"
    with counter.database.unit_of_work() as session:
        return find_or_create_personne(session, counter.charge, nom, email, None, counter.now).id


def suspend(counter: Counter, email: str, reason: str = "rebond") -> None:
    """Nobody writes to this address any more."""
    values = {"tenant_id": counter.office.id, "email": email, "reason": reason}
    with counter.database.unit_of_work() as session:
        table = table_of(AdresseSuspendue)
        more = {"detail": "", "since": counter.now, "by": "Microprojets"}
        session.connection().execute(table.insert().values(**values, **more))


def due_of(counter: Counter, rule: str, occurrence: int = 1, dossier: int | None = None) -> Any:
    """One échéance of the dossier at hand, as it stands."""
    query = select(*_E.c).where(
        _E.c.subject_id == (dossier or counter.dossier),
        _E.c.rule == rule,
        _E.c.occurrence == occurrence,
    )
    with counter.database.reading() as session:
        return session.connection().execute(query.order_by(_E.c.id.desc())).first()


def states_of(counter: Counter, rule: str, dossier: int | None = None) -> list[str]:
    """The states of a rule's occurrences, in order."""
    query = select(_E.c.state).where(
        _E.c.subject_id == (dossier or counter.dossier), _E.c.rule == rule
    )
    with counter.database.reading() as session:
        return list(session.connection().execute(query.order_by(_E.c.occurrence)).scalars())


def reminders_sent(counter: Counter) -> list[Mapping[str, Any]]:
    """Every letter of reminders, oldest first, each with what it carries (`rappels`)."""
    with counter.database.reading() as session:
        connection = session.connection()
        letters = connection.execute(select(*_C.c).where(_C.c.reminder).order_by(_C.c.id))
        carried = connection.execute(select(*_R.c).order_by(_R.c.id)).mappings().all()
        return [
            {
                **row,
                "rappels": [dict(each) for each in carried if each["courrier_id"] == row["id"]],
            }
            for row in letters.mappings()
        ]


def mark_all(counter: Counter, state: str, **values: Any) -> None:
    """Behind everybody's back: what became of every letter of reminders."""
    frozen = {"digest": "0" * 64} if state in ("pret", "en_cours", "envoye") else {}
    with counter.database.unit_of_work() as session:
        changed = _C.update().where(_C.c.reminder).values(state=state, **frozen, **values)
        session.connection().execute(changed)


def with_letter(engine: Engine, key: str, **changes: Any) -> Engine:
    """The same engine, one letter of its catalogue being otherwise."""
    letters = dict(engine.vocabulary.letters)
    letters[key] = letters[key].model_copy(update=changes)
    return Engine(replace(engine.vocabulary, letters=letters), engine.catalogue)
