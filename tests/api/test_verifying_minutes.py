"""Is this PDF the minutes that were validated? On screen and by a program, whatever is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from fastapi import FastAPI

from grants.comites.papiers.attente import print_waiting
from grants.comites.papiers.impression import minutes_pdf
from tests.builders.bearers import Program, program
from tests.builders.documents import pdf
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from tests.builders.visitors import Answer, Visitor

SCREEN, ROUTE = "/seances/verifier", "/proces-verbaux/verifier"
_MEGABYTE = 1024 * 1024


@pytest.fixture
def database_kind() -> str:
    """One kind: minutes are printed, journaled and verified on both beside them."""
    return "sqlite"


@dataclass
class Verifier:
    """Who controls, at her screen, and a program of hers: both are told the same."""

    visitor: Visitor
    program: Program

    def send(self, content: bytes, name: str = "recu.pdf") -> tuple[int, str]:
        """Verify a file both ways; the status and what is told."""
        files = {"fichier": (name, content, "application/pdf")}
        token = {"csrf_token": self.visitor.token()}
        shown = self.visitor.client.post(SCREEN, data=token, files=files)
        told = self.program.send("POST", ROUTE, files)
        assert shown.status_code == told.status_code
        text = plain(re.sub("<[^>]+>", " ", unescape(shown.text)))
        if told.status_code == 200:
            assert plain(told.json()["phrase"]) in text
        return shown.status_code, text

    def choose_nothing(self) -> Answer:
        """What a browser sends of a form whose file was not chosen."""
        part = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
        parts = (("csrf_token", "", self.visitor.token()), ("fichier", '; filename=""', ""))
        body = "".join(f"--b\r\n{part.format(*each)}" for each in parts) + "--b--\r\n"
        return self.visitor.send(SCREEN, body.encode(), "multipart/form-data; boundary=b")


def plain(text: str) -> str:
    return " ".join(text.split()).replace(" :", " :")


@pytest.fixture
def verifier(app: FastAPI, office: Office, visitor: Visitor) -> Verifier:
    """The lecteur: she changes nothing, and may verify."""
    return Verifier(
        visitor.enter(office.people["lecteur"], office.id), program(app, office, "lecteur")
    )


@pytest.fixture
def hearing(counter: Counter) -> Hearing:
    """A séance held, closed; its minutes are a draft."""
    counter.take_to("cts")
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    hearing.open()
    hearing.hear(counter.dossier, "retenu")
    hearing.do("clore")
    return hearing


def printed(hearing: Hearing) -> bytes:
    with hearing.database.reading() as session:
        at = (hearing.by.organisme_id, hearing.seance, hearing.now)
        return minutes_pdf(session.connection(), *at)


def validate(hearing: Hearing, counter: Counter) -> bytes:
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    assert print_waiting(hearing.database, hearing.now) == 1
    return printed(hearing)


def test_the_minutes_validated_are_recognised_and_any_other_file_is_named(
    hearing: Hearing, counter: Counter, verifier: Verifier
) -> None:
    draft = printed(hearing)
    assert "n’est pas encore validé" in verifier.send(draft)[1]
    genuine = validate(hearing, counter)
    status, told = verifier.send(genuine)
    assert status == 200
    assert "C’est le procès-verbal validé de « CTS du" in told
    assert told.count("identique") == 6
    assert "différent" not in told
    altered = genuine[:900] + bytes([genuine[900] ^ 1]) + genuine[901:]
    told = verifier.send(altered)[1]
    assert "Ce fichier a été altéré" in told
    assert "Le fichier, octet par octet : différent" in told
    assert "Les données qu’il annonce : identique" in told
    assert "version antérieure" in verifier.send(draft)[1]
    assert "octet par octet : différent" in verifier.send(draft)[1]


def test_what_is_no_minutes_of_ours_is_said_without_a_fault(
    hearing: Hearing,
    counter: Counter,
    verifier: Verifier,
    app: FastAPI,
    other_office: Office,
    new_visitor: Callable[..., Visitor],
) -> None:
    genuine = validate(hearing, counter)
    for content, sentence in (
        (pdf(), "Ce fichier n’est le procès-verbal d’aucune séance de votre organisme"),
        (b"PK\x03\x04" + b"\0" * 300, "Ce fichier n’est pas un PDF."),
        (b"", "Ce fichier est vide."),
        (b"%PDF-1.7\n/Keywords (proces-verbal, seance=99999999999999999999)", "d’aucune séance"),
        (b"%PDF-" + b"\xff" * 5000, "d’aucune séance"),
    ):
        status, told = verifier.send(content)
        assert status == 200
        assert sentence in told
    status, told = verifier.send(b"%PDF-" + b"0" * (10 * _MEGABYTE))
    assert status == 422
    assert "dépasse 10 Mo" in told
    assert verifier.send(b"%PDF-" + b"0" * (14 * _MEGABYTE))[0] == 413
    nothing = verifier.choose_nothing()
    assert nothing.status_code == 422
    assert "Choisissez le PDF à vérifier." in nothing.text
    assert verifier.program.post(ROUTE).status_code == 422
    stranger = Verifier(
        new_visitor().enter(other_office.people["direction"], other_office.id),
        program(app, other_office, "direction"),
    )
    told = stranger.send(genuine)[1]
    assert "d’aucune séance de votre organisme" in told
    for leak in (counter.office.nom, "CTS du", "validé de", "altéré"):
        assert leak not in told.split("Aller au contenu")[-1].replace(other_office.nom, "")
