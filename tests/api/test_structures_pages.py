"""The pages of structures: found, read, recorded, changed, with nothing typed ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from grants.structures.service import STRUCTURES, create_structure
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.registers import events
from tests.builders.visitors import Visitor
from workflow.database import Database

SIRET = "732 829 320 00074"


@pytest.fixture
def charge(visitor: Visitor, office: Office) -> Visitor:
    return visitor.enter(office.people["charge_de_mission"], office.id)


@pytest.fixture
def lecteur(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["lecteur"], office.id)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no {name} on the page"
    return found[1]


def test_an_empty_list_says_what_to_do_next(charge: Visitor, lecteur: Visitor) -> None:
    shown = charge.get("/structures").text
    assert "Aucune structure pour l’instant" in shown
    assert 'href="/structures/nouvelle"' in shown
    assert 'href="/structures/nouvelle"' not in lecteur.get("/structures").text


def test_the_list_shows_each_structure_with_its_dossiers(charge: Visitor, holds: Holdings) -> None:
    shown = charge.get("/structures").text
    assert f'href="/structures/{holds.structure}"' in shown
    assert "1\u00a0structure<" in shown
    assert '1<span class="sr-only"> dossier</span>' in shown


def test_a_search_that_finds_nothing_leads_back_to_the_whole_list(
    charge: Visitor, holds: Holdings
) -> None:
    shown = charge.get("/structures?q=introuvable").text
    assert "Aucune structure ne correspond" in shown
    assert "Voir toutes les structures" in shown
    assert 'value="introuvable"' in shown


@pytest.mark.parametrize(
    "query",
    [
        "q=%E2%80%AE&departement=zz&secteur=chasse",
        f"q={'x' * 5000}",
        "apres=abc&avant=-1",
        "apres=99999999999999999999",
        "avant=%D9%A3",
        "q=%25_%5C",
    ],
)
def test_a_list_address_that_makes_no_sense_is_still_a_list(
    charge: Visitor, holds: Holdings, query: str
) -> None:
    assert charge.get(f"/structures?{query}").status_code == 200


def test_pages_of_the_list_lead_to_each_other(
    charge: Visitor, database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        for number in range(51):
            form = {"nom": f"Structure {number:02}"}
            create_structure(session, office.identity(), form, NOW)
    first = charge.get("/structures?q=structure").text
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = charge.get(onward[1].replace("&amp;", "&")).text
    assert "Structure 50" in second
    assert "Structure 49" not in second
    assert 'rel="prev"' in second


def test_a_structure_shows_its_fiche_contacts_dossiers_and_history(
    charge: Visitor, holds: Holdings, office: Office
) -> None:
    shown = charge.get(f"/structures/{holds.structure}").text
    assert f"Projet de {office.nom}" in shown
    assert f'href="/dossiers/{holds.dossier}"' in shown
    assert "Structure enregistrée" in shown
    assert "Ajouter un contact" in shown
    assert f'href="/structures/{holds.structure}/modifier"' in shown


def test_a_lecteur_sees_a_structure_and_no_way_to_change_it(
    lecteur: Visitor, holds: Holdings
) -> None:
    shown = lecteur.get(f"/structures/{holds.structure}").text
    assert "Structure enregistrée" in shown
    assert "modifier" not in shown
    assert "Ajouter un contact" not in shown


def test_a_structure_is_recorded_from_its_form(
    charge: Visitor, database: Database, office: Office
) -> None:
    key = hidden(charge.get("/structures/nouvelle").text, "idempotency_key")
    form = {"nom": "Roue libre", "siret": SIRET, "idempotency_key": key}
    first = charge.post("/structures/nouvelle", form)
    again = charge.post("/structures/nouvelle", form)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert "732\u00a0829\u00a0320\u00a000074" in charge.get(first.headers["location"]).text


def test_a_faulty_fiche_comes_back_with_what_was_typed(charge: Visitor) -> None:
    answer = charge.post("/structures/nouvelle", {"nom": "Roue libre", "siret": "12"})
    assert answer.status_code == 422
    assert 'value="Roue libre"' in answer.text
    assert 'value="12"' in answer.text
    assert 'href="#siret"' in answer.text
    assert "Une réponse est à corriger" in answer.text


def test_a_near_same_structure_is_asked_about_before_another_is_recorded(
    charge: Visitor, database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        known = create_structure(session, office.identity(), {"nom": "Roue libre"}, NOW)
    form = {"nom": "La roue libre", "commune": "Le Vigan"}
    asked = charge.post("/structures/nouvelle", form)
    assert asked.status_code == 409
    assert f'href="/structures/{known}"' in asked.text
    assert 'value="Le Vigan"' in asked.text
    answer = charge.post("/structures/nouvelle", {**form, "continuer": "1"})
    assert answer.status_code == 303
    assert answer.headers["location"] != f"/structures/{known}"


def test_a_fiche_is_changed_and_its_history_tells_it(charge: Visitor, holds: Holdings) -> None:
    url = f"/structures/{holds.structure}/modifier"
    version = hidden(charge.get(url).text, "lock_version")
    form = {"nom": "Roue libre", "commune": "Le Vigan", "lock_version": version}
    assert charge.post(url, form).status_code == 303
    shown = charge.get(f"/structures/{holds.structure}").text
    assert "La fiche est à jour." in shown
    assert "Fiche modifiée" in shown


def test_a_fiche_changed_meanwhile_comes_back_with_what_was_typed(
    charge: Visitor, holds: Holdings
) -> None:
    url = f"/structures/{holds.structure}/modifier"
    version = hidden(charge.get(url).text, "lock_version")
    charge.post(url, {"nom": "Première", "lock_version": version})
    stale = charge.post(url, {"nom": "Seconde", "lock_version": version})
    assert stale.status_code == 409
    assert "Modifié entre-temps par" in stale.text
    assert 'value="Seconde"' in stale.text
    newer = hidden(stale.text, "lock_version")
    assert charge.post(url, {"nom": "Seconde", "lock_version": newer}).status_code == 303


def test_a_contact_is_added_changed_and_taken_off(charge: Visitor, database: Database) -> None:
    url = charge.post("/structures/nouvelle", {"nom": "Roue libre"}).headers["location"]
    form = {"nom": "Lola Esquirol", "email": "lola@example.org", "fonction": "Présidente"}
    assert charge.post(f"{url}/contacts", form).status_code == 303
    shown = charge.get(url).text
    contact = re.search(rf'href="({url}/contacts/\d+)"', shown)
    assert contact
    version = hidden(charge.get(contact[1]).text, "lock_version")
    changed = {**form, "telephone": "04 65 71 40 43", "lock_version": version}
    assert charge.post(contact[1], changed).status_code == 303
    assert "04\u00a065\u00a071\u00a040\u00a043" in charge.get(url).text
    assert charge.post(f"{contact[1]}/retirer").status_code == 303
    assert "Personne n’est encore noté" in charge.get(url).text
    assert events(database, STRUCTURES, int(url.rsplit("/")[-1]))[-2:] == [
        "contact_ajoute",
        "contact_retire",
    ]


def test_a_faulty_contact_comes_back_open_with_what_was_typed(
    charge: Visitor, holds: Holdings
) -> None:
    url = f"/structures/{holds.structure}/contacts"
    answer = charge.post(url, {"nom": "Lola Esquirol", "email": "pas un e-mail"})
    assert answer.status_code == 422
    assert '<details class="contact-new" open>' in answer.text
    assert 'value="pas un e-mail"' in answer.text
    assert 'href="#contact-email"' in answer.text


def test_a_contact_known_under_another_name_is_told(charge: Visitor, database: Database) -> None:
    url = charge.post("/structures/nouvelle", {"nom": "Roue libre"}).headers["location"]
    charge.post(f"{url}/contacts", {"nom": "Lola Esquirol", "email": "lola@example.org"})
    other = charge.post("/structures/nouvelle", {"nom": "Sel et savoirs"}).headers["location"]
    charge.post(f"{other}/contacts", {"nom": "Paul Esquirol", "email": "lola@example.org"})
    assert "déjà celle de Lola Esquirol" in charge.get(other).text
    with database.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM personne").scalar()
    assert count == 1


def test_a_contact_of_another_structure_is_not_under_this_one(charge: Visitor) -> None:
    url = charge.post("/structures/nouvelle", {"nom": "Roue libre"}).headers["location"]
    charge.post(f"{url}/contacts", {"nom": "Lola Esquirol"})
    contact = re.search(rf"{url}/contacts/(\d+)", charge.get(url).text)
    assert contact
    other = charge.post("/structures/nouvelle", {"nom": "Sel et savoirs"}).headers["location"]
    assert charge.get(f"{other}/contacts/{contact[1]}").status_code == 404
    assert charge.post(f"{other}/contacts/{contact[1]}", {"nom": "X"}).status_code == 404
    assert charge.post(f"{other}/contacts/{contact[1]}/retirer").status_code == 404
    assert "Lola Esquirol" in charge.get(url).text


def test_a_structure_name_is_text_wherever_it_is_shown(charge: Visitor) -> None:
    nasty = '<script>alert("x")</script>'
    url = charge.post("/structures/nouvelle", {"nom": nasty}).headers["location"]
    for page in (url, f"{url}/modifier", "/structures"):
        assert nasty not in charge.get(page).text
