"""A comité that advises: an avis everywhere, never a decision, and nothing is applied."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from docx import Document
from fastapi import FastAPI
from pypdf import PdfReader
from sqlalchemy import update

from grants.comites.engagements import engagement_of
from grants.comites.instances import COMITES_LEDGER, form_of, modify_comite
from grants.comites.papiers.attente import print_waiting
from grants.dossiers.tables import Dossier
from tests.builders.agendas import Agenda
from tests.builders.bearers import Program, program
from tests.builders.comites import Sitting
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import table_of

_D = table_of(Dossier)
#: What only a comité that decides says.
_DECIDES = ("Décision", "décision", "Retenu", "Non retenu", "Ajourné<", "accordé")


@pytest.fixture
def database_kind() -> str:
    """One kind: what is counted and kept is proved on both."""
    return "sqlite"


@pytest.fixture
def hearing(counter: Counter, clock: Clock) -> Hearing:
    """A comité d'appui: three dossiers are heard, the first of whom asks for no money."""
    counter.take_to("cts")
    agenda = Agenda(counter, 2)
    hearing = agenda.hearing
    with hearing.database.unit_of_work() as session:
        connection = session.connection()
        first = update(_D).where(_D.c.id == agenda.dossiers[0])
        connection.execute(first.values(montant_demande=None))
        comite = hearing.read().row["comite_id"]
        direction = counter.office.identity()
        row = COMITES_LEDGER.read(connection, direction.organisme_id, comite)
        asked = {**form_of(row), "nature": "avis"}
        modify_comite(session, direction, comite, asked, hearing.now - timedelta(days=9))
    hearing.open()
    clock.now = hearing.now
    return hearing


@dataclass
class Advice:
    """The chargé at his screen, his program, and whoever presides: what they read of a séance."""

    hearing: Hearing
    charge: Visitor
    asked: Program
    chair: Visitor

    def __post_init__(self) -> None:
        self.url = f"/seances/{self.hearing.seance}"
        self.presiding = f"/ma-seance/{self.hearing.seance}/presidence"
        listed = self.asked.get(f"{self.url}/dossiers").json()["dossiers"]
        self.dossiers = [each["dossier_id"] for each in listed]

    def main(self, page: str = "", visitor: Visitor | None = None) -> str:
        """What a page says of the séance; never a word of decision."""
        path = self.presiding if visitor else self.url + page
        text = (visitor or self.charge).get(path).text
        return only_advises(words(text[text.index("<main") : text.index("</main>")]))

    def vote(self) -> None:
        """One dossier for, one against, one put off; nothing is closed."""
        hearing = self.hearing
        choices = ("favorable", "defavorable", "ajournement")
        for dossier, choix in zip(self.dossiers, choices, strict=True):
            hearing.begin(dossier)
            for member in hearing.members():
                hearing.vote(dossier, member.id, choix)

    def give(self) -> None:
        """Close each vote and confirm its avis, the first with a condition."""
        hearing, (first, second, third) = self.hearing, self.dossiers
        for dossier in self.dossiers:
            hearing.close(dossier)
        hearing.settle(first, "retenu", reserves=("Revoir le calendrier",))
        hearing.settle(second, "refuse", motif="Hors sujet")
        hearing.settle(third, "ajourne", motif="À revoir")


@pytest.fixture
def advice(
    hearing: Hearing,
    counter: Counter,
    app: FastAPI,
    office: Office,
    new_visitor: Callable[..., Visitor],
) -> Advice:
    charge = new_visitor().enter(office.people["charge_de_mission"], office.id)
    chair = new_visitor()
    seat = Sitting(counter, hearing, ()).link(hearing.members()[0], hearing.now)
    assert chair.post(seat).status_code == 303
    made = Advice(hearing, charge, program(app, office, "charge_de_mission"), chair)
    made.vote()
    return made


def words(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def only_advises(text: str) -> str:
    assert [word for word in _DECIDES if word in text] == []
    return text


def test_an_avis_is_proposed_confirmed_and_told_as_one(advice: Advice) -> None:
    url, charge, (first, second, _) = advice.url, advice.charge, advice.dossiers
    assert charge.post(f"{url}/dossiers/{first}/vote/clore").status_code == 303
    assert "Le vote est clos : avis favorable." in words(charge.get(f"{url}/votes").text)
    assert "Avis à confirmer" in advice.main("/votes")
    assert "Le vote propose : Avis favorable" in advice.main(visitor=advice.chair)
    assert "Confirmer l’avis" in advice.main(f"/dossiers/{first}")
    told = {"retenue": "retenu", "reserves": "Revoir le calendrier"}
    assert charge.post(f"{url}/dossiers/{first}/decision", told).status_code == 303
    charge.post(f"{url}/dossiers/{second}/vote/clore")
    one = f"{url}/dossiers/{second}/decision"
    refused = advice.asked.ask("PUT", one, {"retenue": "retenu"}).json()
    assert refused["champs"]["motif"] == "L’avis s’écarte du vote : dites pourquoi."
    given = advice.asked.ask("PUT", one, {"retenue": "refuse", "motif": "Hors sujet"}).json()
    assert given["passage"]["decision"]["libelle"] == "Avis défavorable"


def test_an_avis_is_neither_applied_nor_committed(advice: Advice, counter: Counter) -> None:
    advice.give()
    hearing, url, (first, *_) = advice.hearing, advice.url, advice.dossiers
    for page in ("", "/votes", "/salle", f"/dossiers/{first}", "/presences"):
        advice.main(page)
    every = advice.main("/decisions")
    for avis in ("Avis favorable avec réserves", "Avis défavorable", "Ajournement"):
        assert avis in every
    assert "Appliquer" not in every
    assert "l’organisme décide ensuite" in every
    refusal = advice.asked.post(f"{url}/dossiers/{first}/appliquer")
    assert refusal.status_code == 409
    assert "donne un avis" in refusal.json()["detail"]
    assert advice.asked.post(f"{url}/appliquer").json()["applications"] == []
    with hearing.database.reading() as session:
        about = (hearing.by.organisme_id, "microprojets", hearing.now.year)
        assert engagement_of(session.connection(), hearing.engine, *about).engage == 0
    counter.dossier = advice.dossiers[1]
    reasons = counter.refusals("refuser", reason="Hors sujet")
    assert any("donne un avis, il ne décide pas" in each for each in reasons)


def test_minutes_extract_and_word_tell_an_avis(advice: Advice, counter: Counter) -> None:
    advice.give()
    hearing, url, (first, *_) = advice.hearing, advice.url, advice.dossiers
    hearing.do("clore")
    assert "Avis favorable avec réserves" in advice.main("/pv")
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    assert print_waiting(hearing.database, hearing.now) == 1
    for name in (f"{url}/proces-verbal.pdf", f"{url}/dossiers/{first}/extrait.pdf"):
        pages = PdfReader(io.BytesIO(advice.charge.get(name).content)).pages
        paper = only_advises(words(" ".join(page.extract_text() for page in pages)))
        assert "Avis favorable avec réserves" in paper
        assert "Réserves du comité" in paper
    word = Document(io.BytesIO(advice.charge.get(f"{url}/proces-verbal.docx").content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    lines = [each.text for each in word.paragraphs]
    assert "Avis favorable avec réserves" in only_advises(words(" ".join((*lines, *cells))))
    heard = words(advice.charge.get(f"/dossiers/{first}").text)
    assert "Avis favorable avec réserves" in heard
