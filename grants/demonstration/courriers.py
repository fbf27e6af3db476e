"""The letters of a replayed past: written as they were, marked sent at their dates; none leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, text, update
from sqlmodel import Session

from grants.comites.rappels import SittingDue, see_to
from grants.comites.reading import KIND as SITTING
from grants.dossiers.reading import KIND
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.service import finish_task
from grants.dossiers.taches.tables import Tache
from grants.organisation.identity import Identity, software
from grants.organisation.tables import Compte
from grants.relances.courriers import LetterLedger, letterhead_for
from grants.relances.dues import Person
from grants.relances.preparing import prepare
from notifications.courrier_table import Courrier
from notifications.drafts import Draft, Row, with_reminders
from notifications.freezing import freeze
from notifications.letterhead import Letterhead
from notifications.letters import Letter
from notifications.messages import House
from notifications.outbox import ANNULE, AUTOMATIQUE, ENVOYE, PREPARE
from notifications.press import Press
from notifications.written import Incomplete, Unwritable
from workflow import echeances
from workflow.database import table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.statements import Statement

#: A letter that waits for somebody's « Envoyer » is still worth sending for a while.
WORTH_SENDING = timedelta(days=30)
#: What members were reminded of before each séance is told as far as somebody may look for it: a
#: dozen letters each time, for every séance of every year, would make the first start long.
WORTH_READING = timedelta(days=60)
#: What was asked of a colleague lately is still to be done.
LATELY = timedelta(days=10)
_C, _D, _E = table_of(Courrier), table_of(Dossier), table_of(Echeance)
_T, _K = table_of(Tache), table_of(Compte)
# Written out, not bound: the indexes are partial on them.
_TO_COME = text(f"echeance.state = '{echeances.PREVUE}'")
_TO_WRITE = text(f"courrier.state = '{PREPARE}'")
_PREPARED = Statement(
    select(*_C.c).where(_TO_WRITE, _C.c.tenant_id == bindparam("tenant")).order_by(_C.c.id)
)
_SIGNER = Statement(
    select(_K.c.id, _K.c.nom)
    .join(_D, _D.c.referent_id == _K.c.id)
    .where(_D.c.id == bindparam("dossier"))
)
_SETTLED = ("state", "sent_at", "settled_at")
_SETTLE = Statement(
    update(_C)
    .where(_C.c.id == bindparam("courrier"))
    .values({name: bindparam(name) for name in _SETTLED})
)
_OF_SITTINGS = (
    select(_E.c.id, _E.c.subject_id, _E.c.due_at)
    .where(_TO_COME, _E.c.tenant_id == bindparam("tenant"), _E.c.due_at < bindparam("moment"))
    .where(_E.c.kind == echeances.RELANCE, _E.c.subject_kind == SITTING)
    .order_by(_E.c.due_at, _E.c.id)
)


@dataclass(slots=True)
class PastLetters:
    """What was written and reminded in one organisme until `now`, as its story goes on."""

    session: Session
    engine: Engine
    organisme_id: int
    now: datetime
    oldest: Statement = field(init=False)
    heads: dict[tuple[str, int | None], Letterhead] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = {
            rule.key
            for loaded in self.engine.catalogue.every_of()
            for stage in loaded.pipeline.stages
            for rule in stage.reminders
            if rule.letter
        }
        self.oldest = _oldest(sorted(rules))

    def live_until(self, moment: datetime) -> None:
        """Prepare the reminders that fell due before that moment, each at its own."""
        for due, at in self._sittings(moment):
            if at < self.now - WORTH_READING:
                echeances.settle(self.session.connection(), due.id, echeances.ANNULEE, at)
                continue
            see_to(self.session, self.engine, due, at)
            self.send(at)
        while due := self._oldest(moment):
            at, person = due
            prepare(self.session, self.engine, [person], at)
            self.send(at)

    def send(self, at: datetime) -> None:
        """Mark what was just prepared as sent; a recent decision still waits for somebody."""
        connection = self.session.connection()
        rows = _PREPARED.rows(connection, {"tenant": self.organisme_id})
        kept = [row for row in rows if not self._still_waits(row)]
        for draft in with_reminders(connection, kept):
            self._mark_sent(draft, at)

    def finish_tasks(self) -> None:
        """What reminders asked of colleagues long ago was done, by whoever it fell to."""
        query = select(_T.c.id, _T.c.pour_id, _T.c.creee_le, _K.c.nom).join(
            _K, _K.c.id == _T.c.pour_id
        )
        long_ago = query.where(
            _T.c.organisme_id == self.organisme_id,
            _T.c.echeance_id.is_not(None),
            _T.c.faite_le.is_(None),
            _T.c.creee_le < self.now - LATELY,
        )
        for row in self.session.connection().execute(long_ago).all():
            who = Identity(self.organisme_id, row.pour_id, row.nom, "charge_de_mission")
            finish_task(self.session, self.engine, who, row.id, row.creee_le + timedelta(hours=2))

    def _sittings(self, moment: datetime) -> list[tuple[SittingDue, datetime]]:
        """The reminders of séances due before that moment, soonest first."""
        query = _OF_SITTINGS, {"tenant": self.organisme_id, "moment": moment}
        rows = self.session.connection().execute(*query).all()
        return [(SittingDue(row.id, self.organisme_id, row.subject_id), row.due_at) for row in rows]

    def _oldest(self, moment: datetime) -> tuple[datetime, Person] | None:
        """The letter that fell due first, and whom it is for."""
        asked = {"tenant": self.organisme_id, "moment": moment}
        row = self.oldest.first(self.session.connection(), asked)
        if row is None:
            return None
        alone = row["id"] if row["porteur_id"] is None else None
        return row["due_at"], Person(self.organisme_id, row["porteur_id"], alone)

    def _still_waits(self, row: Any) -> bool:
        recent = row["created_at"] >= self.now - WORTH_SENDING
        return row["release"] != AUTOMATIQUE and recent

    def _mark_sent(self, draft: Draft, at: datetime) -> None:
        connection, row = self.session.connection(), draft.row
        press = Press(self.engine.vocabulary.letters, self._head)
        sent: dict[str, Any] = {"state": ENVOYE, "sent_at": at, "settled_at": at}
        try:
            written = press(connection, draft, at)
        except (Incomplete, Unwritable):
            sent = {"state": ANNULE, "sent_at": None, "settled_at": at}
        else:
            signed = {} if row["release"] == AUTOMATIQUE else self._signed(row, at)
            freeze(connection, House(), row, written, signed)
            ledger = LetterLedger(self.engine)
            ledger.on_sent(self.session, {**row, **signed}, at)
        _SETTLE.run(connection, {"courrier": row["id"], **sent})

    def _head(self, connection: Connection, row: Row, letter: Letter) -> Letterhead:
        """The letterhead, which does not change as the story goes on: read once by who signs."""
        referent = self._referent(row) if letter.signatory == "referent" else None
        key = letter.signatory, referent["id"] if referent else None
        if key not in self.heads:
            self.heads[key] = letterhead_for(connection, row, letter)
        return self.heads[key]

    def _referent(self, row: Row) -> dict[str, Any] | None:
        if row["subject_kind"] != KIND:
            return None
        return _SIGNER.first(self.session.connection(), {"dossier": row["subject_id"]})

    def _signed(self, row: Row, at: datetime) -> dict[str, Any]:
        """Who let it leave: the referent of the dossier."""
        who = self._referent(row)
        by: Any = (who["id"], who["nom"]) if who else (None, software(self.organisme_id).nom)
        return {"validated_by_id": by[0], "validated_by": by[1], "validated_at": at}


def _oldest(rules: list[str]) -> Statement:
    """The letter that fell due first before a moment, by one of these rules."""
    return Statement(
        select(_E.c.due_at, _D.c.porteur_id, _D.c.id)
        .join(_D, _D.c.id == _E.c.subject_id)
        .where(_TO_COME, _E.c.tenant_id == bindparam("tenant"), _E.c.due_at < bindparam("moment"))
        .where(_E.c.kind == echeances.RELANCE, _E.c.subject_kind == KIND)
        .where(or_(*[_E.c.rule == each for each in rules]))
        .order_by(_E.c.due_at, _E.c.id)
        .limit(1)
    )
