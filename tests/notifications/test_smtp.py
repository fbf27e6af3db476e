"""Letters handed over to real SMTP servers, sound and faulty."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from notifications.messages import parcel_of
from notifications.smtp_client import SmtpServer
from notifications.smtp_transport import SmtpTransport
from notifications.transports import Answer, Parcel
from tests.builders.courriers import HOUSE, NOW, frozen_row
from tests.builders.smtp import PostBox, rude_server, smtp_server, trusting

HOST = "127.0.0.1"
USER, PASSWORD = "courrier@microprojets.example", "un mot de passe"


def parcel(n: int = 1) -> Parcel:
    number = f"<courrier.{n}.{'a' * 24}@microprojets.example>"
    row = frozen_row(n, id=n, message_id=number, validated_by_id=None)
    row["body_text"] += "\n.\n..\nFrom here\n"
    return parcel_of(row, (), HOUSE, NOW)


class Opened(ExitStack):
    """Transports that the test ends with, each over one server."""

    def to(self, port: int, **others: Any) -> SmtpTransport:
        given: dict[str, Any] = {
            "security": "aucune",
            "connect_s": 5.0,
            "command_s": 5.0,
            "total_s": 10.0,
            "context": trusting(),
            **others,
        }
        transport = SmtpTransport(SmtpServer(HOST, port, **given))
        self.callback(transport.close)
        return transport


@pytest.fixture
def opened() -> Generator[Opened]:
    with Opened() as found:
        yield found


@pytest.fixture
def box() -> PostBox:
    return PostBox()


def test_a_message_arrives_whole_in_an_envelope_for_one(box: PostBox, opened: Opened) -> None:
    with smtp_server(box) as port:
        answer = opened.to(port)(parcel())
    assert answer == Answer("accepte", "250 2.0.0 OK")
    (received,) = box.received
    assert received.sender == HOUSE.address
    assert received.recipients == ("anne1@example.org",)
    assert received.content == parcel().as_bytes()
    assert received.message["Subject"] == "Votre rendez-vous n° 1"


def test_one_connection_serves_several_messages_and_its_loss_costs_none(
    box: PostBox, opened: Opened
) -> None:
    with smtp_server(box) as port:
        transport = opened.to(port)
        assert {transport(parcel(n)).verdict for n in (1, 2, 3)} == {"accepte"}
        assert box.connections == 1
        assert transport._client is not None
        assert transport._client.sock is not None
        transport._client.sock.shutdown(socket.SHUT_RDWR)  # as a server does with an idle client
        assert transport(parcel(4)).verdict == "accepte"
        assert box.connections == 2


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("450 4.2.0 Greylisted", Answer("plus_tard", "450 4.2.0 Greylisted")),
        (
            "550 5.1.1 No such user",
            Answer("refuse", "550 5.1.1 No such user", no_mailbox=True),
        ),
        ("550 5.7.1 Blocked", Answer("refuse", "550 5.7.1 Blocked")),
        ("552 5.2.2 Mailbox full", Answer("refuse", "552 5.2.2 Mailbox full")),
        ("550 User unknown", Answer("refuse", "550 User unknown", no_mailbox=True)),
        ("550 Relay denied for unknown", Answer("refuse", "550 Relay denied for unknown")),
        ("421 Too many of you", Answer("ferme", "421 Too many of you")),
    ],
)
def test_an_answer_about_a_recipient_says_what_to_do_with_him(
    box: PostBox, opened: Opened, reply: str, answer: Answer
) -> None:
    box.answers["anne1@example.org"] = [reply]
    with smtp_server(box) as port:
        transport = opened.to(port)
        assert transport(parcel(1)) == answer
        # Whoever comes next is served, by the same connection or another.
        assert transport(parcel(2)).verdict == "accepte"
        assert transport(parcel(1)).verdict == "accepte"


@pytest.mark.parametrize(
    ("fault", "kept", "text"),
    [
        ("coupe", 0, "coupée pendant l’envoi"),
        ("perd", 1, "coupée pendant l’envoi"),
        ("tait", 1, "pas répondu à temps pendant l’envoi"),
        ("451 4.3.0 Try later", 0, "451 4.3.0 Try later"),
    ],
)
def test_what_goes_wrong_with_the_message_is_tried_again_under_the_same_number(
    box: PostBox, opened: Opened, fault: str, kept: int, text: str
) -> None:
    box.data = [fault]
    with smtp_server(box) as port:
        transport = opened.to(port, total_s=0.8)
        answer = transport(parcel())
        assert answer.verdict == "plus_tard"
        assert text in answer.text
        assert len(box.received) == kept
        assert transport(parcel()).verdict == "accepte"
    assert len({each.message_id for each in box.received}) == 1


def test_a_message_refused_is_refused_for_good(box: PostBox, opened: Opened) -> None:
    box.data = ["554 5.7.1 Looks like spam"]
    with smtp_server(box) as port:
        assert opened.to(port)(parcel()) == Answer("refuse", "554 5.7.1 Looks like spam")


def test_a_server_that_is_not_there_is_told(opened: Opened) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    answer = opened.to(port)(parcel())
    assert answer.verdict == "ferme"
    assert answer.text == f"{HOST}:{port} : aucun serveur de courrier ne répond à cette adresse"


def test_an_unknown_server_is_told(opened: Opened) -> None:
    transport = SmtpTransport(SmtpServer("nulle-part.invalid", 25, "aucune"))
    assert transport(parcel()).text.endswith("ce nom de serveur est inconnu")


def test_a_server_silent_for_ever_costs_no_more_than_its_limit(opened: Opened) -> None:
    with rude_server(lambda _found: None) as port:
        began = time.monotonic()
        answer = opened.to(port, command_s=0.2)(parcel())
    assert time.monotonic() - began < 1.5
    assert answer == Answer("ferme", f"{HOST}:{port} ne répond pas à temps")


def test_a_server_that_drips_for_ever_is_cut_in_total(opened: Opened) -> None:
    def drip(found: socket.socket) -> None:
        while True:
            found.sendall(b"2")
            time.sleep(0.05)

    with rude_server(drip) as port:
        began = time.monotonic()
        answer = opened.to(port, command_s=0.5, total_s=0.4)(parcel())
    assert time.monotonic() - began < 2
    assert answer == Answer("ferme", f"{HOST}:{port} ne répond pas à temps")


def test_a_server_that_never_ends_its_handshake_is_cut_too(opened: Opened) -> None:
    with rude_server(lambda _found: None) as port:
        answer = opened.to(port, security="tls", connect_s=5.0, total_s=0.4)(parcel())
    assert answer.verdict == "ferme"
    assert "ne répond pas à temps" in answer.text


def test_what_is_no_smtp_server_is_told(opened: Opened) -> None:
    with rude_server(lambda found: found.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")) as port:
        answer = opened.to(port)(parcel())
    assert answer.verdict == "ferme"


@pytest.mark.parametrize("greeting", ["554 No service", "421 Busy"])
def test_a_server_that_does_not_want_us_is_told(
    box: PostBox, opened: Opened, greeting: str
) -> None:
    box.greeting = greeting
    with smtp_server(box) as port:
        assert opened.to(port)(parcel()) == Answer("ferme", greeting)


def test_a_sender_refused_is_about_us_and_not_about_the_letter(
    box: PostBox, opened: Opened
) -> None:
    box.sender_answer = "553 5.7.1 Not yours"
    with smtp_server(box) as port:
        assert opened.to(port)(parcel()) == Answer("ferme", "553 5.7.1 Not yours")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_is_checked(box: PostBox, opened: Opened, security: str) -> None:
    implicit = security == "tls"
    with smtp_server(box, "bon", implicit=implicit, password=PASSWORD) as port:
        transport = opened.to(port, security=security, user=USER, password=PASSWORD)
        assert transport(parcel()).verdict == "accepte"
    for wrong in ("autre", "perime"):
        with smtp_server(PostBox(), wrong, implicit=implicit) as port:
            answer = opened.to(port, security=security)(parcel())
        assert answer.verdict == "ferme"
        assert "le certificat du serveur n’est pas reconnu" in answer.text
    with smtp_server(PostBox(), "bon", implicit=implicit) as port:
        answer = opened.to(port, security=security, context=None)(parcel())
    assert "le certificat du serveur n’est pas reconnu" in answer.text


def test_nothing_is_said_in_clear_where_starttls_is_owed(box: PostBox, opened: Opened) -> None:
    with smtp_server(box, password=PASSWORD) as port:
        transport = opened.to(port, security="starttls", user=USER, password=PASSWORD)
        answer = transport(parcel())
    assert answer == Answer("ferme", f"{HOST}:{port} : le serveur ne propose pas STARTTLS")


def test_a_wrong_password_is_told_without_being_repeated(box: PostBox, opened: Opened) -> None:
    with smtp_server(box, password=PASSWORD) as port:
        answer = opened.to(port, user=USER, password="un autre")(parcel())
        assert answer.verdict == "ferme"
        assert "refuse l’identifiant ou le mot de passe : 535" in answer.text
        assert "un autre" not in answer.text
        unknown = opened.to(port)(parcel())  # and none given at all
        assert unknown == Answer("ferme", "530 5.7.0 Authentication required")
    with smtp_server(PostBox()) as port:
        answer = opened.to(port, user=USER, password=PASSWORD)(parcel())
    assert answer.text.endswith("le serveur ne propose pas l’identification demandée")
