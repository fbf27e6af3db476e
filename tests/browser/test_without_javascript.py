"""The essentials, in a browser that runs no script."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from grants.dossiers.listing import PAGE
from tests.browser.filing import count_moves, file_contact, file_contacts
from tests.browser.walking import confirm, day, expect_stage, open_action, sign_in
from tests.builders.browser import DESKTOP
from tests.builders.site import Site

STRUCTURES = PAGE + 5


@pytest.fixture
def page(chromium: Browser) -> Generator[Page]:
    """A page where no script runs."""
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR", viewport=DESKTOP)
    yield context.new_page()
    context.close()


def test_a_visitor_signs_in_and_out(page: Page, site: Site) -> None:
    sign_in(page, site, "direction")
    page.locator(".topbar [data-menu] summary").click()
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.goto(f"{site.url}/tableau")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_the_board_is_narrowed_and_its_filters_taken_away(page: Page, site: Site) -> None:
    file_contacts(site, ["Roule ma vallée", "Le Fil d’Ariane"])
    sign_in(page, site, "direction")
    page.get_by_role("link", name="Tableau", exact=True).click()
    cards = page.locator("[data-card]")
    expect(cards).to_have_count(2)
    page.locator("[data-filters] [type=search]").fill("vallée")
    page.get_by_role("button", name="Filtrer").click()
    expect(cards).to_have_count(1)
    expect(page).to_have_url(re.compile(r"[?&]q=vall%C3%A9e"))
    expect(page.locator("[data-filters] [type=search]")).to_have_value("vallée")
    page.get_by_role("link", name="Retirer le filtre").click()
    expect(cards).to_have_count(2)


def test_the_list_is_sorted_and_paged(page: Page, site: Site) -> None:
    file_contacts(site, [f"Structure {number:02}" for number in range(STRUCTURES)])
    sign_in(page, site, "direction")
    page.goto(f"{site.url}/liste")
    first = page.locator(".row-structure").first
    header = page.locator("thead").get_by_role("link", name="Dossier")
    header.click()
    expect(first).to_have_text("Structure 00")
    expect(page.locator("thead [aria-sort=ascending]")).to_contain_text("Dossier")
    page.get_by_role("link", name="Suivants").click()
    expect(first).to_have_text("Structure 50")
    expect(page.locator(".row-structure")).to_have_count(STRUCTURES - PAGE)
    page.get_by_role("link", name="Précédents").click()
    expect(first).to_have_text("Structure 00")
    header.click()
    expect(first).to_have_text("Structure 54")


def test_a_contact_is_opened_with_the_structure_that_is_known_already(
    page: Page, site: Site
) -> None:
    file_contact(site, "Roule ma vallée")
    sign_in(page, site, "charge_de_mission")
    page.get_by_role("link", name="Nouveau contact").click()
    page.get_by_label("Le projet en quelques mots").fill("Prêt de vélos")
    page.get_by_label("Commune").fill("Sospel")
    page.get_by_label("Département").select_option("06")
    page.get_by_label("Nom et prénom").fill("Karim Bellanger")
    page.get_by_label("E-mail").fill("karim@exemple.fr")
    page.get_by_label("Nom", exact=True).fill("Roule ma valée")
    page.get_by_role("button", name="Ouvrir le dossier").click()

    warning = page.locator("#structures-proches")
    expect(warning).to_contain_text("Une structure déjà connue ressemble à celle-ci")
    expect(page.get_by_label("Le projet en quelques mots")).to_have_value("Prêt de vélos")
    warning.get_by_role("button", name="C’est elle").click()
    expect(page.get_by_role("heading", name="Prêt de vélos", level=1)).to_be_visible()
    expect(page.locator(".dossier-structure")).to_have_text("Roule ma vallée")
    expect_stage(page, "Contact")


def test_a_refused_form_comes_back_with_what_was_typed(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    action = open_action(page, "Fixer le rendez-vous d’accueil")
    action.get_by_label("Lieu").fill("Nos bureaux")
    confirm(action, "Fixer le rendez-vous d’accueil")

    expect(page.locator(".faults")).to_be_focused()
    expect(page.locator(".faults")).to_contain_text("rien n’est encore enregistré")
    action = open_action(page, "Fixer le rendez-vous d’accueil")
    expect(action.get_by_label("Lieu")).to_have_value("Nos bureaux")
    action.get_by_label("Date et heure").fill(f"{day(8)}T14:30")
    confirm(action, "Fixer le rendez-vous d’accueil")
    expect_stage(page, "Accueil")
    expect(page.locator(".flashes")).to_contain_text("Rendez-vous d’accueil fixé")
    assert count_moves(site) == 1


def test_a_sheet_is_changed(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    sheet = page.locator("#fiche-projet")
    sheet.get_by_role("link", name="Modifier").click()
    sheet.get_by_label("Public visé").fill("Demandeurs d’emploi")
    sheet.get_by_label("Aide demandée").fill("douze mille")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".faults")).to_be_focused()
    expect(sheet.get_by_label("Public visé")).to_have_value("Demandeurs d’emploi")
    expect(sheet.get_by_label("Aide demandée")).to_have_value("douze mille")
    sheet.get_by_label("Aide demandée").fill("12 000")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    expect(sheet).to_contain_text("Demandeurs d’emploi")
    expect(sheet).to_contain_text("12 000 €")


def test_a_note_is_added(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "assistant")
    page.goto(address)
    page.get_by_label("Nouvelle note").fill("Rappeler lundi.\nAprès 14 h.")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.get_by_text("Note ajoutée.").first).to_be_visible()
    expect(page.locator("#notes .note")).to_contain_text("Rappeler lundi.")
    expect(page.get_by_label("Nouvelle note")).to_have_value("")
