"""What the screens show, read by a program: what awaits, searches, figures, what stands around."""

from __future__ import annotations

import pytest

from tests.builders.bearers import Program
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.offices import LOGO, Office
from tests.builders.visitors import Clock


def test_what_awaits_somebody_is_told_by_urgency_with_the_ids_to_act_upon(
    charge_program: Program, counter: Counter, clock: Clock, office: Office
) -> None:
    who, dossier = charge_program, counter.open()
    mine = str(office.people["charge_de_mission"].id)
    for titre, day in (("En retard", "2026-03-12"), ("À venir", "2026-03-20")):
        body = {"titre": titre, "pour": mine, "pour_le": day}
        assert who.post(f"/dossiers/{dossier}/taches", body).status_code == 201
    clock.advance(days=4)
    told = who.get("/aujourdhui").json()
    sections = {each["cle"]: each["lignes"] for each in told["sections"]}
    late = next(each for each in sections["retard"] if each["nature"] == "tache")
    assert (late["titre"], late["dossier_id"], late["en_retard"]) == ("En retard", dossier, True)
    assert any(each["titre"] == "À venir" for each in sections["semaine"])
    who.post(f"/taches/{late['tache_id']}/faite")
    assert [each["titre"] for each in who.get("/aujourdhui").json()["faites"]] == ["En retard"]
    assert who.get("/aujourdhui?pour=personne").json()["sections"] == []
    unknown = who.get("/aujourdhui?pour=moi-ou-toi")
    assert (unknown.status_code, list(unknown.json()["champs"])) == (422, ["pour"])


def test_taches_follow_each_other_soonest_first(charge_program: Program, office: Office) -> None:
    who, mine = charge_program, str(office.people["charge_de_mission"].id)
    for n, day in enumerate(("2026-03-22", "2026-03-20", "2026-03-20", "2026-03-21")):
        who.post("/taches", {"titre": f"Tâche {n}", "pour": mine, "pour_le": day})
    found: list[str] = []
    url: str | None = "/taches?pour=moi&taille=1"
    while url:
        page = who.get(url).json()
        found += [each["titre"] for each in page["taches"]]
        url = page["suivant"]
    assert found == ["Tâche 1", "Tâche 2", "Tâche 3", "Tâche 0"]
    assert who.get("/taches?pour=personne").json()["taches"] == []


def test_a_misspelt_search_says_what_it_looked_for_instead(
    charge_program: Program, counter: Counter
) -> None:
    dossier = counter.open(values={"titre": "Un jardin partagé"})
    exact = charge_program.get("/recherche?q=JARDÍN").json()
    assert [each["id"] for each in exact["dossiers"]] == [dossier]
    assert [each["nom"] for each in exact["structures"]] == [STRUCTURE]
    misspelt = charge_program.get("/recherche?q=jardni").json()
    assert misspelt["corrections"]
    assert [each["id"] for each in misspelt["dossiers"]] == [dossier]
    assert charge_program.get("/recherche?q=" + "a" * 500).status_code == 422


def test_a_plan_is_weighed_kept_and_read(charge_program: Program, counter: Counter) -> None:
    url = f"/dossiers/{counter.take_to('accompagnement')}/financement"
    plan = {
        "cout_total": "30 000,00",
        "montant_demande": "18 500,00",
        "ligne_1_nature": "cofinanceur",
        "ligne_1_financeur": "Ville de Vence",
        "ligne_1_montant": "11 499,99",
        "ligne_1_etat": "obtenu",
    }
    weighed = charge_program.post(f"{url}/solde", plan).json()
    assert (weighed["ecart"], weighed["equilibre"]) == (1, "manque")
    before = charge_program.get(url)
    assert before.json()["lignes"] == []
    plan["ligne_1_montant"] = "11 500,00"
    kept = charge_program.ask("PUT", url, plan, if_match=before.headers["etag"])
    assert kept.json() == charge_program.get(url).json()
    assert kept.json()["solde"]["equilibre"] == "equilibre"
    (line,) = kept.json()["lignes"]
    assert (line["financeur"], line["montant"], line["etat"]) == (
        "Ville de Vence",
        1_150_000,
        "obtenu",
    )
    late = charge_program.ask("PUT", url, plan, if_match=before.headers["etag"])
    assert late.status_code == 412


