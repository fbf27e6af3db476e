"""Webhooks by a program of the direction: who is told, what was told, told again."""

from __future__ import annotations

from fastapi import FastAPI

from grants.organisation.roles import CHARGE_DE_MISSION, DIRECTION
from notifications.webhooks import Delivered, deliver
from tests.builders.bearers import Program, program
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.journal_reading import lines_of

URL = "https://outil.exemple.fr/mouvements"


def test_an_address_is_told_of_moves_until_it_is_taken_away(
    direction_program: Program, counter: Counter
) -> None:
    who = direction_program
    made = who.post("/annonces", {"url": URL})
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whs_")
    assert made.json()["secret"] not in who.get("/annonces").text
    twice = who.post("/annonces", {"url": URL})
    assert twice.json()["champs"] == {"url": "Cette adresse est déjà prévenue."}

    counter.take_to("accompagnement")
    first = who.get("/annonces/envois?taille=1").json()
    second = who.get(first["suivant"]).json()["envois"]
    (line,) = first["envois"]
    assert (line["etat"], line["essais"], line["url"]) == ("a_envoyer", 0, URL)
    assert second[0]["id"] < line["id"]

    later = counter.wait(days=1)
    deliver(counter.database, later, lambda *_: Delivered(503, "Réponse 503"))
    failed = who.get("/annonces/envois?taille=1").json()["envois"][0]
    assert (failed["statut"], failed["incident"], failed["essais"]) == (503, "Réponse 503", 1)
    again = who.post(f"/annonces/envois/{line['id']}/renvoyer")
    assert (again.json()["id"], again.json()["essais"]) == (line["id"], 0)

    for _twice in range(2):
        assert who.ask("DELETE", f"/annonces/{made.json()['id']}").json() == {"adresses": []}
    given_up = who.get("/annonces/envois?taille=1").json()["envois"][0]
    assert (given_up["etat"], given_up["prochain_essai"]) == ("abandonnee", None)


def test_only_the_direction_with_a_token_for_settings_decides_where_data_go(
    app: FastAPI, office: Office
) -> None:
    charge = program(app, office, CHARGE_DE_MISSION)
    assert charge.get("/annonces").status_code == 403
    assert charge.post("/annonces", {"url": URL}).status_code == 403
    writing = program(app, office, DIRECTION, "ecriture")
    refused = writing.post("/annonces", {"url": URL})
    assert (refused.status_code, refused.json()["code"]) == (403, "portee_insuffisante")
    for url in ("http://outil.exemple.fr/", "https://", "https://a b.fr", "", "https://u:p@a.fr/"):
        answer = program(app, office, DIRECTION).post("/annonces", {"url": url})
        assert (answer.status_code, list(answer.json()["champs"])) == (422, ["url"]), url


def test_where_data_go_is_kept_in_the_journal(direction_program: Program, counter: Counter) -> None:
    made = direction_program.post("/annonces", {"url": URL}).json()
    direction_program.post("/annonces", {"url": URL})
    for _twice in range(2):
        direction_program.ask("DELETE", f"/annonces/{made['id']}")
    with counter.database.reading() as session:
        lines = lines_of(session.connection(), "organisme", counter.office.id)
    told = [
        (line.event, line.content["champs"]["url"]) for line in lines if "adresse" in line.event
    ]
    assert told == [
        ("adresse_retiree", {"avant": URL, "apres": None}),
        ("adresse_prevenue", {"avant": None, "apres": URL}),
    ]
