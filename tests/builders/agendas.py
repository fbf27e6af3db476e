"""A séance with several dossiers on its agenda."""

from __future__ import annotations

from sqlalchemy import update

from grants.comites.agenda import put_on_agenda
from grants.dossiers.tables import Dossier
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from workflow.database import table_of

_D = table_of(Dossier)


class Agenda:
    """The séance of a counter's dossier, and other dossiers heard after it."""

    def __init__(self, counter: Counter, more: int) -> None:
        self.hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
        self.dossiers = [counter.dossier]
        self.office = counter.office
        for rank in range(more):
            counter.dossier = 0
            counter.take_to("cts")
            self._inscribe(counter.dossier, f"Projet numéro {rank + 2}")

    def _inscribe(self, dossier: int, title: str) -> None:
        hearing = self.hearing
        with hearing.database.unit_of_work() as session:
            here = update(_D).where(_D.c.id == dossier)
            connection = session.connection()
            connection.execute(here.values(seance_id=hearing.seance, titre=title))
            put_on_agenda(connection, hearing.by, hearing.seance, dossier, hearing.now)
        self.dossiers.append(dossier)
