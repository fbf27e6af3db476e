"""What a message is made of, and what nobody can slip into it."""

from __future__ import annotations

import json
import re
import stat
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.envelope import UnsafeAddress, mailbox, safe_address, safe_name
from notifications.messages import House, courrier_id_of, parcel_of, trial_parcel
from notifications.transports import FolderTransport, Parcel
from tests.builders.courriers import CONTEXT, HOUSE, NOW, frozen_row

PDF = {"name": "lettre.pdf", "media_type": "application/pdf", "content": b"%PDF-1.7"}
ICS = {
    "name": "rendez_vous.ics",
    "media_type": "text/calendar; method=PUBLISH; charset=utf-8",
    "content": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
}


def built(*files: dict[str, Any], link: str | None = None, **others: Any) -> Parcel:
    row = frozen_row(1, id=12, validated_by_id=None, **others)
    row["message_id"] = HOUSE.message_id(row)
    return parcel_of(row, files, HOUSE, NOW, link)


def read_back(parcel: Parcel) -> EmailMessage:
    """The message as a mail reader sees it: from its bytes."""
    found = message_from_bytes(parcel.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(part: MIMEPart | None) -> str:
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def test_a_letter_says_who_writes_to_whom_when_and_whom_to_answer() -> None:
    message = read_back(built())
    assert message["From"] == "Aide 34 <courrier@microprojets.example>"
    assert message["To"] == "Anne Essai 1 <anne1@example.org>"
    assert message["Reply-To"] == "Claire Fontaine <claire@aide34.example>"
    assert message["Subject"] == "Votre rendez-vous n° 1"
    assert message["Date"] == "Thu, 12 Mar 2026 10:30:00 +0100"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert text_of(message.get_body(("plain",))) == frozen_row(1)["body_text"]


def test_a_letter_that_somebody_sends_is_no_robot_s() -> None:
    assert read_back(built())["Auto-Submitted"]
    row = frozen_row(1, id=12, message_id="<a@b.fr>", validated_by_id=3)
    assert "Auto-Submitted" not in parcel_of(row, (), HOUSE, NOW).message


def test_files_are_carried_with_what_they_are() -> None:
    message = read_back(built(PDF, ICS))
    pdf, ics = message.iter_attachments()
    assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", "lettre.pdf")
    assert pdf.get_content() == PDF["content"]
    assert ics.get_content_type() == "text/calendar"
    assert (ics["Content-Type"].params["method"], ics.get_filename()) == (
        "PUBLISH",
        "rendez_vous.ics",
    )


@pytest.mark.parametrize("secure", [True, False])
def test_a_reminder_says_how_to_stop_them(secure: bool) -> None:
    link = f"http{'s' * secure}://suivi.exemple.fr/rappels/12-abc"
    message = read_back(built(link=link))
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert (message["List-Unsubscribe-Post"] is not None) is secure


def test_each_attempt_is_the_same_message_under_the_same_number() -> None:
    first, second = built(PDF), built(PDF)
    assert first.as_bytes() == second.as_bytes()
    assert first.name == "2026-03-12-12-confirmation_rendez_vous"
    number = read_back(first)["Message-ID"]
    assert courrier_id_of(number) == 12
    assert HOUSE.message_id(frozen_row(1, id=13)) != number
    later = frozen_row(1, id=12, created_at=NOW + timedelta(microseconds=1))
    assert HOUSE.message_id(later) != number
    for other in ("<essai.2026@a.fr>", "<courrier.12@a.fr>", "courrier.12", ""):
        assert courrier_id_of(other) is None


def test_every_byte_passes_every_server() -> None:
    long = "é" * 5000 + "\n" + "a" * 5000 + "\n.\nFrom here\n"
    parcel = built(PDF, ICS, body_text=long, body_html=f"<p>{long}</p>")
    content = parcel.as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert text_of(read_back(parcel).get_body(("plain",))) == long


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"referent": {"nom": "Claire", "email": None}},
        {"referent": {"nom": "Claire", "email": "pas une adresse"}},
    ],
)
def test_without_a_referent_answers_go_to_the_organisme(context: dict[str, Any]) -> None:
    whole = json.dumps({**CONTEXT, "referent": None, **context})
    assert read_back(built(context=whole))["Reply-To"] == "Aide 34 <contact@aide34.example>"


def test_an_installation_without_an_address_writes_under_the_organisme_s_or_nobody_s() -> None:
    row = frozen_row(1, id=1, message_id="<a@b.fr>", validated_by_id=None)
    parcel = parcel_of(row, (), House(), NOW)
    assert parcel.sender == "contact@aide34.example"
    bare = parcel_of({**row, "context": "{}"}, (), House(), NOW)
    assert bare.sender == "ne-pas-repondre@localhost"
    assert trial_parcel(House(), "a@exemple.fr", NOW).sender == "ne-pas-repondre@localhost"


