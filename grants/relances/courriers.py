"""What the dossiers know of their letters: sent, come back, incomplete; and who must see to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.comites.chain import tell_sitting
from grants.comites.reading import KIND as SITTING
from grants.dossiers.chain import record_fact
from grants.dossiers.reading import KIND, read_subject
from grants.dossiers.tables import Dossier
from grants.dossiers.taches.service import CREATED, insert_task
from grants.dossiers.taches.tables import Tache
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity, software
from grants.organisation.ledger import Fact
from grants.organisation.letterhead import letterhead_of
from grants.organisation.people import PERSONNES
from grants.organisation.queries import customs_of
from grants.organisation.tables import Personne
from grants.organisation.vocabulary import collegue_label
from notifications.courrier_table import CourrierRappel
from notifications.hooks import Row
from notifications.letterhead import Letterhead
from notifications.letters import Letter
from notifications.outbox import PAPIER
from notifications.suspensions import REASONS, Suspension
from workflow.calendar import METROPOLE, next_opening, next_working_day_on_or_after
from workflow.database import table_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.errors import NotFound
from workflow.subject import Subject

SENT, FAILED = "courrier_envoye", "courrier_en_echec"
SUSPENDED, RESTORED = "adresse_suspendue", "adresse_retablie"
_LONGEST_TITLE = 200
_R, _T = table_of(CourrierRappel), table_of(Tache)
_D, _P = table_of(Dossier), table_of(Personne)


class LetterLedger:
    """Tells the journals what becomes of letters, and gives the referent what is left to do.

    The dossier is locked before its letter, as by whoever moves it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def on_sent(self, session: Session, row: Row, now: datetime, /) -> None:
        """Each dossier that the letter speaks of says that it has left."""
        text = f"{row['title']}, {_to(row)}."
        if row["validated_by"]:
            text = f"{text[:-1]}, à la demande de {row['validated_by']}."
        self._record(session, row, software(row["tenant_id"]), SENT, text, now)

    def on_failed(self, session: Session, row: Row, why: str, now: datetime, /) -> None:
        """The dossiers say that it did not arrive; the referent of the first must see to it."""
        identity = software(row["tenant_id"])
        text = f"{row['title']}, {_to(row)}\u00a0: {why}"
        self._record(session, row, identity, FAILED, text, now)
        title = f"Courrier non remis à {row['recipient_name']}\u00a0: {row['title']} ({why})"
        self._give_task(session, row, title, "echec", now)

    def on_missing(self, session: Session, row: Row, what: str, now: datetime, /) -> None:
        """The referent must complete it."""
        title = f"Courrier à compléter\u00a0: {row['title']} ({what})"
        self._give_task(session, row, title, "a-completer", now)

    def on_suspended(self, session: Session, row: Row, why: Suspension, now: datetime, /) -> None:
        """Whoever has this address: her own journal says that she is written to no more."""
        tell_person(session, software(row["tenant_id"]), why.email, SUSPENDED, told(why), now)

    def opening(self, connection: Connection, tenant_id: int, at: datetime, /) -> datetime:
        """Working hours, without the bank holidays of the organisme's territory."""
        return next_opening(at, customs_of(connection, tenant_id).territoire)

    def _record(
        self, session: Session, row: Row, identity: Identity, event: str, text: str, now: datetime
    ) -> None:
        if row["subject_kind"] == SITTING:
            tell_sitting(session.connection(), identity, row["subject_id"], event, text, now)
        for subject in self.locked(session, row):
            record_fact(session, self._engine, subject, identity, event, {"texte": text}, now)
            store_chain(session.connection(), subject)

    def locked(self, session: Session, row: Row) -> Iterator[Subject]:
        """Every dossier that a letter speaks of, locked, always in the same order."""
        connection = session.connection()
        about = {(row["subject_kind"], row["subject_id"])}
        if row["reminder"]:
            merged = select(_R.c.subject_kind, _R.c.subject_id).where(_R.c.courrier_id == row["id"])
            about |= {(each.subject_kind, each.subject_id) for each in connection.execute(merged)}
        for kind, id in sorted(about):
            if kind == KIND and (subject := self.lock(session, row["tenant_id"], id)):
                yield subject

    def lock(self, session: Session, tenant_id: int, id: int) -> Subject | None:
        """One dossier, locked; None once it is no more."""
        try:
            return read_subject(session.connection(), self._engine, tenant_id, id, lock=True)
        except NotFound:
            return None

    def _give_task(self, session: Session, row: Row, title: str, of: str, now: datetime) -> None:
        """To the referent of the dossier, once for the same fault of the same letter."""
        connection, tenant_id = session.connection(), row["tenant_id"]
        subject = None
        if row["subject_kind"] == KIND:
            subject = self.lock(session, tenant_id, row["subject_id"])
        key = f"courrier-{row['id']}-{of}-{row['version']}"
        known = select(_T.c.id).where(_T.c.organisme_id == tenant_id, _T.c.cle == key)
        if connection.execute(known).first() is not None:
            return
        who = _referent(connection, subject)
        day = next_working_day_on_or_after(to_paris(now).date(), _territoire(subject))
        titre = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
        identity = software(tenant_id)
        task = {
            "dossier_id": subject.id if subject else None,
            "titre": titre,
            "pour_id": who[0] if who else None,
            "pour_le": day,
            "cle": key,
        }
        insert_task(connection, identity, task, now)
        if subject is None:
            return
        told_of = {"tache_pour": who[1] if who else None, "tache_date": format_date(day)}
        changes = {key: {"avant": None, "apres": each} for key, each in told_of.items() if each}
        content = {"texte": titre, "changements": changes}
        record_fact(session, self._engine, subject, identity, CREATED, content, now)
        store_chain(connection, subject)


