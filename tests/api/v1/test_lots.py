"""One operation on many dossiers, by a program: rehearsed, done, told one by one, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.bearers import Program
from tests.builders.crowd import write_crowd
from tests.builders.dossiers import Counter
from tests.builders.offices import Office

INSCRIRE = "actions/microprojets/inscrire_cts"


def choose(who: Program, **body: Any) -> str:
    """The address of a lot."""
    made = who.post("/lots", body)
    assert made.status_code == 201, made.text
    return made.headers["location"]


@pytest.fixture
def five(counter: Counter) -> list[str]:
    """Five dossiers about to be presented: one without its pièces, one that nobody pays for."""
    ids = []
    for n in range(5):
        ids.append(str(counter.take_to("accompagnement")))
        counter.fill("projet")
        if n != 1:
            counter.bring_pieces()
        if n != 3:
            counter.finance()
    return ids


def test_five_dossiers_are_inscribed_of_which_two_are_refused_with_their_reasons(
    charge_program: Program, counter: Counter, five: list[str]
) -> None:
    who, seance = charge_program, {"seance": str(counter.plan_seance())}
    url = choose(who, dossiers=five)
    offered = {each["cle"]: each for each in who.get(url).json()["actions"]}
    assert offered["inscrire_cts"]["nombre"] == 5
    assert "seance" in offered["inscrire_cts"]["schema"]["properties"]
    assert who.post(f"{url}/{INSCRIRE}", {}).status_code == 422
    early = who.post(f"{url}/executer")
    assert (early.status_code, early.json()["code"]) == (409, "lot_deja_utilise")

    rehearsed = who.post(f"{url}/{INSCRIRE}", seance).json()
    assert (rehearsed["etat"], rehearsed["restants"]) == ("verifie", 0)
    assert rehearsed["devenus"] == {"possible": 3, "impossible": 2}
    reasons = [each["message"] for each in rehearsed["raisons"]]
    assert {who.get(f"/dossiers/{id}").json()["etape"] for id in five} == {"accompagnement"}

    done = who.post(f"{url}/executer").json()
    assert (done["etat"], done["devenus"]) == ("termine", {"fait": 3, "refuse": 2})
    assert who.post(f"{url}/suite").json() == who.post(f"{url}/executer").json() == done
    refused = who.get(f"{url}/dossiers?devenu=refuse&taille=1").json()
    (line,) = refused["dossiers"]
    (other,) = who.get(refused["suivant"]).json()["dossiers"]
    assert [each["dossier"]["id"] for each in (line, other)] == [int(five[1]), int(five[3])]
    assert all(each.startswith("Pièce manquante") for each in line["raisons"])
    assert len(other["raisons"]) == 1
    assert sorted([*line["raisons"], *other["raisons"]]) == sorted(reasons)

    counter.dossier = int(five[1])
    counter.bring_pieces()
    again = who.post(f"{url}/reprendre").headers["location"]
    who.post(f"{again}/{INSCRIRE}", seance)
    assert who.post(f"{again}/executer").json()["devenus"] == {"fait": 1, "refuse": 1}


def test_what_a_lot_assigned_is_taken_back_but_for_what_changed_since(
    charge_program: Program, counter: Counter, office: Office
) -> None:
    who = charge_program
    with counter.database.unit_of_work() as session:
        ids = [str(id) for id in write_crowd(session, office, 6)]
    colleague, direction = (str(office.people[role].id) for role in ("assistant", "direction"))
    url = choose(who, requete="departement=34")
    count = who.get(url).json()["nombre"]
    done = who.post(f"{url}/confier", {"referent": colleague}).json()
    assert done["etat"] == "termine"
    assert sum(done["devenus"].values()) == count
    changed = who.get(f"{url}/dossiers?devenu=fait").json()["dossiers"][0]["dossier"]["id"]
    who.ask("PUT", f"/dossiers/{changed}/referent", {"referent": direction}, if_match="*")
    undone = who.post(f"{url}/annuler").json()
    assert (undone["etat"], undone["devenus"]["garde"]) == ("annule", 1)
    assert who.post(f"{url}/annuler").json() == undone

    tagged = choose(who, dossiers=ids[:2])
    assert who.post(f"{tagged}/etiqueter", {"etiquette": "Urgent"}).json()["devenus"] == {"fait": 2}
    (tag,) = who.get("/etiquettes").json()["etiquettes"]
    untagged = choose(who, requete=f"etiquette={tag['id']}")
    off = who.post(f"{untagged}/retirer", {"retiree": str(tag["id"])}).json()
    assert (off["nombre"], off["devenus"]) == (2, {"fait": 2})


def test_a_lot_that_cannot_be_is_refused(
    charge_program: Program, counter: Counter, five: list[str]
) -> None:
    for body, status in (
        ({}, 409),
        ({"dossiers": []}, 409),
        ({"requete": "q=introuvable"}, 409),
        ({"dossiers": ["999999"]}, 404),
        ({"dossiers": ["1e3"]}, 422),
        ({"dossiers": five, "requete": ""}, 422),
        ({"requete": "etape=nulle-part"}, 422),
        ({"requete": "", "tout": "oui"}, 422),
        ({"dossiers": [str(n) for n in range(1, 10_002)]}, 409),
    ):
        answer = charge_program.post("/lots", body)
        assert answer.status_code == status, (list(body), answer.text)
    first, again = (
        charge_program.post("/lots", {"dossiers": five}, idempotency_key="lot-du-comite")
        for _ in range(2)
    )
    assert first.content == again.content
    url = first.headers["location"]
    for path, body, status in (
        ("confier", {"referent": "personne"}, 422),
        ("confier", {"referent": "999999"}, 422),
        ("retirer", {"retiree": "999999"}, 422),
        ("etiqueter", {"etiquette": ""}, 422),
        ("actions/microprojets/inconnue", {}, 404),
        ("actions/inconnu/inscrire_cts", {}, 404),
        ("executer", {"oui": "oui"}, 422),
    ):
        answer = charge_program.post(f"{url}/{path}", body)
        assert answer.status_code == status, (path, answer.text)
    unknown = charge_program.get(f"{url}/dossiers?devenu=parti")
    assert (unknown.status_code, list(unknown.json()["champs"])) == (422, ["devenu"])
