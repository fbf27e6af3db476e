"""Letters, put together: who writes them, how they leave, who is told, by which link they stop."""

from __future__ import annotations

from api.settings import Settings
from grants.relances.courriers import LetterLedger
from notifications.delivery import PostOffice
from notifications.hooks import Row
from notifications.messages import House
from notifications.smtp_client import SmtpServer
from notifications.smtp_transport import SmtpTransport
from notifications.transports import FolderTransport, Transport
from notifications.unsubscribe import stop_token
from workflow.engine import Engine

#: Where whoever receives reminders stops them.
STOP_PATH = "/rappels"


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


def post_office(settings: Settings, engine: Engine) -> PostOffice:
    """What sending takes."""

    def stop_link(row: Row) -> str:
        return f"{settings.address}{STOP_PATH}/{stop_token(settings.secret_bytes, row['id'])}"

    return PostOffice(
        transport=transport_of(settings),
        house=house_of_letters(settings),
        hooks=LetterLedger(engine),
        per_minute=settings.mail_per_minute,
        unsubscribe=stop_link,
    )
