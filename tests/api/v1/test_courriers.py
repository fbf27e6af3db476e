"""Letters by programs: read, sent as they were read, once; the agenda and models page by page."""

from __future__ import annotations

from tests.builders.bearers import Program
from tests.builders.courriers import letter_row, put, read
from tests.builders.offices import LETTER, Holdings, Office
from workflow.database import Database

_KEY = "envoi-du-12-mars-0001"


def test_what_was_read_leaves_once(
    charge_program: Program, database: Database, holds: Holdings
) -> None:
    url = f"/courriers/{holds.courrier}"
    shown = charge_program.get(url)
    letter, version = shown.json(), shown.headers["etag"]
    assert (letter["etat"], letter["manque"]) == ("a_valider", None)
    other = {"affiche": "0" * 64}
    assert charge_program.post(f"{url}/envoyer", other, if_match="*").status_code == 409
    asked = {"affiche": letter["empreinte"]}
    assert charge_program.post(f"{url}/envoyer", asked).status_code == 428
    for _ in range(2):
        headers = {"if_match": version, "idempotency_key": _KEY}
        sent = charge_program.post(f"{url}/envoyer", asked, **headers)
        assert (sent.status_code, sent.json()["etat"]) == (200, "pret")
    assert sent.headers["idempotency-replayed"] == "true"
    assert read(database, holds.courrier)["digest"] == letter["empreinte"]
    old = charge_program.post(f"{url}/annuler", None, if_match=version)
    assert old.status_code == 412


def test_what_it_lacks_is_named_in_french(
    charge_program: Program, database: Database, office: Office
) -> None:
    lacking = letter_row(
        1, tenant_id=office.id, state="a_valider", missing="rendez_vous.lieu, structure.siret"
    )
    put(database, lacking)
    found = charge_program.get("/courriers").json()["courriers"][0]
    assert found["manque"] == "le lieu du rendez-vous, le SIRET de la structure"


def test_pages_follow_each_other(
    charge_program: Program, database: Database, office: Office
) -> None:
    ids = put(database, *(letter_row(n, tenant_id=office.id) for n in range(1, 6)))
    seen, url = list[int](), "/courriers?taille=2&etat=prepare,pret"
    while url:
        page = charge_program.get(url).json()
        seen += [each["id"] for each in page["courriers"]]
        url = page["suivant"]
    assert seen == ids[::-1]
    for wrong in ("etat=partis", "voie=pigeon", "lettre=x", "du=demain", "dossier=a"):
        assert charge_program.get(f"/courriers?{wrong}").status_code == 422


def test_the_agenda_is_read_page_by_page(charge_program: Program, holds: Holdings) -> None:
    whole = charge_program.get("/agenda?au=2026-06-01").json()["agenda"]
    assert {"relance", "seance", "tache"} <= {each["nature"] for each in whole}
    seen, url = list[object](), "/agenda?au=2026-06-01&taille=1"
    while url:
        page = charge_program.get(url).json()
        seen += page["agenda"]
        url = page["suivant"]
    assert seen == whole
    for wrong in ("quoi=fetes", "qui=x", "au=2020-01-01", "dispositif=x"):
        assert charge_program.get(f"/agenda?{wrong}").status_code == 422


def test_a_model_is_changed_at_the_version_that_was_read(direction_program: Program) -> None:
    url = f"/modeles/{LETTER}"
    first = direction_program.get(url)
    typed = {"objet": "Bonne nouvelle", "texte": "Bonjour,\n\nVotre projet est retenu."}
    changed = direction_program.ask("PUT", url, typed, if_match=first.headers["etag"])
    assert (changed.json()["propre"], changed.json()["version"]) == (True, 1)
    late = direction_program.ask("PUT", url, typed | {"objet": "Autre"}, if_match='"0"')
    assert (late.status_code, late.json()["code"]) == (412, "modele_modifie")
    bad = direction_program.ask("PUT", url, typed | {"texte": "{{ rien }}"}, if_match="*")
    assert "ligne 1" in bad.json()["champs"]["texte"].replace("\xa0", " ").replace("\u202f", " ")
    back = direction_program.post(f"{url}/original", None, if_match="*").json()
    assert (back["propre"], back["texte"]) == (False, first.json()["texte"])


def test_addresses_written_to_no_more_are_noted_read_and_lifted(charge_program: Program) -> None:
    for name in ("a", "b", "c"):
        body = {"adresse": f"{name}@example.org", "quoi": "demande"}
        told = charge_program.ask("POST", "/adresses-arretees", body).json()
        assert (told["change"], told["adresse"]["email"]) == (True, body["adresse"])
    first = charge_program.get("/adresses-arretees?taille=2").json()
    assert [each["email"] for each in first["adresses"]] == ["a@example.org", "b@example.org"]
    rest = charge_program.get(first["suivant"]).json()
    assert [each["email"] for each in rest["adresses"]] == ["c@example.org"]
    lifted = charge_program.ask("POST", "/adresses-arretees/retablir", {"adresse": "b@example.org"})
    assert lifted.json() == {"change": True, "adresse": None}
    bad = charge_program.ask("POST", "/adresses-arretees", {"adresse": "b", "quoi": "tout"})
    assert set(bad.json()["champs"]) == {"adresse", "quoi"}
