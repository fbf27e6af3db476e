"""Letters, put together: who writes them, how they leave, who is told, by which link they stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from api.cookies import derived
from api.house import utc_now
from api.settings import Settings
from grants.dossiers.lettres.lacking import label_of
from grants.organisation.acces import Destination, keep_link
from grants.relances.courriers import LetterLedger, letterhead_for
from grants.relances.envois import Mailroom
from notifications.claims import look
from notifications.delivery import PostOffice, deliver
from notifications.hooks import Row
from notifications.messages import House
from notifications.preparation import Study, prepare
from notifications.press import Press
from notifications.smtp_client import SmtpServer
from notifications.smtp_transport import SmtpTransport
from notifications.transports import FolderTransport, Transport
from notifications.unsubscribe import stop_token
from workflow.database import Database
from workflow.engine import Engine

#: Where whoever receives reminders stops them.
STOP_PATH = "/rappels"
#: Where a personal link leads first: a page that asks for a click.
ENTRY_PATH = "/acces"


def house_of_letters(settings: Settings) -> House:
    """Under which address the letters of this installation leave."""
    return House(settings.mail_sender)


def transport_of(settings: Settings) -> Transport:
    """How letters leave."""
    if settings.mail_transport == "dossier":
        return FolderTransport(settings.mail_folder)
    return SmtpTransport(
        SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            connect_s=settings.smtp_connect_seconds,
            command_s=settings.smtp_answer_seconds,
            total_s=settings.smtp_total_seconds,
        )
    )


def press_of(engine: Engine) -> Press:
    """Who writes letters."""
    return Press(engine.vocabulary.letters, letterhead_for, partial(label_of, engine))


def mailroom_of(settings: Settings, engine: Engine) -> Mailroom:
    """What a colleague's doing anything with a letter takes."""
    return Mailroom(engine, press_of(engine), house_of_letters(settings))


class LetterTick:
    """What is due is written, then sent. Idle, it costs one query."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        engine: Engine,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database, self._clock = database, clock
        self._office = post_office(settings, database, engine, clock)
        self._study = Study(press_of(engine), self._office.house, self._office.hooks)

    def sending_by(self, transport: Transport) -> LetterTick:
        """The same, letters leaving another way."""
        self._office = replace(self._office, transport=transport)
        return self

    def __call__(self, now: datetime) -> int:
        """Write and send what is due; how many letters left."""
        to_write, to_send = look(self._database, now)
        if to_write:
            prepare(self._database, self._study, self._clock)
        return deliver(self._database, self._office, self._clock) if to_write or to_send else 0


def post_office(
    settings: Settings,
    database: Database,
    engine: Engine,
    clock: Callable[[], datetime] = utc_now,
) -> PostOffice:
    """What sending takes."""

    def stop_link(row: Row) -> str:
        return f"{settings.address}{STOP_PATH}/{stop_token(settings.secret_bytes, row['id'])}"

    def personal_link(row: Row, objet: str, objet_id: int) -> str:
        if row["recipient_id"] is None:
            return f"{settings.address}{ENTRY_PATH}"
        # Derived, not drawn: an e-mail sent a second time is the same, and its link too.
        secret = derived(settings, "acces", f"{row['message_id']} {objet} {objet_id}")
        to = Destination(row["tenant_id"], row["recipient_id"], objet, objet_id)
        with database.unit_of_work() as session:
            keep_link(session, secret, to, clock())
        return f"{settings.address}{ENTRY_PATH}/{secret}"

    return PostOffice(
        transport=transport_of(settings),
        house=house_of_letters(settings),
        hooks=LetterLedger(engine),
        per_minute=settings.mail_per_minute,
        unsubscribe=stop_link,
        personal=personal_link,
    )
