"""Notices of non-delivery: those of our letters, and everything else that comes back."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlmodel import Session

from notifications.bounces import note_bounce, read_notice
from notifications.hooks import NoHooks, Row
from notifications.suspensions import REBOND, Suspension, suspension_of
from tests.builders.courriers import NOW, TENANT, frozen_row, put, read, states
from workflow.database import Database


class Told(NoHooks):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_failed(self, _session: Session, _row: Row, why: str, _now: datetime) -> None:
        self.lines.append(why)

    def on_suspended(self, _session: Session, _row: Row, why: Suspension, _now: datetime) -> None:
        self.lines.append(f"suspendue : {why.email}")


def notice(
    message_id: str,
    status: str = "5.1.1",
    action: str = "failed",
    why: str = "smtp; 550 5.1.1 <anne1@example.org>: Recipient address rejected",
    headers_only: bool = False,
) -> bytes:
    """As a mail server of today writes it."""
    origin = f"From: a@b.fr\r\nMessage-ID: {message_id}\r\nSubject: Bonjour\r\n"
    part = f"Content-Type: text/rfc822-headers\r\n\r\n{origin}"
    if not headers_only:
        part = f"Content-Type: message/rfc822\r\n\r\n{origin}\r\nVotre rendez-vous\r\n"
    return (
        "From: MAILER-DAEMON@smtp.example (Mail Delivery System)\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="--limite"\r\n'
        "\r\n"
        "----limite\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you…\r\n"
        "----limite\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; smtp.example\r\nX-Postfix-Queue-ID: 4F1\r\n\r\n"
        "Final-Recipient: rfc822; anne1@example.org\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: {why}\r\n\r\n"
        f"----limite\r\n{part}\r\n----limite--\r\n"
    ).encode()


@pytest.fixture
def told() -> Told:
    return Told()


def sent(database: Database, n: int = 1, **others: object) -> tuple[int, str]:
    (id,) = put(database, frozen_row(n, **{"state": "envoye", "sent_at": NOW, **others}))
    return id, read(database, id)["message_id"]


def note(database: Database, told: Told, raw: bytes) -> str:
    with database.unit_of_work() as session:
        return note_bounce(session, told, raw, NOW)


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_letter_that_came_back_is_noted_once_and_its_mailbox_suspended(
    database: Database, told: Told, headers_only: bool
) -> None:
    id, number = sent(database)
    raw = notice(number, headers_only=headers_only)
    assert note(database, told, raw) == "note"
    why = "Revenu non remis : 5.1.1 550 5.1.1 <anne1@example.org>: Recipient address rejected"
    row = read(database, id)
    assert (row["state"], row["answer"], row["sent_at"]) == ("echec", why, NOW)
    assert told.lines == [why, "suspendue : anne1@example.org"]
    with database.reading() as session:
        found = suspension_of(session.connection(), TENANT, "anne1@example.org")
    assert found is not None
    assert found.reason == REBOND

    assert note(database, told, raw) == "deja"
    assert len(told.lines) == 2


def test_a_letter_refused_for_what_it_says_suspends_nobody(database: Database, told: Told) -> None:
    id, number = sent(database)
    assert note(database, told, notice(number, "5.7.1", why="smtp; 554 spam")) == "note"
    assert states(database) == {id: "echec"}
    assert told.lines == ["Revenu non remis : 5.7.1 554 spam"]


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("2.0.0", "delivered"), ("4.2.2", "failed")]
)
def test_what_is_not_final_changes_nothing(
    database: Database, told: Told, status: str, action: str
) -> None:
    id, number = sent(database)
    assert note(database, told, notice(number, status, action)) == "provisoire"
    assert states(database) == {id: "envoye"}
    assert told.lines == []


def test_a_number_that_is_not_ours_to_the_letter_is_nobody_s(
    database: Database, told: Told
) -> None:
    id, number = sent(database)
    for other in ("<autre@exemple.fr>", number.replace("@", "0@"), number.upper(), f"<{number}>"):
        assert note(database, told, notice(other)) in ("inconnu", "autre")
    assert states(database) == {id: "envoye"}


def test_any_other_message_is_left_alone(database: Database, told: Told) -> None:
    _, number = sent(database)
    answer = EmailMessage(policy=SMTP)
    answer["Subject"] = "Re: Votre rendez-vous"
    answer["In-Reply-To"] = number
    answer.set_content("Merci !")
    for raw in (
        answer.as_bytes(),
        b"",
        b"\xff\xfe\x00",
        notice(number)[:300],
        notice(number).replace(b"message/delivery-status", b"text/plain"),
        notice(number).replace(b"Action:", b"Actio:"),
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nrien",
    ):
        assert note(database, told, raw) == "autre"


def test_a_notice_about_several_is_read_for_the_one_that_failed() -> None:
    other = b"Final-Recipient: rfc822; x@y.fr\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    raw = notice("<a@b>").replace(b"Final-Recipient", other + b"Final-Recipient", 1)
    found = read_notice(raw)
    assert found is not None
    assert (found.final, found.status) == (True, "5.1.1")