def letterhead_for(connection: Connection, row: Row, letter: Letter) -> Letterhead:
    """Under what a letter is written: signed by the referent of its dossier, or the direction."""
    referent_id = None
    if row["subject_kind"] == KIND:
        query = select(_D.c.referent_id).where(
            _D.c.id == row["subject_id"], _D.c.organisme_id == row["tenant_id"]
        )
        referent_id = connection.execute(query).scalar_one_or_none()
    return letterhead_of(connection, row["tenant_id"], letter.signatory, referent_id)


def tell_person(
    session: Session, identity: Identity, email: str, event: str, text: str, now: datetime
) -> None:
    """The journal of whoever has this address in the organisme, if she is known."""
    connection = session.connection()
    query = select(_P.c.id).where(
        _P.c.organisme_id == identity.organisme_id, _P.c.email == email.lower()
    )
    id = connection.execute(query).scalar_one_or_none()
    if id is None:
        return
    row = PERSONNES.lock(connection, identity.organisme_id, id)
    PERSONNES.note(connection, identity, row, Fact(event, now, {"texte": text}))


def told(why: Suspension) -> str:
    """« Adresse refusée par son serveur : anne@exemple.fr (550 …). »."""
    detail = f" ({why.detail})" if why.detail else ""
    return f"{REASONS[why.reason]}\u00a0: {why.email}{detail}."


def _to(row: Mapping[str, Any]) -> str:
    if row["channel"] == PAPIER:
        return f"à {row['recipient_name']}, par la poste"
    return f"à {row['recipient_name']} ({row['recipient_email']})"


def _referent(connection: Connection, subject: Subject | None) -> tuple[int, str] | None:
    """The referent of a dossier, while still there; else nobody has taken it yet."""
    holder = subject.relative.get("referent") if subject else None
    if subject is None or holder is None:
        return None
    name = collegue_label(connection, subject.tenant_id, holder)
    return (holder, name) if name else None


def _territoire(subject: Subject | None) -> str:
    return subject.row["territoire"] if subject else METROPOLE
