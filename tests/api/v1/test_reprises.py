"""A file taken over by a program of the direction: sent, mapped, checked, added, taken back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from grants.reprise.columns import FAULTS_TITLE
from tests.builders.bearers import Program
from tests.builders.tables_sent import csv_of, xlsx_of

TITLES = ("Nom", "SIRET", "Commune", "Couleur")
GOOD = csv_of(TITLES, ("Les Semis", "73282932000074", "Sète", "vert"))
BAD = (TITLES, ("Les Semis", "1,23E+13", "Sète", "=1+1"), ("", "", "Agde", ""))


def send(who: Program, content: bytes, sujet: str = "structures", **headers: str) -> Any:
    files = {"fichier": ("suivi.csv", content)}
    return who.send("POST", "/reprises", files, {"sujet": sujet}, **headers)


def chosen(told: dict[str, Any]) -> dict[str, str | None]:
    """What each column brings, as it is asked for."""
    return {each["champ"]: each["donne"] for each in told["lecture"]["colonnes"]}


def test_a_file_goes_from_sent_to_added_and_back(direction_program: Program) -> None:
    who = direction_program
    sent = send(who, GOOD)
    assert sent.status_code == 201, sent.text
    url = sent.headers["location"]
    told = who.get(url).json()
    assert (told["etat"], told["format"], told["bilan"]) == ("recue", "csv", None)
    assert list(chosen(told).values()) == ["nom", "siret", "commune", None]
    # The work goes on once the answer was sent: the answer says that it has begun.
    checking = who.post(f"{url}/colonnes", chosen(told)).json()
    assert checking["etat"] == "verification"
    checked = who.get(url).json()
    assert (checked["etat"], checked["bilan"]["anomalies"]) == ("verifiee", 0)
    assert checked["bilan"]["ajouts"]["structures"] == 1
    assert who.get("/structures").json()["structures"] == []

    assert who.post(f"{url}/lancer").json()["etat"] == "ecriture"
    done = who.get(url).json()
    assert (done["etat"], done["lecture"]) == ("faite", None)
    (added,) = done["premieres"]
    assert who.get(f"/structures/{added['id']}").json()["fiche"]["commune"] == "Sète"
    twice = send(who, GOOD)
    assert (twice.status_code, list(twice.json()["champs"])) == (422, ["fichier"])
    assert "déjà été repris" in twice.json()["champs"]["fichier"]

    who.post(f"{url}/annuler")
    assert who.get(url).json()["etat"] == "annulee"
    assert who.get("/structures").json()["structures"] == []
    assert [each["etat"] for each in who.get("/reprises").json()["reprises"]] == ["annulee"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_faults_are_told_by_cell_and_the_file_to_mend_has_them_all(
    direction_program: Program, kind: str
) -> None:
    who = direction_program
    url = send(who, csv_of(*BAD) if kind == "csv" else xlsx_of(*BAD)).headers["location"]
    who.post(f"{url}/colonnes", chosen(who.get(url).json()))
    page = who.get(f"{url}/anomalies?taille=1").json()
    (first,), (second,) = page["anomalies"], who.get(page["suivant"]).json()["anomalies"]
    assert (first["ligne"], first["colonne"], first["valeur"]) == (2, "B", "1,23E+13")
    assert (second["ligne"], second["colonne"]) == (3, "A")
    refused = who.post(f"{url}/lancer")
    assert (refused.status_code, refused.json()["code"]) == (409, "reprise_fautive")
    given = who.get(f"{url}/anomalies/fichier")
    assert given.headers["content-disposition"].endswith(f'.{kind}"')
    if kind == "csv":
        assert FAULTS_TITLE in given.content.decode("utf-8-sig")
    else:
        sheet = openpyxl.load_workbook(BytesIO(given.content)).active
        assert sheet is not None
        assert sheet.cell(1, 5).value == FAULTS_TITLE


def test_another_sheet_is_read_and_what_makes_no_sense_is_refused(
    direction_program: Program,
) -> None:
    who = direction_program
    more = {"Suite": [("Export", ""), TITLES, ("Les Semis", "", "Sète", "vert")]}
    url = send(who, xlsx_of(("Rien", "ici"), more=more)).headers["location"]
    told = who.post(f"{url}/feuille", {"feuille": "Suite", "entete": "2"}).json()
    assert (told["lecture"]["feuille"], told["lecture"]["entete"]) == ("Suite", 2)
    for path, body, field in (
        ("feuille", {"feuille": "Ailleurs", "entete": "1"}, "feuille"),
        ("feuille", {"feuille": "Suite", "entete": "99"}, "entete"),
        ("colonnes", {}, "colonne"),
        ("colonnes", {"colonne-0": "couleur"}, "colonne-0"),
        ("colonnes", {"colonne-0": "nom", "colonne-1": "nom"}, "colonne-1"),
        ("colonnes", {"nom": "colonne-0"}, "nom"),
        ("colonnes", {"colonne-0": ["nom"]}, "colonne-0"),
    ):
        answer = who.post(f"{url}/{path}", body)
        assert (answer.status_code, list(answer.json()["champs"])) == (422, [field]), body
    early = who.post(f"{url}/lancer")
    assert (early.status_code, early.json()["code"]) == (409, "reprise_ailleurs")
    assert who.post(f"{url}/abandonner").json()["etat"] == "abandonnee"
    assert who.post(f"{url}/abandonner").status_code == 409
    assert who.get(f"{url}/anomalies/fichier").status_code == 404


def test_the_same_launch_under_the_same_key_begins_once(direction_program: Program) -> None:
    who = direction_program
    first, again = (send(who, GOOD, idempotency_key="reprise-du-suivi") for _ in range(2))
    assert first.content == again.content
    url = first.headers["location"]
    body = chosen(who.get(url).json())
    keyed = {"idempotency_key": "verifier-le-suivi"}
    begun, replayed = (who.post(f"{url}/colonnes", body, **keyed) for _ in range(2))
    assert (begun.content, replayed.headers["idempotency-replayed"]) == (replayed.content, "true")
    assert who.get(url).json()["etat"] == "verifiee"


def test_what_may_be_taken_over_is_described_and_has_its_model(direction_program: Program) -> None:
    found = direction_program.get("/reprises/sujets").json()["sujets"]
    assert {"structures", "contacts", "dossiers-microprojets"} <= {each["cle"] for each in found}
    for each in found:
        assert any(column["obligatoire"] for column in each["colonnes"])
    model = openpyxl.load_workbook(BytesIO(direction_program.get(found[0]["modele"]).content))
    titles = [cell.value for cell in model.worksheets[0][1]]
    assert titles == [column["libelle"] for column in found[0]["colonnes"]]
    assert direction_program.get("/reprises/modeles/inconnu").status_code == 404


def test_a_file_that_cannot_be_taken_over_is_told(direction_program: Program) -> None:
    who = direction_program
    for content, sujet, fields in (
        (b"", "structures", {"fichier"}),
        (bytes(range(256)) * 8, "structures", {"fichier"}),
        (GOOD, "planetes", {"sujet"}),
        (b"x;" * 7_000_000, "structures", None),
    ):
        answer = send(who, content, sujet)
        assert answer.status_code == (422 if fields else 413), sujet
        assert fields is None or set(answer.json()["champs"]) == fields
    nothing = who.post("/reprises")
    assert (nothing.status_code, nothing.json()["champs"]) == (
        422,
        {"fichier": "Choisissez un fichier."},
    )
    assert who.ask("POST", "/reprises", {"sujet": "structures"}).status_code == 415
    cut = b'--b\r\nContent-Disposition: form-data; name="fichier"; filename="a.csv"\r\n\r\nNom;'
    kind = "multipart/form-data; boundary=b"
    assert who.ask("POST", "/reprises", cut, content_type=kind).status_code == 422
    assert who.get("/reprises").json() == {"reprises": []}
