"""A program runs a séance: the same services, the same refusals, the same discretion."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from api.v1 import seances_votes
from grants.organisation.roles import CHARGE_DE_MISSION
from tests.builders.bearers import Program, program
from tests.builders.dossiers import Counter
from tests.builders.hearings import Hearing
from tests.builders.offices import Office
from tests.builders.visitors import Clock
from workflow.errors import DatabaseBusy

KEY = "appliquer-les-decisions"


@pytest.fixture
def hearing(counter: Counter, clock: Clock) -> Hearing:
    """A séance on its day: five members are convened for one dossier."""
    counter.take_to("cts")
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    hearing.convene()
    clock.now = hearing.now
    return hearing


@pytest.fixture
def charge(hearing: Hearing, app: FastAPI, office: Office) -> Program:
    """The program of the chargé de mission, that day."""
    return program(app, office, CHARGE_DE_MISSION)


@pytest.fixture
def database_kind() -> str:
    """One kind: the services are proved on both."""
    return "sqlite"


def _stop_at_once(*_asked: object) -> None:
    raise DatabaseBusy


def test_a_program_holds_a_seance(
    hearing: Hearing, charge: Program, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/seances/{hearing.seance}"
    heard = f"{url}/dossiers/{counter.dossier}"
    assert charge.post(f"{url}/gestes/ouvrir", if_match="*").json()["etape"] == "ouverte"
    members = [each.id for each in hearing.members()]
    roll = {f"etat_{id}": "present" for id in members}
    told = charge.ask("PUT", f"{url}/presences", roll).json()
    assert {each["etat"] for each in told["presences"]} == {"present"}
    assert charge.post(f"{heard}/vote/ouvrir").json()["passage"]["etat"] == "ouvert"
    hearing.vote(counter.dossier, members[0], "defavorable", own=True)
    votes = {f"choix_{members[1]}": "abstention", "les_autres": "favorable"}
    voted = charge.ask("PUT", f"{heard}/votes", votes).json()
    said = {each["membre"]["id"]: each for each in voted["voix"]}
    assert said[members[1]]["choix"] == "abstention"
    assert said[members[0]]["a_vote"]
    assert said[members[0]]["choix"] is None, "a vote given by the member himself is not read yet"
    assert voted["passage"]["decompte"] is None, "the count is hidden until the closing"
    closed = charge.post(f"{heard}/vote/clore").json()
    assert closed["passage"]["decompte"]["favorables"] == 3
    assert closed["passage"]["decompte"]["defavorables"] == 1
    refused = charge.ask("PUT", f"{heard}/decision", {"retenue": "refuse"})
    assert refused.status_code == 422
    assert "dites pourquoi" in refused.json()["champs"]["motif"]
    charge.ask("PUT", f"{heard}/decision", {"retenue": "retenu", "reserves": "Un bail signé"})
    charge.post(f"{url}/gestes/clore", if_match="*")
    with monkeypatch.context() as broken:
        broken.setattr(seances_votes, "apply_waiting", _stop_at_once)
        assert charge.post(f"{url}/appliquer", idempotency_key=KEY).status_code == 503
    first, again = (charge.post(f"{url}/appliquer", idempotency_key=KEY) for _ in range(2))
    (applied,) = first.json()["applications"]
    assert applied["fait"], "what was stopped is done when it is asked again"
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert counter.read().stage == "selectionne"
    (told,) = charge.get(f"{url}/dossiers").json()["dossiers"]
    reserve = told["decision"]["reserves"][0]["id"]
    lifted = charge.post(f"{heard}/reserves/{reserve}/lever", {"motif": "Reçu"})
    assert lifted.json() == {"change": True}
    minutes = charge.get(f"{url}/pv").json()["donnees"]
    assert minutes["dossiers"][0]["decision"]["reserves"] == ["Un bail signé"]


def test_a_program_orders_the_agenda_and_is_told_when_it_changed(
    hearing: Hearing, charge: Program, counter: Counter
) -> None:
    url = f"/seances/{hearing.seance}"
    note = {"note": "Deux emplois.", "minutes": "20"}
    assert charge.ask("PUT", f"{url}/dossiers/{counter.dossier}/note", note).json()["change"]
    same = charge.ask("PUT", f"{url}/ordre", {"ordre": [str(counter.dossier)]}).json()
    assert [each["minutes"] for each in same["dossiers"]] == [20]
    wrong = charge.ask("PUT", f"{url}/ordre", {"ordre": ["999"]})
    assert wrong.status_code == 422
    assert "a changé entre-temps" in wrong.json()["champs"]["ordre"]