HOSTILE = (
    "Anne\r\nBcc: autre@example.org",
    "Anne\nBcc: autre@example.org",
    'Anne" <autre@example.org>, "',
    "Anne <autre@example.org>",
    "Anne, autre@example.org",
    "=?utf-8?q?Anne=0ABcc=3Aautre=40example=2Eorg?=",
    "=\u200b?utf-8?q?Anne=0ABcc=3Aautre=40example=2Eorg?=",
    "==??utf-8?q?Anne=0ABcc=3Aautre=40example=2Eorg?=",
    "Anne\x00\u202e\u2028Bcc: autre@example.org",
    "<script>alert(1)</script> *Anne* _Essai_",
    "Société d’Été, « Ô & Cie »",
    "",
    " \u200b ",
    "A" * 3000,
)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("field", ["recipient_name", "subject_line", "organisme", "referent"])
def test_a_name_writes_to_nobody_else_and_adds_no_header(field: str, name: str) -> None:
    others: dict[str, Any] = {field: name}
    if field in CONTEXT:
        others = {"context": json.dumps({**CONTEXT, field: {**CONTEXT[field], "nom": name}})}
    parcel = built(**others)
    assert parcel.recipient == "anne1@example.org"
    plain, message = read_back(built()), read_back(parcel)
    assert sorted(message.keys()) == sorted(plain.keys())
    for header in ("From", "To", "Reply-To"):
        assert [each.addr_spec for each in message[header].addresses] == [
            each.addr_spec for each in plain[header].addresses
        ]
    assert message["Message-ID"] == plain["Message-ID"]


@given(st.text(max_size=200))
def test_no_name_at_all_does_either(name: str) -> None:
    parcel = built(recipient_name=name, subject_line=name)
    message = read_back(parcel)
    assert [each.addr_spec for each in message["To"].addresses] == ["anne1@example.org"]
    assert message["Bcc"] is message["Cc"] is None
    assert len(message["Subject"]) <= 300


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "anne",
        "anne@",
        "anne@example.org, autre@example.org",
        "anne@example.org;autre@example.org",
        "anne@example.org autre@example.org",
        "anne@example.org\r\nRCPT TO:<autre@example.org>",
        "anne@example.org\n",
        "anne@example.org>",
        "Anne <anne@example.org>",
        '"anne, autre"@example.org',
        "anne@@example.org",
        "anne@autre@example.org",
        "anne@[127.0.0.1]",
        "anne@exa mple.org",
        "anne@-example.org",
        "anne@" + "a" * 64 + ".org",
        "anne@" + ".".join(["a" * 60] * 5) + ".org",
        "a" * 65 + "@example.org",
        "ànne@example.org",
        "anne@example.org\u202e",
        "anne(commentaire)@example.org",
        "=?utf-8?q?anne=0A?=@example.org",
    ],
)
def test_what_is_not_one_address_is_refused(address: str | None) -> None:
    with pytest.raises(UnsafeAddress) as fault:
        safe_address(address)
    assert str(fault.value).endswith((".", "é"))
    with pytest.raises(UnsafeAddress):
        built(recipient_email=address)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Anne.Essai+mp@Example.org", "Anne.Essai+mp@example.org"),
        ("anne@société.fr", "anne@xn--socit-esab.fr"),
        ("anne@xn--socit-esab.fr", "anne@xn--socit-esab.fr"),
        (" anne@example.org ", "anne@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_is_written_in_ascii(address: str, written: str) -> None:
    assert safe_address(address) == written
    assert str(mailbox("", address)) == written


def test_a_name_is_one_line_that_can_be_seen() -> None:
    assert safe_name("  Anne\t\r\n\u202eEssai\x00 ") == "Anne Essai"
    assert safe_name(None) == ""
    assert len(safe_name("a" * 500)) == 120


def test_a_folder_keeps_messages_whole_and_to_itself(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path / "courriers")
    parcel = built(PDF)
    assert transport(parcel).verdict == transport(parcel).verdict == "accepte"
    (path,) = (tmp_path / "courriers").iterdir()
    assert path == transport.path_of(parcel.name)
    assert path.read_bytes() == parcel.as_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "courriers").write_text("un fichier")
    answer = FolderTransport(tmp_path / "courriers")(built())
    assert answer.verdict == "ferme"
    assert "ne peut pas être écrit" in answer.text
