"""The search that opens over any page, by the keyboard alone and without any script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.filing import file_contacts
from tests.browser.walking import sign_in
from tests.builders.site import Site


def test_a_misspelt_structure_is_found_and_opened_by_the_keyboard(page: Page, site: Site) -> None:
    file_contacts(site, ["Roule ma vallée", "Le Fil d’Ariane"])
    sign_in(page, site, "charge_de_mission")
    page.keyboard.press("/")
    field = page.get_by_label("Chercher une structure, une personne")
    expect(field).to_be_focused()
    page.keyboard.type("valee roulle")
    expect(page.locator("#palette-resultats")).to_contain_text("résultats pour « vallée »")

    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-hit]").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Roule ma vallée")


def test_escape_closes_it_and_gives_the_focus_back(page: Page, site: Site) -> None:
    sign_in(page, site, "lecteur")
    opener = page.locator("[data-palette]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-resultats")).to_contain_text("Aucun résultat pour « zzzz »")
    expect(page.locator("[data-palette-status]")).to_have_text(re.compile("0\\srésultat"))
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_palette_stays_within_the_screen(page: Page, site: Site, width: int) -> None:
    file_contacts(site, ["Roule ma vallée"])
    page.set_viewport_size({"width": width, "height": 720})
    sign_in(page, site, "direction")
    page.locator("[data-palette]").click()
    page.keyboard.type("vallée")
    expect(page.locator("[data-hit]").first).to_be_visible()
    box = page.locator("#palette").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_without_any_script_the_button_leads_to_a_page(chromium: Browser, site: Site) -> None:
    file_contacts(site, ["Roule ma vallée"])
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    sign_in(page, site, "direction")
    page.locator("[data-palette]").click()
    page.locator("#recherche-texte").fill("vallée")
    page.locator("#contenu").get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Roule ma vallée").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Roule ma vallée")
    context.close()
