"""A consultation on screen: three prestataires answer by their links, one is chosen and paid."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from api.composition import default_engine
from grants.dla.consultation.tables import Consulte
from grants.dla.missions.tables import Facture, Mission
from grants.organisation.acces import Destination, keep_link
from tests.builders.bureau import Bureau
from tests.builders.consultations import OFFER, prestataires
from tests.builders.documents import pdf
from tests.builders.offices import DIRECTION, Office
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.database import Database, table_of

_A, _M, _F = table_of(Consulte), table_of(Mission), table_of(Facture)
SECRET_METHOD = "Une méthode que personne ne lit avant l’ouverture."


@pytest.fixture
def database_kind() -> str:
    """One kind: what these pages ask of the services is tested on both beside them."""
    return "sqlite"


@pytest.fixture
def bureau(database: Database, office: Office, clock: Clock) -> Bureau:
    """A dossier at its consultation, on the clock of the application."""
    charge = office.identity("charge_de_mission")
    bureau = Bureau(database, default_engine(), office.identity(), charge)
    bureau.to_consultation()
    clock.now = bureau.now
    return bureau


@pytest.fixture
def team(app: FastAPI, office: Office, bureau: Bureau) -> Visitor:
    """The chargé de mission, signed in since the dossier stands there."""
    return Visitor(app).enter(office.people["charge_de_mission"], office.id)


def words(answer: Answer) -> str:
    """A page as it reads, its tags and its spaces aside."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def read(answer: Answer) -> str:
    """The same of a page that is shown."""
    assert answer.status_code == 200, answer.status_code
    return words(answer)


def papers(answer: Answer) -> dict[str, str]:
    """What the forms of a page carry."""
    return dict(re.findall(r'name="(lock_version|idempotency_key)" value="([^"]*)"', answer.text))


def sent(app: FastAPI, database: Database, team: Visitor, bureau: Bureau) -> list[Visitor]:
    """The consultation, prepared and sent on screen; those who are asked, each in a browser."""
    with database.unit_of_work() as session:
        ids = prestataires(session, bureau.charge, bureau.now)
    begun = team.post(f"/dossiers/{bureau.dossier}/consultation")
    assert begun.headers["location"] == "/consultations/1"
    form = papers(team.get("/consultations/1/modifier"))
    typed = {
        "cahier": "## Attendu\n\nUn plan d’action.",
        "echeance": f"{bureau.now + timedelta(days=14):%Y-%m-%dT%H:%M}",
        "poids_prix": "40",
        "poids_methode": "30",
        "poids_experience": "20",
        "poids_disponibilite": "10",
    }
    assert team.post("/consultations/1/modifier", {**typed, **form}).status_code == 303
    few = team.post("/consultations/1/envoyer", papers(team.get("/consultations/1")))
    assert few.status_code == 422
    assert "Aucun prestataire : il en faut au moins 3" in words(few)
    chosen = {"prestataire": [str(id) for id in ids]}
    version = papers(team.get("/consultations/1/prestataires"))
    assert team.post("/consultations/1/prestataires", {**chosen, **version}).status_code == 303
    gone = team.post("/consultations/1/envoyer", papers(team.get("/consultations/1")))
    assert gone.status_code == 303
    return [_in(app, database, bureau, rank) for rank in range(3)]


def _in(app: FastAPI, database: Database, bureau: Bureau, rank: int) -> Visitor:
    organisme, secret = bureau.charge.organisme_id, f"lien-du-prestataire-{rank}"
    with database.unit_of_work() as session:
        people = select(_A.c.personne_id).order_by(_A.c.prestataire_id)
        found = session.connection().execute(people).scalars().all()
        to = Destination(organisme, found[rank], "consultation", 1)
        keep_link(session, secret, to, bureau.now)
    visitor = Visitor(app)
    entered = visitor.post(f"/acces/{secret}")
    assert entered.headers["location"] == "/ma-consultation/1"
    return visitor


def deposit(who: Visitor, cv: bytes = b"", **said: str) -> Answer:
    """An offer, as the form of the page sends it."""
    token = who.token_on("/ma-consultation/1")
    fields = {**OFFER, "methode": SECRET_METHOD, **said, "csrf_token": token}
    parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
    if cv:
        parts.append(("document", ("cv.pdf", cv, "application/pdf")))
    return who.client.post("/ma-consultation/1/offre", files=parts, follow_redirects=False)