def test_the_figures_of_two_periods_and_who_has_what_in_hand(
    charge_program: Program, counter: Counter, office: Office
) -> None:
    counter.take_to("selectionne")
    told = charge_program.get("/pilotage/microprojets?avec_du=2025-01-01&avec_au=2025-12-31").json()
    assert (told["ouverts"], told["retenus"], told["compare"]["ouverts"]) == (1, 1, 0)
    assert told["accorde"] > 0
    (load,) = told["charge"]
    assert (load["referent_id"], load["par_etape"]) == (
        office.people["charge_de_mission"].id,
        {"selectionne": 1},
    )
    assert [each["cle"] for each in told["departements"]] == ["34"]
    assert sum(each["accorde"] for each in told["secteurs"]) == told["accorde"]


def test_what_stands_around_a_structure_is_read(charge_program: Program, counter: Counter) -> None:
    dossier = counter.take_to("selectionne")
    id = charge_program.get(f"/dossiers/{dossier}").json()["structure"]["id"]
    aids = charge_program.get(f"/structures/{id}/aides").json()
    assert [each["dossier_id"] for each in aids["aides"]] == [dossier]
    assert aids["total"] == charge_program.get(f"/dossiers/{dossier}").json()["montant_accorde"]
    shared = charge_program.get(f"/structures/{id}/pieces").json()["pieces"]
    assert {each["etat"] for each in shared} == {"validee"}
    assert all(each["fichiers"] for each in shared)


@pytest.mark.parametrize("what", ["structures", "seances", "dossiers"])
def test_each_thing_tells_its_story(charge_program: Program, counter: Counter, what: str) -> None:
    counter.take_to("cts")
    listed = charge_program.get(f"/{what}").json()
    id = next(iter(listed.values()))[0]["id"]
    lines = charge_program.get(f"/{what}/{id}/journal").json()["entrees"]
    assert lines[-1]["numero"] == 1
    assert charge_program.get(f"/{what}/999999/journal").status_code == 404


def test_the_organisme_tells_its_story_and_shows_its_logo_to_whoever_belongs_there(
    charge_program: Program, direction_program: Program
) -> None:
    assert charge_program.get("/organisme/logo").status_code == 404
    put = direction_program.ask("PUT", "/organisme/logo", LOGO, content_type="image/png")
    assert put.status_code == 200
    given = charge_program.get("/organisme/logo")
    assert (given.content, given.headers["content-type"]) == (LOGO, "image/png")
    assert charge_program.get("/organisme/journal").status_code == 403
    assert direction_program.get("/organisme/journal").json()["entrees"][-1]["numero"] == 1


def test_the_signature_is_shown_to_the_direction_alone(
    charge_program: Program, direction_program: Program
) -> None:
    put = direction_program.ask("PUT", "/organisme/signature", LOGO, content_type="image/png")
    assert put.json()["signature"] is True
    assert direction_program.get("/organisme/signature").content == LOGO
    assert charge_program.get("/organisme/signature").status_code == 403
    dropped = direction_program.ask("DELETE", "/organisme/signature")
    assert dropped.json()["signature"] is False
    assert direction_program.get("/organisme/signature").status_code == 404


def test_a_dispositif_is_described_with_its_pieces_and_what_may_be_chosen_today(
    charge_program: Program,
) -> None:
    # The choices are those of the day itself, whatever the clock of the test says.
    planned = {
        "comite": "CTS",
        "tenue_le": "2090-04-14T14:00",
        "cloture_inscriptions": "2090-04-01",
    }
    seance = charge_program.post("/seances", planned).json()["id"]
    told = charge_program.get("/dispositifs/microprojets").json()
    rib = next(each for each in told["pieces"] if each["cle"] == "rib")
    assert rib["pourquoi"]
    assert rib["gardee_pour"] in ("dossier", "structure")
    assert "inscrire_cts" in {action for each in told["pieces"] for action in each["pour"]}
    action = next(each for each in told["actions"] if each["cle"] == "inscrire_cts")
    asked = action["schema"]["properties"]["seance"]
    assert asked["x-type"] == "seance"
    assert [each["const"] for each in asked["x-choix"]] == [str(seance)]
    stage = next(each for each in told["etapes"] if each["cle"] == "accompagnement")
    assert set(stage["roles_des_fiches"]) == set(stage["fiches"]) != set()
