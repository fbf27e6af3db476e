"""The clock played forward on a copy: what would be sent, to whom, when, merged how.

Nothing leaves, and the database itself is only read: the copy is a SQLite file thrown away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update

from api.mailing import LetterTick
from api.settings import Settings
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.tables import Tache
from grants.organisation.tables import Compte, Organisme
from grants.relances.service import follow_time, settle_all, sweep
from grants.relances.taking_back import take_back
from notifications.courrier_table import Courrier, CourrierRappel
from notifications.outbox import A_COMPLETER, A_VALIDER, ANNULE, ENVOYE, PAPIER, WAITING
from notifications.transports import MemoryTransport, Transport
from workflow import echeances
from workflow.database import Database, sqlite_module, table_of
from workflow.dates import to_paris
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.errors import DomainError

#: Something may become possible without anything being due: it is looked for this often.
STEP = timedelta(days=7)
_TOMORROW = timedelta(days=1)
_C, _R, _E, _T = (table_of(each) for each in (Courrier, CourrierRappel, Echeance, Tache))
_D, _O, _K = table_of(Dossier), table_of(Organisme), table_of(Compte)
_TO_COME = text("echeance.state = 'prevue'")
_TO_SEND = text("courrier.state = 'pret' AND courrier.channel = 'courriel'")


class ClockDoesNotAdvance(DomainError):
    """La simulation n'avance plus à {when} : quelque chose reste dû sans jamais être fait."""

    code = "simulation_arretee"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that would happen: a letter sent, to print or to see to, or a tâche.

    `dossiers` are the references that a letter speaks of; `carries` the reminders merged in it.
    """

    at: datetime
    what: str
    organisme: str
    to: str
    title: str
    address: str | None = None
    subject: str | None = None
    dossiers: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as plain data, in Paris time."""
        return {**asdict(self), "at": to_paris(self.at).isoformat()}


