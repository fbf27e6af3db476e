"""A séance held by its pages alone: roll called, votes given aloud, closed, decided, applied."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi import FastAPI

from tests.builders.bearers import program
from tests.builders.dossiers import Counter
from tests.builders.hearings import NAMES, Hearing
from tests.builders.offices import Office
from tests.builders.visitors import Clock, Visitor

FAVORABLE = {"les_autres": "favorable"}


@pytest.fixture
def hearing(counter: Counter, clock: Clock) -> Hearing:
    """A séance on its day, with one dossier: five members are convened, nobody is there yet."""
    counter.take_to("cts")
    hearing = Hearing(counter.database, counter.engine, counter.charge, counter.seance)
    hearing.convene()
    clock.now = hearing.now
    return hearing


@pytest.fixture
def charge(hearing: Hearing, new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    """The chargé de mission, that day."""
    return new_visitor().enter(office.people["charge_de_mission"], office.id)


def opened(hearing: Hearing, charge: Visitor, *absent: int) -> str:
    """Open the séance and call the roll; its address."""
    url = f"/seances/{hearing.seance}"
    assert charge.post(f"{url}/gestes/ouvrir").status_code == 303
    said = {
        f"etat_{each.id}": "absent" if each.id in absent else "present"
        for each in hearing.members()
    }
    assert charge.post(f"{url}/presences", said).status_code == 303
    return url


def words(text: str) -> str:
    """What is read of a page."""
    plain = re.sub("<[^>]+>", "", unescape(text))
    return " ".join(plain.replace("\xa0", " ").replace("\u202f", " ").split())


def test_a_seance_from_its_opening_to_the_dossier_that_moves(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    assert "Quorum atteint : 5 voix sur 5" in words(charge.get(f"{url}/presences").text)
    assert "Ouvrir le vote" in charge.get(heard).text
    assert charge.post(f"{heard}/vote/ouvrir").status_code == 303
    first, second, *_ = [each.id for each in hearing.members()]
    votes = {
        **FAVORABLE,
        f"choix_{first}": "favorable_avec_reserves",
        f"montant_{first}": "18 000",
        f"reserves_{first}": "Un bail signé",
        f"choix_{second}": "abstention",
    }
    assert charge.post(f"{heard}/votes", votes).status_code == 303
    live = words(charge.get(f"{url}/salle").text)
    assert "5 votes reçus sur 5" in live
    assert "Favorables" not in live, "the count stays hidden until the closing"
    assert charge.post(f"{heard}/vote/clore").status_code == 303
    closed = words(charge.get(heard).text)
    assert "Quorum : 5 sur 5, atteint." in closed
    assert "Un bail signé" in closed, "the réserves of the votes are proposed with the decision"
    decided = {"retenue": "retenu", "montant": "18 000", "reserves": "Un bail signé"}
    refused = charge.post(f"{heard}/decision", decided)
    assert refused.status_code == 422
    assert "La décision s’écarte du vote" in refused.text
    assert charge.post(f"{heard}/decision", {**decided, "motif": "Devis revus"}).status_code == 303
    charge.post(f"{url}/gestes/clore")
    applied = charge.post(f"{url}/appliquer")
    assert "Fait" in applied.text
    assert counter.read().stage == "selectionne"
    assert counter.read().row["montant_accorde"] == 18_000_00
    assert "C’était déjà fait" not in charge.post(f"{url}/appliquer").text
    minutes = words(charge.get(f"{url}/pv").text)
    assert "Un bail signé" in minutes
    assert f"{NAMES[0]} : favorable avec réserves 18 000 €" in minutes


def test_every_fault_of_a_roll_call_is_told_and_nothing_is_kept(
    hearing: Hearing, charge: Visitor
) -> None:
    url = opened(hearing, charge)
    first, second, third, *_ = [each.id for each in hearing.members()]
    said = {
        f"etat_{first}": "represente",
        f"etat_{second}": "represente",
        f"pouvoir_{second}": str(third),
        f"etat_{third}": "parti",
    }
    answer = charge.post(f"{url}/presences", said)
    assert answer.status_code == 422
    assert "Un pouvoir se donne par un membre représenté" in answer.text
    assert "2 réponses sont à corriger" in words(answer.text)
    assert "Représenté par" not in charge.get(f"{url}/presences").text


def test_who_leaves_and_comes_back_keeps_his_hours(
    hearing: Hearing, charge: Visitor, clock: Clock
) -> None:
    url = opened(hearing, charge)
    someone = hearing.members()[1].id
    clock.advance(minutes=30)
    gone = charge.post(f"{url}/presences/{someone}", {"mouvement": "part"})
    assert gone.status_code == 303
    shown = words(charge.get(f"{url}/presences").text)
    assert "Parti" in shown
    assert "4 voix sur 5" in shown
    late = charge.post(f"{url}/presences/{someone}", {"mouvement": "arrive", "heure": "25:99"})
    assert late.status_code == 422
    assert "Écrivez l’heure comme 14:05." in late.text
    # The roll sent again as it stands does not bring him back.
    same = {f"etat_{each.id}": "present" for each in hearing.members()}
    charge.post(f"{url}/presences", same)
    assert "Parti" in charge.get(f"{url}/presences").text


def test_who_steps_aside_is_not_asked_for_his_vote(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    someone = hearing.members()[2]
    answer = charge.post(f"{heard}/deports", {"membre": str(someone.id), "motif": "Sa commune"})
    assert answer.status_code == 303
    charge.post(f"{heard}/vote/ouvrir")
    shown = charge.get(heard).text
    assert f"choix_{someone.id}" not in shown
    assert "Sa commune" in shown
    assert charge.post(f"{heard}/deports/{someone.id}/retirer").status_code == 303
    assert f"choix_{someone.id}" in charge.get(heard).text


def test_a_vote_given_by_the_member_himself_stays_his_until_the_closing(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    charge.post(f"{heard}/vote/ouvrir")
    someone = hearing.members()[3].id
    hearing.vote(counter.dossier, someone, "defavorable", own=True)
    shown = charge.get(heard).text
    assert "A voté depuis son écran" in shown
    assert f'name="choix_{someone}"' not in shown
    charge.post(f"{heard}/votes", FAVORABLE)
    assert hearing.close(counter.dossier).defavorables == 1


def test_a_vote_noted_by_mistake_is_taken_back_and_the_journal_keeps_it(
    hearing: Hearing, charge: Visitor, counter: Counter, app: FastAPI, office: Office
) -> None:
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    asked = program(app, office, "charge_de_mission")
    charge.post(f"{heard}/vote/ouvrir")
    wrong, own, *_ = [each.id for each in hearing.members()]
    hearing.vote(counter.dossier, own, "favorable", own=True)
    charge.post(f"{heard}/votes", {f"choix_{wrong}": "defavorable"})
    shown = charge.get(heard).text
    assert f"{heard}/votes/{wrong}/retirer" in shown
    assert f"{heard}/votes/{own}/retirer" not in shown
    stale = charge.post(f"{heard}/votes/{wrong}/retirer", {"lock_version": "7"})
    assert stale.status_code == 409
    assert "changé entre-temps" in stale.text
    gone = charge.post(f"{heard}/votes/{wrong}/retirer", {"lock_version": "1"})
    assert gone.status_code == 303
    assert "1 vote reçu sur 5" in words(charge.get(heard).text)
    voices = {each["membre"]["id"]: each for each in asked.get(heard).json()["voix"]}
    assert not voices[wrong]["a_vote"]
    assert asked.ask("DELETE", f"{heard}/votes/{wrong}").status_code == 200, "asked twice"
    for refused in (
        charge.post(f"{heard}/votes/{own}/retirer"),
        charge.post(f"{heard}/votes", {f"choix_{own}": "defavorable"}),
        asked.ask("DELETE", f"{heard}/votes/{own}"),
    ):
        assert refused.status_code in (409, 422)
        assert "a voté depuis son écran" in refused.text
    assert asked.ask("DELETE", f"{heard}/votes/999999").status_code == 404
    assert hearing.vote(counter.dossier, wrong, "favorable").version == 3, "it goes on from there"
    told = [line for line in hearing.lines() if line.content.get("voix") == wrong]
    events = [(line.event, line.content["version"]) for line in reversed(told)]
    assert events == [("vote_recu", 1), ("vote_retire", 2), ("vote_recu", 3)]
    charge.post(f"{heard}/vote/clore")
    late = charge.post(f"{heard}/votes/{wrong}/retirer")
    assert late.status_code == 409
    assert "est clos" in late.text


def test_closing_a_vote_too_early_asks_once_more(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    charge.post(f"{heard}/vote/ouvrir")
    first = hearing.members()[0]
    charge.post(f"{heard}/votes", {f"choix_{first.id}": "favorable"})
    early = words(charge.get(heard).text)
    assert "Clore sans elles" in early
    assert f"On attend encore : {NAMES[1]}" in early
    charge.post(f"{heard}/votes", FAVORABLE)
    assert "Clore sans elles" not in charge.get(heard).text


def test_in_a_secret_vote_nobody_enters_anything(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    hearing.rule(scrutin="secret")
    url = opened(hearing, charge)
    heard = f"{url}/dossiers/{counter.dossier}"
    charge.post(f"{heard}/vote/ouvrir")
    assert "Le scrutin est secret" in charge.get(heard).text
    refused = charge.post(f"{heard}/votes", FAVORABLE)
    assert refused.status_code == 422
    assert "chacun vote lui-même" in refused.text
    first, second, *_ = hearing.members()
    hearing.vote(counter.dossier, first.id, "favorable", own=True)
    hearing.vote(counter.dossier, second.id, "defavorable", own=True)
    assert words(charge.get(heard).text).count("A voté depuis son écran") == 2
    charge.post(f"{heard}/vote/clore")
    closed = words(charge.get(heard).text)
    assert closed.count("A voté depuis son écran") == 2, "who voted stays known, never what"
    assert closed.count("N’a pas voté") == 3
    assert "Bulletin 1" in closed


def test_a_refused_decision_is_told_beside_the_others(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    """What the guards of the dossier's own move say is shown, every sentence of it."""
    url = opened(hearing, charge)
    hearing.hear(counter.dossier, "retenu")
    with counter.database.unit_of_work() as session:
        session.connection().exec_driver_sql(
            f"UPDATE dossier SET plafond = 100 WHERE id = {counter.dossier}"
        )
    shown = charge.post(f"{url}/appliquer")
    assert shown.status_code == 200
    assert "Refusé" in shown.text
    assert counter.read().stage == "cts"


def test_an_open_vote_keeps_the_seance_open_and_the_page_says_why(
    hearing: Hearing, charge: Visitor, counter: Counter
) -> None:
    url = opened(hearing, charge)
    charge.post(f"{url}/dossiers/{counter.dossier}/vote/ouvrir")
    refused = charge.post(f"{url}/gestes/clore")
    assert refused.status_code == 409
    assert "le vote est encore ouvert" in words(refused.text)
