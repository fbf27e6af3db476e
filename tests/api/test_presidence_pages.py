"""The page of whoever presides: hers alone, votes closed once, decisions refused with reasons."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader

from grants.comites.decisions import decision_of
from grants.comites.deports import step_aside
from grants.comites.minutes import minutes_row
from grants.finances.enveloppes import open_enveloppe
from tests.builders.comites import MEMBERS, STRUCTURES, Sitting, assemble
from tests.builders.dossiers import Counter
from tests.builders.visitors import Answer, Clock, Visitor


@pytest.fixture
def database_kind() -> str:
    """One kind: what this page asks of the services is tested on both beside them."""
    return "sqlite"


@pytest.fixture
def sitting(counter: Counter, clock: Clock) -> Sitting:
    """A séance on one dossier, open, with its three members there and one vote for it."""
    found = assemble(counter, STRUCTURES[:1], MEMBERS[:3])
    hearing = found.hearing
    clock.now = hearing.now
    hearing.open()
    hearing.begin(found.dossiers[0])
    return found


class Chair:
    """A member at the page of the presidency."""

    def __init__(self, visitor: Visitor, sitting: Sitting, rank: int) -> None:
        self.visitor = visitor
        self.home = f"/ma-seance/{sitting.hearing.seance}/presidence"
        self.about = f"/dossiers/{sitting.dossiers[0]}"
        visitor.post(sitting.link(sitting.hearing.members()[rank], sitting.hearing.now))

    def see(self) -> str:
        answer = self.visitor.get(self.home)
        assert answer.status_code == 200
        return unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")

    def post(self, path: str, **form: str) -> Answer:
        return self.visitor.post(f"{self.home}{path}", form)


@pytest.fixture
def chair(visitor: Visitor, sitting: Sitting) -> Chair:
    return Chair(visitor, sitting, 0)


def test_nobody_but_the_president_has_this_page(
    sitting: Sitting, new_visitor: Callable[[], Visitor]
) -> None:
    other = Chair(new_visitor(), sitting, 1)
    assert other.visitor.get(other.home).status_code == 404
    assert other.visitor.get(f"{other.home}/proces-verbal.pdf").status_code == 404
    assert other.post("/seance", action="clore").status_code == 404
    assert other.post(f"{other.about}/vote", geste="clore").status_code == 404
    assert other.post(f"{other.about}/decision", retenue="retenu").status_code == 404
    assert sitting.hearing.read().stage == "ouverte"


def test_a_vote_is_closed_then_decided_as_it_says_or_with_a_reason(
    chair: Chair, sitting: Sitting
) -> None:
    hearing, dossier = sitting.hearing, sitting.dossiers[0]
    assert f"On attend encore : {', '.join(sorted(MEMBERS[:3]))}." in chair.see()
    for member in hearing.members():
        hearing.vote(dossier, member.id, "favorable", own=True, montant=1_500_000)
    page = chair.see()
    assert "3 votes sur 3" in page
    assert "On attend encore" not in page
    assert "pour" not in page.split("3 votes sur 3")[1].split("</li>")[0], "hidden until closing"
    assert chair.post("/seance", action="clore").status_code == 409
    for _ in range(2):
        assert chair.post(f"{chair.about}/vote", geste="clore").status_code == 303
    assert "Le vote propose : Retenu, 15 000 €." in chair.see()
    refused = {
        "sans motif": {"retenue": "refuse"},
        "un montant": {"retenue": "retenu", "montant": "20 000,01"},
        "illisible": {"retenue": "retenu", "montant": "tout"},
        "inconnue": {"retenue": "peut-être"},
        "autre montant": {"retenue": "retenu", "montant": "14 000"},
    }
    for said in refused.values():
        assert chair.post(f"{chair.about}/decision", **said).status_code == 422
    kept = {"retenue": "retenu", "montant": "15 000", "reserves": "Fournir le bail\nEt le devis"}
    assert chair.post(f"{chair.about}/decision", **kept).status_code == 303
    with hearing.database.reading() as session:
        decided = decision_of(session.connection(), hearing.seance, dossier)
    assert decided is not None
    assert (decided["retenue"], decided["montant"]) == ("retenu", 1_500_000)
    assert chair.post("/seance", action="clore").status_code == 303
    assert chair.post("/seance", action="annuler").status_code in (404, 409)
    assert chair.post("/seance", action="valider_pv").headers["location"] == "/acces"
    assert hearing.read().stage == "pv_valide"
    assert chair.visitor.get(chair.home).headers["location"] == "/acces"


def test_who_stepped_aside_does_not_conduct_that_vote(chair: Chair, sitting: Sitting) -> None:
    hearing, dossier = sitting.hearing, sitting.dossiers[0]
    first, second, *_ = hearing.members()
    hearing.vote(dossier, second.id, "favorable", own=True)
    with hearing.database.unit_of_work() as session:
        seat = hearing.siege(first.id)
        step_aside(session, seat, hearing.seance, dossier, first.id, "", hearing.now)
    page = chair.see()
    assert "Vous vous êtes déporté sur ce dossier" in page
    assert "1 vote sur" not in page
    assert chair.post(f"{chair.about}/vote", geste="clore").status_code == 409
    assert chair.post(f"{chair.about}/decision", retenue="retenu").status_code == 409


def test_the_president_reads_the_minutes_before_validating_them(
    counter: Counter, clock: Clock, visitor: Visitor
) -> None:
    sitting = assemble(counter, STRUCTURES[:2], MEMBERS[:3])
    hearing, (first, second) = sitting.hearing, sitting.dossiers
    clock.now = hearing.now
    hearing.open()
    hearing.begin(first)
    chair = Chair(visitor, sitting, 0)
    draft = f"{chair.home}/proces-verbal.pdf"
    refused = chair.visitor.get(draft)
    assert refused.status_code == 409
    assert "une fois la séance close" in unescape(refused.text)
    president, other, *_ = hearing.members()
    with hearing.database.unit_of_work() as session:
        seat = hearing.siege(president.id)
        step_aside(session, seat, hearing.seance, second, president.id, "", hearing.now)
    hearing.vote(first, other.id, "favorable")
    hearing.close(first)
    hearing.settle(first, "retenu", motif="Utile au quartier.")
    hearing.begin(second)
    hearing.vote(second, other.id, "defavorable")
    hearing.close(second)
    hearing.settle(second, "refuse", motif="Hors du territoire.")
    hearing.do("clore")
    assert f'href="{draft}"' in chair.see()
    pages = PdfReader(BytesIO(chair.visitor.get(draft).content)).pages
    told = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "n’est pas encore validé" in told
    assert "Utile au quartier." in told
    assert "ses votes ne vous sont pas montrés" in told
    assert "Hors du territoire." not in told
    chair.post("/seance", action="valider_pv")
    with hearing.database.reading() as session:
        row = minutes_row(session.connection(), hearing.seance)
    assert row is not None
    assert row["pdf"].startswith(b"%PDF")


def test_what_is_left_to_grant_is_before_her_eyes_while_she_decides(
    chair: Chair, sitting: Sitting
) -> None:
    hearing, direction = sitting.hearing, sitting.counter.office.identity()
    assert "il reste" not in chair.see()
    form = {"dispositif": "microprojets", "financeur": "Région", "montant": "50 000"}
    with hearing.database.unit_of_work() as session:
        asked = {**form, "annee": str(hearing.now.year)}
        open_enveloppe(session, hearing.engine, direction, asked, hearing.now)
    hearing.vote(sitting.dossiers[0], hearing.members()[0].id, "favorable", montant=1_200_000)
    chair.post(f"{chair.about}/vote", geste="clore")
    chair.post(f"{chair.about}/decision", retenue="retenu", montant="12 000")
    assert "12 000 € engagés" in chair.see()
    assert "38 000 €" in chair.see()
