"""The papers of a séance, fetched by people and programs: what is there, what is not yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.cli import main
from api.papers import PDF, WORD
from api.settings import Settings
from grants.comites.papiers.attente import print_waiting
from tests.builders.bearers import Program, program
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from tests.builders.visitors import Visitor


@dataclass
class Readers:
    """The lecteur at her screen, and a program of hers."""

    visitor: Visitor
    program: Program

    def refused(self, url: str, why: str) -> None:
        shown, told = self.visitor.get(url), self.program.get(url)
        assert (shown.status_code, told.status_code) == (409, 409)
        assert why in shown.text
        assert why in told.json()["detail"]

    def given(self, url: str, kind: str = PDF) -> bytes:
        shown, told = self.visitor.get(url), self.program.get(url)
        assert (shown.status_code, told.status_code) == (200, 200)
        assert shown.headers["content-type"] == told.headers["content-type"] == kind
        assert "no-store" in shown.headers["cache-control"]
        return shown.content


@pytest.fixture
def readers(visitor: Visitor, app: FastAPI, office: Office) -> Readers:
    return Readers(
        visitor.enter(office.people["lecteur"], office.id), program(app, office, "lecteur")
    )


def test_each_paper_waits_for_its_time_and_says_so_to_people_and_programs(
    readers: Readers,
    counter: Counter,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counter.take_to("cts")
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    at = f"/seances/{hearing.seance}"
    heard = f"{at}/dossiers/{counter.dossier}"
    readers.refused(f"{at}/feuille-de-presence.pdf", "Aucun membre n’est en fonction")
    readers.given(f"{at}/dossier-de-seance.pdf")
    readers.given(f"{heard}/note.pdf")
    for name in ("proces-verbal.pdf", "proces-verbal.docx"):
        readers.refused(f"{at}/{name}", "une fois la séance close")
    shown = readers.visitor.get(f"/dossiers/{counter.dossier}").text
    assert f'href="{heard}/note.pdf"' in shown
    assert "extrait.pdf" not in shown
    hearing.open()
    readers.given(f"{at}/feuille-de-presence.pdf")
    hearing.hear(counter.dossier, "retenu")
    hearing.do("clore")
    draft = readers.given(f"{at}/proces-verbal.pdf")
    readers.refused(f"{heard}/extrait.pdf", "validez-le d’abord")
    hearing.by = counter.office.identity()
    hearing.do("valider_pv")
    readers.refused(f"{at}/proces-verbal.pdf", "se prépare")
    assert print_waiting(hearing.database, hearing.now) == 1
    pdf = readers.given(f"{at}/proces-verbal.pdf")
    readers.given(f"{at}/proces-verbal.docx", WORD)
    readers.given(f"{heard}/extrait.pdf")
    for page in (heard, f"/dossiers/{counter.dossier}"):
        assert f'href="{heard}/extrait.pdf"' in readers.visitor.get(page).text
    for page in (at, f"{at}/pv"):
        assert f'href="{at}/proces-verbal.pdf"' in readers.visitor.get(page).text
    empty = counter.plan_seance()
    readers.refused(f"/seances/{empty}/dossier-de-seance.pdf", "Aucun dossier n’est à l’ordre")
    readers.refused(f"/seances/{empty}/dossiers/{counter.dossier}/note.pdf", "à l’ordre du jour")

    monkeypatch.setenv("MICROPROJETS_DONNEES", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", settings.database)
    capsys.readouterr()
    for content, more, code, said in (
        (pdf, (), 0, "C’est le procès-verbal validé de"),
        (pdf, ("--seance", str(empty)), 1, "d’une autre séance"),
        (draft, (), 1, "version antérieure"),
        (pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:], (), 1, "altéré"),
    ):
        file = tmp_path / "pv.pdf"
        file.write_bytes(content)
        assert main(["pv", "verify", str(file), *more]) == code
        told = capsys.readouterr()
        assert said in told.out + told.err
        assert len((told.out + told.err).splitlines()) == 1