def test_three_prestataires_answer_and_one_does_the_mission(
    app: FastAPI, database: Database, team: Visitor, bureau: Bureau, clock: Clock, office: Office
) -> None:
    first, second, third = sent(app, database, team, bureau)
    assert "Un plan d’action." in read(first.get("/ma-consultation/1"))
    assert deposit(first, pdf()).status_code == 303
    assert deposit(second, cout_ht="4 000", cout_ttc="4 800").status_code == 303
    assert "Votre offre est enregistrée" in read(first.get("/ma-consultation/1"))
    direction = Visitor(app).enter(office.people[DIRECTION], office.id)
    for reader in (team, direction):
        for url in ("/consultations/1", f"/dossiers/{bureau.dossier}", "/prestataires/1"):
            page = read(reader.get(url))
            assert SECRET_METHOD not in page
            assert "3 641" not in page
        for url in ("/consultations/1/offres/1", "/consultations/1/offres/1/document"):
            assert reader.get(url).status_code == 409
        assert SECRET_METHOD not in reader.get("/recherche?q=méthode").text
    assert team.post("/consultations/1/ouvrir").status_code == 409

    assert third.post("/ma-consultation/1/decliner", {"motif": "Trop loin"}).status_code == 303
    assert team.post("/consultations/1/ouvrir").status_code == 303
    assert deposit(first).status_code == 409
    assert SECRET_METHOD in read(team.get("/consultations/1/offres/1"))
    assert team.get("/consultations/1/offres/1/document").content == pdf()
    for offer in (1, 2):
        url = f"/consultations/1/offres/{offer}"
        marks = {"methode": "4", "experience": "3", "disponibilite": "5"}
        assert team.post(url, {**marks, **papers(team.get(url))}).status_code == 303
        assert team.post(url, {**marks, "methode": "6"}).status_code == 422

    choosing = papers(team.get("/consultations/1/choisir"))
    dates = {"date_debut": "2026-06-01", "date_fin": "2026-09-30"}
    without = team.post("/consultations/1/choisir", {"offre": "o1", **dates, **choosing})
    assert without.status_code == 422
    reason = {"motif": "La plus proche du besoin."}
    chosen = {"offre": "o1", **reason, **dates, **choosing}
    assert team.post("/consultations/1/choisir", chosen).status_code == 303
    assert "Mission n° 1" in read(team.get(f"/dossiers/{bureau.dossier}"))
    gone = first.get("/ma-consultation/1")
    assert "Cette consultation est terminée" in words(first.get(gone.headers["location"]))
    clock.advance(days=30)
    back = Visitor(app).enter(office.people["charge_de_mission"], office.id)
    _work(back, database, clock)


def _work(team: Visitor, database: Database, clock: Clock) -> None:
    """The mission goes on: a day, an invoice that is too high, one that is paid, a judgement."""
    today = f"{clock.now:%Y-%m-%d}"
    day = {"le": today, "jours": "1,5", "objet": "Premier atelier"}
    assert team.post("/missions/1/journees", day).status_code == 303
    assert team.post("/missions/1/journees", {**day, "le": "2027-01-01"}).status_code == 422
    bill = {"numero": "F-1", "le": today, "montant": "3 641,01"}
    high = team.post("/missions/1/factures", bill)
    assert high.status_code == 422
    assert "0,01 € de trop" in words(high)
    assert team.post("/missions/1/factures", {**bill, "montant": "1 200"}).status_code == 303
    assert team.post("/missions/1/factures", {**bill, "montant": "10"}).status_code == 422
    paid = team.post("/missions/1/factures/1/payer", {"payee_le": today})
    assert paid.status_code == 303
    assert team.post("/missions/1/factures/1/retirer").status_code == 422
    judged = {"evaluation": "4", "appreciation": "À l’écoute."}
    assert team.post("/missions/1/evaluation", judged).status_code == 303
    page = read(team.get("/missions/1"))
    assert "1,5 sur 4,7 jours" in page
    assert "1 200,00 € facturés, 1 200,00 € payés" in page
    assert "Très satisfaisant" in page
    assert team.get("/missions/1/bon-de-commande.pdf").content.startswith(b"%PDF-")
    with database.reading() as session:
        connection = session.connection()
        assert connection.execute(select(_F.c.payee_le)).scalar_one() == clock.now.date()
        assert connection.execute(select(_M.c.evaluation)).scalar_one() == 4


def test_a_link_opens_its_own_consultation_and_nothing_else(
    app: FastAPI, database: Database, team: Visitor, bureau: Bureau
) -> None:
    first, *_others = sent(app, database, team, bureau)
    assert first.get("/ma-consultation/2").headers["location"] == "/acces"
    assert first.get("/consultations/1").headers["location"].startswith("/connexion")
    assert Visitor(app).get("/ma-consultation/1").headers["location"] == "/acces"


def test_what_is_wrong_with_an_offer_is_told_beside_it_and_kept(
    app: FastAPI, database: Database, team: Visitor, bureau: Bureau, clock: Clock
) -> None:
    first, *_others = sent(app, database, team, bureau)
    refused = deposit(first, b"%PDF-1.4 rien", jours="0", cout_ttc="1")
    assert refused.status_code == 422
    assert SECRET_METHOD in words(refused)
    assert "Ce fichier est abîmé" in words(refused)
    heavy = deposit(first, pdf() + b"0" * (6 << 20))
    assert heavy.status_code == 422
    assert "5 Mo" in words(heavy)
    below = deposit(first, cout_ht="3 000", cout_ttc="2 999")
    assert "sous le prix hors taxes" in words(below)
    clock.advance(days=15)
    late = deposit(first)
    assert late.status_code == 409
    assert "celle-ci n’est pas enregistrée" in words(late)
