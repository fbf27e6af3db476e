"""What was decided of reminders, written: journal, letters, tâches, échéances, in that order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grants.dossiers.advance import follow_event
from grants.dossiers.reading import KIND
from grants.dossiers.taches.rappels import Asked, make_task
from grants.dossiers.writing import store_chains
from grants.organisation.identity import software
from grants.relances.judging import Owed
from grants.relances.letters import carried_of
from grants.relances.looking import Look
from grants.relances.sharing import Shared
from notifications.outbox import COURRIEL, PAPIER, Occasion
from notifications.reminders import Reminding, enqueue_reminders
from workflow import echeances, journal
from workflow.statements import together
from workflow.subject import Subject

PREPARED, DROPPED = "relance_preparee", "relances_annulees"


@dataclass(slots=True)
class Work:
    """What is to be written for some people, gathered before anything is.

    `by`: who asked for it; the software, when its moment has come by itself.
    """

    look: Look
    by: Asked | None = None
    entries: list[journal.Composed] = field(default_factory=list)
    said: list[tuple[Subject, str]] = field(default_factory=list)
    letters: list[Reminding] = field(default_factory=list)
    calls: list[Owed] = field(default_factory=list)
    settled: list[tuple[int, str]] = field(default_factory=list)
    later: list[tuple[int, datetime]] = field(default_factory=list)

    def mark(self) -> list[int]:
        """How much was gathered: to `forget` what comes after, if it breaks."""
        return [len(part) for part in self._parts()]

    def forget(self, mark: list[int]) -> None:
        """Leave out what was gathered since."""
        for part, length in zip(self._parts(), mark, strict=True):
            del part[length:]

    def _parts(self) -> tuple[list[Any], ...]:
        return (self.entries, self.said, self.letters, self.calls, self.settled, self.later)

    def take(self, shared: Shared) -> None:
        """Add what was decided for one person."""
        if shared.mailed:
            self._letter(shared, shared.mailed, COURRIEL)
        for each in shared.printed:
            self._letter(shared, [each], PAPIER)
        self.calls += shared.called
        for subject, dropped in _by_dossier(shared.dropped, lambda pair: pair[0].subject):
            why = "\u00a0; ".join(f"{each.told}\u00a0: {reason}" for each, reason in dropped)
            self._say(subject, DROPPED, f"{why}.")
        self.settled += [(id, echeances.ANNULEE) for id in shared.dead]
        self.settled += [(each.echeance["id"], echeances.ANNULEE) for each, _ in shared.dropped]
        self.settled += [(each.echeance["id"], echeances.FAITE) for each in shared.called]
        self.later += shared.later

    def _letter(self, shared: Shared, carried: Sequence[Owed], channel: str) -> None:
        assert shared.recipient is not None, "whatever is owed is owed to somebody"
        by_dossier = _by_dossier(carried, lambda each: each.subject)
        references = [subject.row["reference"] for subject, _ in by_dossier]
        for subject, theirs in by_dossier:
            others = [each for each in references if each != subject.row["reference"]]
            self._say(subject, PREPARED, _sentence(theirs, shared.recipient.name, channel, others))
        first = by_dossier[0][0]
        occasion = Occasion(first.tenant_id, KIND, first.id, first.seq, self.look.now)
        whole = [carried_of(self.look, each) for _, theirs in by_dossier for each in theirs]
        by = (self.by.identity.compte_id, self.by.identity.nom) if self.by else None
        self.letters.append(Reminding(occasion, shared.recipient, channel, whole, by))
        self.settled += [(each.echeance["id"], echeances.FAITE) for each in carried]

    def _say(self, subject: Subject, event: str, text: str) -> None:
        by = self.by or Asked(software(subject.tenant_id))
        entry = journal.Entry(
            kind="fait",
            event=event,
            actor=by.identity.actor,
            role=by.identity.role,
            at=self.look.now,
            content={"texte": text},
            idempotency_key=by.key,
        )
        ids = {"tenant_id": subject.tenant_id, "kind": KIND, "id": subject.id}
        self.entries.append(journal.compose(subject, **ids, entry=entry))
        self.said.append((subject, event))


def write(session: Session, work: Work) -> int:
    """Write it all in this transaction; the number of new tâches. Never commits."""
    connection, engine, now = work.look.connection, work.look.engine, work.look.now
    subjects = {subject.id: subject for subject, _event in work.said}
    with together(connection):
        journal.append_all(connection, work.entries)
        store_chains(connection, subjects.values())
        enqueue_reminders(connection, work.letters)
        echeances.settle_many(connection, work.settled, now)
        echeances.put_off(connection, work.later)
    for subject, event in work.said:
        if work.look.restarts(subject, event):
            follow_event(connection, engine, subject, event, now)
    made = 0
    for each in work.calls:
        made += make_task(session, engine, each.subject, each.rule, each.echeance, now, work.by)
    return made


def _sentence(carried: Iterable[Owed], recipient: str, channel: str, others: Sequence[str]) -> str:
    """« Pièces à fournir (2 sur 4) : e-mail à Ana Porteuse, avec MP-2026-003. »."""
    way = f"e-mail à {recipient}" if channel == COURRIEL else f"lettre à imprimer pour {recipient}"
    along = f", avec {', '.join(others)}" if others else ""
    return f"{', '.join(each.told for each in carried)}\u00a0: {way}{along}."


def _by_dossier(items: Sequence[Any], subject_of: Any) -> list[tuple[Subject, list[Any]]]:
    """The items of each dossier, the dossier of the first item first."""
    found: dict[int, tuple[Subject, list[Any]]] = {}
    for item in items:
        subject = subject_of(item)
        found.setdefault(subject.id, (subject, []))[1].append(item)
    return list(found.values())
