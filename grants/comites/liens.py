"""A member's way to his page: links sent by e-mail, and what the séance's journal says of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlmodel import Session

from grants.comites.acces import AccessOver, place_of
from grants.comites.assemblee import room_of
from grants.comites.chain import record
from grants.comites.lettres import context_for
from grants.comites.membres import MembreLine
from grants.comites.reading import KIND, read_sitting
from grants.comites.seances import OVER
from grants.comites.sieges import Siege
from grants.comites.tables import Seance
from grants.organisation.acces import Holder, find_link, forget_old_links, use_link
from grants.organisation.acces_tables import Acces
from grants.organisation.identity import Acting, Identity
from notifications.courrier_table import Courrier
from notifications.letters import Letter
from notifications.outbox import Enclosed, Occasion, Recipient, enqueue
from workflow.database import Database, table_of
from workflow.engine import Engine
from workflow.errors import DomainError, NotFound
from workflow.subject import Subject

SENT, OPENED = "lien_envoye", "acces_ouvert"
LETTER = "nouveau_lien"
#: A second tap while the first e-mail is on its way asks for nothing more.
ON_ITS_WAY = timedelta(minutes=2)
_M, _A, _S = table_of(Courrier), table_of(Acces), table_of(Seance)


class NoAddress(DomainError):
    """{nom} n’a pas d’adresse e-mail : complétez sa fiche, puis recommencez."""

    code = "sans_adresse"


def open_seat(session: Session, secret: str, now: datetime) -> tuple[Siege, str]:
    """A member confirms his link, which is used up; his seat and the secret of his browser.

    Never commits. Raises NotFound, LinkUsed, AccessOver, NoSeat.
    """
    connection = session.connection()
    holder = find_link(connection, secret)
    subject = read_sitting(connection, holder.to.organisme_id, holder.to.objet_id, lock=True)
    siege = place_of(connection, holder).siege
    cookie = use_link(session, secret, now)
    told = {"membre": siege.membre_id, "nom": siege.nom}
    record(connection, subject, siege, OPENED, told, now)
    return siege, cookie


def renew_link(session: Session, engine: Engine, holder: Holder, now: datetime) -> bool:
    """Whoever holds a spent link has a new one sent to his address. Raises like `send_link`."""
    siege = place_of(session.connection(), holder).siege
    return send_link(session, engine, siege, siege.seance_id, siege.membre_id, now)


def send_link(
    session: Session,
    engine: Engine,
    acting: Acting,
    seance_id: int,
    membre_id: int,
    now: datetime,
) -> bool:
    """Send a member a link of his own, asked by himself or a colleague. Never commits.

    False when one has just been sent. Raises NotFound, AccessOver, NoAddress, ReadOnly.
    """
    if isinstance(acting, Identity):
        acting.require_writer()
    connection = session.connection()
    subject = read_sitting(connection, acting.organisme_id, seance_id, lock=True)
    member = seated(connection, subject, membre_id)
    if subject.stage in OVER and not isinstance(acting, Siege):
        raise AccessOver
    if not member.email:
        raise NoAddress(nom=member.nom)
    if _just_sent(connection, subject, member, now):
        return False
    told = {"membre": member.id, "nom": member.nom, "adresse": member.email}
    record(connection, subject, acting, SENT, told, now)
    letter: Letter = engine.vocabulary.letters[LETTER]
    occasion = Occasion(subject.tenant_id, KIND, subject.id, subject.seq, now)
    recipient = Recipient(member.nom, member.email, member.personne_id)
    context = context_for(connection, subject, member)
    enqueue(connection, occasion, [Enclosed(letter, recipient, context)])
    return True


def forget_links(database: Database, now: datetime, kept: timedelta) -> int:
    """Throw away the links that ended long ago; how many. In a transaction of its own.

    A browser that came in keeps its seat as long as its séance is not over.
    """
    living = select(_S.c.id).where(_S.c.stage.not_in(OVER))
    seated = (_A.c.objet == KIND) & _A.c.session.is_not(None) & _A.c.objet_id.in_(living)
    with database.unit_of_work() as session:
        return forget_old_links(session, now - kept, seated)


def seated(connection: Connection, subject: Subject, membre_id: int) -> MembreLine:
    """A member in office on the day of a séance. Raises NotFound."""
    member = room_of(connection, subject).member(membre_id)
    if member is None:
        raise NotFound
    return member


def _just_sent(connection: Connection, subject: Subject, member: MembreLine, now: datetime) -> bool:
    query = select(_M.c.id).where(
        _M.c.subject_kind == KIND,
        _M.c.subject_id == subject.id,
        _M.c.letter == LETTER,
        _M.c.recipient_id == member.personne_id,
        _M.c.created_at > now - ON_ITS_WAY,
    )
    return connection.execute(query).first() is not None
