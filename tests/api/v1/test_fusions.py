"""Structures recorded twice, by a program: found, compared, merged, taken apart again."""

from __future__ import annotations

import pytest

from tests.builders.bearers import Program
from tests.builders.dossiers import Counter


@pytest.fixture
def twice(charge_program: Program, counter: Counter) -> tuple[int, int]:
    """One structure recorded twice: the first has a dossier, the second a SIRET."""
    known = {
        each["id"] for each in charge_program.get("/structures?taille=200").json()["structures"]
    }
    counter.open()
    found = charge_program.get("/structures?taille=200").json()["structures"]
    (one,) = {each["id"] for each in found} - known
    body = {"nom": "LES JARDINS DU LEZ", "siret": "73282932000074", "continuer": "oui"}
    return one, charge_program.post("/structures", body).json()["id"]


def test_a_structure_recorded_twice_is_compared_merged_and_taken_apart_again(
    charge_program: Program, twice: tuple[int, int]
) -> None:
    who, (one, other) = charge_program, twice
    near = who.get(f"/structures/{one}/doublons").json()["structures"]
    assert other in [each["id"] for each in near]

    url = f"/structures/{one}/fusion/{other}"
    shown = who.get(url)
    told = shown.json()
    assert told["garder"] == str(one)
    assert [len(side["dossiers"]) for side in told["structures"]] == [1, 0]
    gaps = {gap["champ"]: gap for gap in told["ecarts"]}
    assert gaps["siret"]["proposee"] == str(other)
    assert gaps["nom"]["reponses"][str(other)] == "LES JARDINS DU LEZ"

    wanted = {"autre_version": str(told["autre_version"]), "nom": str(other)}
    merged = who.post(url, wanted, if_match=shown.headers["etag"])
    assert merged.status_code == 200, merged.text
    assert merged.headers["location"] == f"/api/v1/structures/{one}"
    kept = merged.json()
    assert (kept["fiche"]["nom"], kept["fiche"]["siret"]) == (
        "LES JARDINS DU LEZ",
        "73282932000074",
    )
    again = who.post(url, {**wanted, "autre_version": "*"}, if_match="*")
    assert (again.status_code, again.json()["code"]) == (409, "structure_fusionnee")

    (line,) = who.get(f"/structures/{one}/fusions").json()["fusions"]
    assert (line["absorbee_id"], line["annulable"], line["raisons"]) == (other, True, [])
    undo = f"/structures/{one}/fusions/{line['id']}/annuler"
    back = who.post(undo)
    assert (back.status_code, back.json()["id"]) == (200, other)
    assert who.get(f"/structures/{one}").json()["fiche"]["siret"] is None
    assert (who.post(undo).status_code, who.post(undo).json()["code"]) == (
        409,
        "fusion_deja_annulee",
    )


def test_what_depends_on_a_merge_is_told_and_keeps_it(
    charge_program: Program, twice: tuple[int, int]
) -> None:
    who, (one, other) = charge_program, twice
    who.post(f"/structures/{one}/fusion/{other}", {"autre_version": "*"}, if_match="*")
    fiche = {**who.get(f"/structures/{one}").json()["fiche"], "siret": None}
    who.ask("PUT", f"/structures/{one}", fiche, if_match="*")
    (line,) = who.get(f"/structures/{one}/fusions").json()["fusions"]
    assert not line["annulable"]
    refused = who.post(f"/structures/{one}/fusions/{line['id']}/annuler")
    assert refused.status_code == 409
    assert [each["message"] for each in refused.json()["raisons"]] == line["raisons"] != []


def test_a_merge_compared_on_old_versions_or_badly_told_is_refused(
    charge_program: Program, twice: tuple[int, int]
) -> None:
    who, (one, other) = charge_program, twice
    url = f"/structures/{one}/fusion/{other}"
    told = who.get(url).json()
    seen = {"if_match": f'"{told["version"]}"'}
    right = str(told["autre_version"])
    fiche = who.get(f"/structures/{other}").json()["fiche"]
    who.ask("PUT", f"/structures/{other}", {**fiche, "commune": "Lattes"}, if_match="*")
    for body, headers, status in (
        ({"autre_version": right}, {}, 428),
        ({"autre_version": right}, seen, 412),
        ({"autre_version": "*"}, {"if_match": '"999"'}, 412),
        ({}, seen, 422),
        ({"autre_version": "hier"}, seen, 422),
        ({"autre_version": "*", "garder": "999999"}, seen, 422),
        ({"autre_version": "*", "nom": "999999"}, seen, 422),
        ({"autre_version": "*", "couleur": str(one)}, seen, 422),
    ):
        answer = who.post(url, body, **headers)
        assert answer.status_code == status, (body, answer.text)
    itself = who.post(f"/structures/{one}/fusion/{one}", {"autre_version": "*"}, if_match="*")
    assert (itself.status_code, itself.json()["code"]) == (409, "meme_structure")
    assert who.get(f"/structures/{one}/fusion/999999").status_code == 404
