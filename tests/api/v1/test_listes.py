"""The list by a program: views kept and opened first, columns, files of what is filtered."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from fastapi import FastAPI

from grants.organisation.roles import CHARGE_DE_MISSION, LECTEUR
from tests.builders.bearers import Program, program
from tests.builders.dossiers import Counter
from tests.builders.offices import Office

VUE = {"nom": "À relancer", "requete": "departement=34&tri=depuis", "colonnes": ["referent"]}


def test_a_view_is_kept_opened_first_renamed_changed_and_taken_away(
    charge_program: Program,
) -> None:
    who = charge_program
    made = who.post("/vues", {**VUE, "premiere": "oui"})
    assert made.status_code == 201, made.text
    vue, url = made.json(), made.headers["location"]
    assert (vue["colonnes"], vue["partagee"], vue["premiere"]) == (["referent"], False, True)
    assert who.get(vue["dossiers"]).status_code == 200
    assert who.ask("DELETE", f"{url}/premiere").json()["premiere"] is False
    assert who.ask("PUT", f"{url}/premiere").json()["premiere"] is True
    renamed = who.ask("PUT", url, {"nom": "À rappeler", "partagee": "oui"}).json()
    assert (renamed["nom"], renamed["partagee"]) == ("À rappeler", True)
    other = who.ask("PUT", f"{url}/contenu", {"requete": "etape=cts&dispositif=microprojets"})
    assert other.json()["requete"] == "etape=cts&dispositif=microprojets"
    taken = who.post("/vues", {"nom": "a rappeler"})
    assert (taken.status_code, list(taken.json()["champs"])) == (422, ["nom"])
    assert who.ask("DELETE", url).json() == {"vues": []}
    assert who.get(url).status_code == 404


def test_a_lecteur_keeps_views_of_his_own_with_the_only_token_he_may_have(
    app: FastAPI, office: Office
) -> None:
    who, colleague = (program(app, office, role) for role in (LECTEUR, CHARGE_DE_MISSION))
    made = who.post("/vues", VUE)
    assert made.status_code == 201
    assert who.post("/vues", {"nom": "Pour tous", "partagee": "oui"}).status_code == 403
    assert colleague.get(made.headers["location"]).status_code == 404
    assert who.ask("PUT", "/colonnes", {"colonnes": ["cout", "etape"]}).json()["choisies"] == [
        "cout",
        "etape",
    ]
    reading = program(app, office, CHARGE_DE_MISSION, "lecture")
    refused = reading.post("/vues", VUE)
    assert (refused.status_code, refused.json()["code"]) == (403, "portee_insuffisante")


def test_a_shared_view_is_changed_by_its_owner_or_the_direction(
    app: FastAPI, office: Office, charge_program: Program, direction_program: Program
) -> None:
    url = charge_program.post("/vues", {**VUE, "partagee": "oui"}).headers["location"]
    assistant = program(app, office, "assistant")
    assert assistant.get(url).json()["modifiable"] is False
    refused = assistant.ask("PUT", url, {"nom": "À moi"})
    assert (refused.status_code, refused.json()["code"]) == (409, "vue_reservee")
    assert direction_program.ask("PUT", url, {"nom": "Revue"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nom": ""}, "nom"),
        ({"nom": "a" * 61}, "nom"),
        ({"nom": "V", "colonnes": ["gone"]}, "colonnes"),
        ({"nom": "V", "requete": "couleur=bleu"}, "requete"),
        ({"nom": "V", "requete": "etape=cts&dispositif=inconnu"}, "requete"),
        ({"nom": "V", "requete": "q=a&q=b"}, "requete"),
        ({"nom": "V", "requete": "q"}, "requete"),
        ({"nom": "V", "requete": "q=%ff"}, "requete"),
        ({"nom": "V", "requete": "q=" + "a" * 2000}, "requete"),
        ({"nom": "V", "partagee": "peut-être"}, "partagee"),
        ({"nom": "V", "couleur": "bleu"}, "couleur"),
    ],
)
def test_a_view_that_cannot_be_read_is_told(
    charge_program: Program, body: dict[str, object], field: str
) -> None:
    answer = charge_program.post("/vues", body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["champs"]


def test_what_is_filtered_comes_as_a_file(charge_program: Program, counter: Counter) -> None:
    here, elsewhere = counter.take_to("accompagnement"), counter.open()
    query = "dispositif=microprojets&etape=accompagnement"
    answer = charge_program.get(f"/dossiers.csv?{query}&colonnes=reference,etape,demande")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].endswith('.csv"')
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    reference = charge_program.get(f"/dossiers/{here}").json()["reference"]
    assert [rows[0], [rows[1][0]]] == [["Référence", "Étape", "Demandé"], [reference]]
    assert len(rows) == 2
    sheet = openpyxl.load_workbook(BytesIO(charge_program.get("/dossiers.xlsx").content)).active
    assert sheet is not None
    assert sheet.max_row == 3
    assert elsewhere
    for refused in ("etape=nulle", "colonnes=gone", "tri=lieu", "inconnu=1"):
        told = charge_program.get(f"/dossiers.xlsx?{refused}")
        assert (told.status_code, list(told.json()["champs"])) == (422, [refused.split("=")[0]])
