"""Messages handed over to an SMTP server, one recipient per envelope, one after another."""

from __future__ import annotations

import smtplib
import socket
import ssl

from notifications.deadline import Deadline
from notifications.smtp_client import Client, SmtpServer
from notifications.smtp_replies import (
    closed,
    is_good,
    of_greeting,
    of_message,
    of_recipient,
    of_sender,
)
from notifications.transports import Answer, Parcel

# Some servers count the messages of a connection: a new one from time to time offends none.
_MOST_PER_CONNECTION = 50
_CUT = "La connexion a été coupée pendant l’envoi"
_LATE = "Le serveur n’a pas répondu à temps pendant l’envoi"


class SmtpTransport:
    """Keeps its connection from one parcel to the next, until `close`."""

    metered = True

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._deadline = Deadline()
        self._client: Client | None = None
        self._handed_over = 0

    @property
    def longest_s(self) -> float:
        """How long one parcel may take."""
        return self._server.total_s

    def __call__(self, parcel: Parcel) -> Answer:
        """Hand over one parcel. Never raises for what the network or the server does."""
        with self._deadline.within(self._server.total_s):
            client = self._ready()
            if isinstance(client, Answer):
                return client
            answer = self._hand_over(client, parcel)
        if answer.verdict == "ferme":
            self._drop()
        return answer

    def close(self) -> None:
        """Say goodbye, without waiting long for an answer."""
        client, self._client = self._client, None
        if client is not None:
            with self._deadline.within(1.0):
                _quit(client)
        self._deadline.release()

    def _ready(self) -> Client | Answer:
        """A connection that stands: the last one if it still does."""
        client = self._client
        if client is not None and self._handed_over < _MOST_PER_CONNECTION and _stands(client):
            return client
        self._drop()
        client = Client(self._server, self._deadline)
        try:
            client.open()
        except (OSError, smtplib.SMTPException) as error:
            client.close()
            self._deadline.release()
            return self._not_opened(error)
        self._client, self._handed_over = client, 0
        return client

    def _hand_over(self, client: Client, parcel: Parcel) -> Answer:
        content = parcel.as_bytes()
        options = [f"SIZE={len(content)}"] if client.has_extn("size") else []
        named = False
        try:
            code, reply = client.mail(parcel.sender, options)
            if not is_good(code):
                return of_sender(code, reply)
            named = True
            code, reply = client.rcpt(parcel.recipient)
            if not is_good(code):
                return of_recipient(code, reply)
            # Until its last answer the message may be delivered or not: giving up early doubles it.
            client.allow(self._deadline.left_s)
            self._handed_over += 1
            return of_message(*_data(client, content))
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._drop()
            return Answer("plus_tard", self._why_cut(error)) if named else self._not_opened(error)
        finally:
            client.allow(self._server.command_s)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._deadline.release()

    def _why_cut(self, error: Exception) -> str:
        return _LATE if self._too_late(error) else _CUT

    def _too_late(self, error: Exception) -> bool:
        """The standard library says « disconnected » of a time that was over."""
        return self._deadline.passed or any(
            isinstance(each, TimeoutError) for each in (error, error.__context__)
        )

    def _not_opened(self, error: Exception) -> Answer:
        where = f"{self._server.host}:{self._server.port}"
        if self._too_late(error):
            return closed(f"{where} ne répond pas à temps")
        if isinstance(error, smtplib.SMTPAuthenticationError):
            answer = of_greeting(error.smtp_code, error.smtp_error)
            return closed(f"{where} refuse l’identifiant ou le mot de passe : {answer.text}")
        if isinstance(error, smtplib.SMTPResponseException):
            return of_greeting(error.smtp_code, error.smtp_error)
        return closed(f"{where} : {_sentence(error)}")


def _data(client: Client, content: bytes) -> tuple[int, bytes]:
    try:
        return client.data(content)
    except smtplib.SMTPDataError as error:  # refused before the message was sent
        reply = error.smtp_error
        return error.smtp_code, reply if isinstance(reply, bytes) else reply.encode()


def _stands(client: Client) -> bool:
    try:
        return is_good(client.rset()[0])
    except (OSError, smtplib.SMTPException):
        return False


def _quit(client: Client) -> None:
    client.allow(1.0)
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


# From the narrowest kind of error to the widest.
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLError, "la connexion sûre (TLS) n’a pas pu être établie"),
    (ConnectionRefusedError, "aucun serveur de courrier ne répond à cette adresse"),
    (socket.gaierror, "ce nom de serveur est inconnu"),
    (smtplib.SMTPServerDisconnected, "le serveur a coupé la connexion"),
    (ConnectionError, "le serveur a coupé la connexion"),
)


def _sentence(error: Exception) -> str:
    """What stood in the way of a connection, in French."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"le certificat du serveur n’est pas reconnu ({error.verify_message})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        wanted = "STARTTLS" if "STARTTLS" in str(error) else "l’identification demandée"
        return f"le serveur ne propose pas {wanted}"
    unnamed = f"la connexion n’a pas pu être établie ({type(error).__name__})"
    return next((told for kind, told in _SENTENCES if isinstance(error, kind)), unnamed)