@contextmanager
def copied(url: str, now: datetime) -> Iterator[Database]:
    """A copy of a database, in SQLite whatever it was, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="microprojets-simulation-") as folder:
        path = Path(folder) / "copie.sqlite3"
        original = Database(url, pool_size=1)
        try:
            if original.is_sqlite:
                _copy_file(original.url.database or "", path)
            else:
                _copy_by_backup(url, path, now)
        finally:
            original.dispose()
        copy = Database(f"sqlite:///{path}")
        try:
            yield copy
        finally:
            copy.dispose()


def _copy_file(source: str, path: Path) -> None:
    """As SQLite copies a database that others are writing to."""
    sqlite = sqlite_module()
    reading, writing = sqlite.connect(source), sqlite.connect(str(path))
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()


def _copy_by_backup(url: str, path: Path, now: datetime) -> None:
    from api.backup.restore import restore
    from api.backup.take import take

    saved = path.with_suffix(".zip")
    take(url, saved, now)
    restore(saved, f"sqlite:///{path}")
    saved.unlink()


@dataclass(slots=True)
class Play:
    """The clock's work on a copy, one moment after the other."""

    settings: Settings
    database: Database
    engine: Engine
    now: datetime
    transport: Transport = field(default_factory=MemoryTransport)

    def until(self, end: datetime, organisme_id: int | None = None) -> list[Happening]:
        """Go on until that moment; what happened on the way, in order."""
        start, last = self.now, None
        if organisme_id is not None:
            self._silence_others(organisme_id)
        letters = self._letters()
        while True:
            day = to_paris(self.now).date()
            if day != last:
                settle_all(self.database, self.engine, self.now)
                follow_time(self.database, self.engine, self.now)
            last = day
            self._tick(letters)
            following = self._next(end)
            if following is None:
                return self._happened(start, organisme_id)
            self.now = following

    def _letters(self) -> LetterTick:
        """Who writes and sends, into memory unless told otherwise, at the moment that is played."""
        tick = LetterTick(self.settings, self.database, self.engine, lambda: self.now)
        return tick.sending_by(self.transport)

    def _tick(self, letters: LetterTick) -> None:
        """All that is due at this moment, until nothing is."""
        take_back(self.database, self.engine, self.now)
        for _ in range(_MOST_TURNS):
            swept = sweep(self.database, self.engine, self.now)
            sent = letters(self.now)
            if not (sent or swept.taken or swept.tasks or swept.letters or swept.put_off):
                return
        raise ClockDoesNotAdvance(when=to_paris(self.now).isoformat(" ", "minutes"))

    def _next(self, end: datetime) -> datetime | None:
        """The next moment when something is due; a week later at most; None at the end."""
        with self.database.reading() as session:
            connection = session.connection()
            moments = [
                connection.execute(
                    select(func.min(table.c.due_at)).where(where, table.c.due_at > self.now)
                ).scalar()
                for table, where in ((_E, _TO_COME), (_C, _TO_SEND))
            ]
        following = min([each for each in moments if each] + [self.now + STEP])
        return None if following > end else following

    def _silence_others(self, organisme_id: int) -> None:
        with self.database.unit_of_work() as session:
            connection = session.connection()
            held = update(_E).where(_E.c.tenant_id != organisme_id, _E.c.state == echeances.PREVUE)
            connection.execute(held.values(state=echeances.SUSPENDUE))
            waiting = update(_C).where(_C.c.tenant_id != organisme_id, _C.c.state.in_(WAITING))
            connection.execute(waiting.values(state=ANNULE))

    def _happened(self, start: datetime, organisme_id: int | None) -> list[Happening]:
        found = [*self._letters_since(start), *self._tasks_since(start)]
        names = self._names()
        whose = None if organisme_id is None else names[organisme_id]
        told = [replace(each, organisme=names[int(each.organisme)]) for each in found]
        kept = [each for each in told if whose in (None, each.organisme)]
        return sorted(kept, key=lambda each: (each.at, each.organisme, each.to))

    def _names(self) -> dict[int, str]:
        with self.database.reading() as session:
            return {
                row.id: row.nom for row in session.connection().execute(select(_O.c.id, _O.c.nom))
            }

    def _letters_since(self, start: datetime) -> Iterator[Happening]:
        with self.database.reading() as session:
            connection = session.connection()
            when = func.coalesce(_C.c.sent_at, _C.c.created_at)
            query = select(*_C.c, _D.c.reference).outerjoin(
                _D, (_D.c.id == _C.c.subject_id) & (_C.c.subject_kind == "dossier")
            )
            rows = connection.execute(query.where(when >= start, _C.c.state != ANNULE)).mappings()
            letters = [dict(row) for row in rows]
            carried = self._carried(connection, [row["id"] for row in letters])
        for row in letters:
            parts = carried.get(row["id"], ())
            references = [each["reference"] for each in parts] or [row["reference"]]
            yield Happening(
                at=row["sent_at"] or row["created_at"],
                what=_what(row),
                organisme=str(row["tenant_id"]),
                to=row["recipient_name"],
                title=row["title"],
                address=row["recipient_email"],
                subject=row["subject_line"],
                dossiers=tuple(dict.fromkeys(each for each in references if each)),
                carries=tuple(f"{each['reference']}\u00a0: {each['label']}" for each in parts),
            )

    def _carried(self, connection: Any, letters: Sequence[int]) -> dict[int, list[Any]]:
        query = (
            select(_R.c.courrier_id, _R.c.label, _D.c.reference)
            .join(_D, _D.c.id == _R.c.subject_id)
            .where(_R.c.courrier_id.in_(letters))
            .order_by(_R.c.id)
        )
        found: dict[int, list[Any]] = {}
        for row in connection.execute(query).mappings():
            found.setdefault(row["courrier_id"], []).append(dict(row))
        return found

    def _tasks_since(self, start: datetime) -> list[Happening]:
        query = (
            select(
                *(_T.c.creee_le, _T.c.organisme_id, _T.c.titre, _D.c.reference),
                _K.c.nom.label("pour"),
            )
            .outerjoin(_D, _D.c.id == _T.c.dossier_id)
            .outerjoin(_K, _K.c.id == _T.c.pour_id)
            .where(_T.c.creee_le >= start)
        )
        with self.database.reading() as session:
            rows = session.connection().execute(query).mappings().all()
        return [
            Happening(
                at=row["creee_le"],
                what="tâche",
                organisme=str(row["organisme_id"]),
                to=row["pour"] or "personne encore",
                title=row["titre"],
                dossiers=(row["reference"],) if row["reference"] else (),
            )
            for row in rows
        ]


#: A moment that leads to itself that many times leads nowhere.
_MOST_TURNS = 1000
_WHAT = {A_VALIDER: "attend un envoi", A_COMPLETER: "à compléter", ENVOYE: "e-mail"}


def _what(row: dict[str, Any]) -> str:
    if row["channel"] == PAPIER and row["state"] != A_COMPLETER:
        return "à imprimer"
    return _WHAT.get(row["state"], "en attente")
