"""A counter that lives: while time passes, its clock does what is due, and its letters leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from api.mailing import mailroom_of
from api.settings import Settings
from api.simulation import Play
from grants.relances import envois
from grants.relances.envois import Choice
from notifications.courrier_table import Courrier
from notifications.outbox import A_VALIDER
from notifications.transports import MemoryTransport, Transport
from tests.builders.dossiers import Counter
from workflow.database import table_of

_C = table_of(Courrier)


@dataclass
class Living(Counter):
    """Time passes moment by moment; decision letters are sent by hand the day they are written."""

    settings: Settings = field(default_factory=Settings)
    transport: Transport = field(default_factory=MemoryTransport)

    def wait(self, **delay: float) -> datetime:
        """Let time pass, as the clock of a server does."""
        return self.live_until(self.now + timedelta(**delay))

    def live_until(self, moment: datetime) -> datetime:
        """Everything that is due until then, at its moment."""
        play = Play(self.settings, self.database, self.engine, self.now, self.transport)
        play.until(self.now)
        self.send_what_waits()
        play.until(moment)
        self.now = moment
        return moment

    def send_what_waits(self) -> int:
        """« Envoyer », for each letter that waits for it."""
        with self.database.reading() as session:
            query = select(_C.c.id).where(_C.c.state == A_VALIDER).order_by(_C.c.id)
            waiting = list(session.connection().execute(query).scalars())
        room = mailroom_of(self.settings, self.engine)
        for id in waiting:
            envois.send(self.database, room, self.charge, Choice(id), self.now)
        return len(waiting)

    def take_to_end_of(self, porteur: int) -> int:
        """A new dossier of somebody, slow enough to be reminded at each stage, to its very end."""
        self.open(porteur_id=porteur, values={"titre": "Un jardin partagé"})
        self.wait(days=25)
        self._accueillir()
        self._accompagner()
        self.wait(days=40)
        self._inscrire_cts()
        self._selectionner()
        self._conventionner()
        self._receptionner_bilan()
        self._solder()
        self.wait(days=60)
        return self.dossier
