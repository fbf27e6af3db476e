"""On the narrowest phone: a chargé de mission between two visits does what the day asks."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.filing import file_contact
from tests.browser.walking import confirm, day, expect_stage, open_action, sign_in
from tests.builders.site import Site

FINGER = 40


def test_a_dossier_is_found_moved_and_written_up_on_a_phone(phone_page: Page, site: Site) -> None:
    page = phone_page
    file_contact(site, "Les Paniers du haut pays")
    file_contact(site, "Roule ma vallée")
    sign_in(page, site, "charge_de_mission")
    _find(page, "roule")
    expect_stage(page, "Contact")

    action = open_action(page, "Fixer le rendez-vous d’accueil")
    action.get_by_label("Date et heure").fill(f"{day(8)}T14:30")
    action.get_by_label("Lieu").fill("Nos bureaux")
    confirm(action, "Fixer le rendez-vous d’accueil")
    expect_stage(page, "Accueil")
    assert _fits(page)

    page.locator("#fiche-accueil").get_by_role("link", name="Modifier").click()
    sheet = page.locator("#fiche-accueil")
    sheet.get_by_label("Compte rendu").first.fill("Une équipe de trois, un local trouvé.")
    assert _fits(page)
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    expect(page.locator("#fiche-accueil")).to_contain_text("un local trouvé")

    page.locator("#notes").get_by_role("textbox").fill("Rappeler lundi matin.")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.locator("#notes .note-text")).to_have_text("Rappeler lundi matin.")
    assert _fits(page)


def test_the_main_buttons_are_as_high_as_a_finger(phone_page: Page, site: Site) -> None:
    page = phone_page
    dossier = file_contact(site)
    page.goto(f"{site.url}/connexion")
    _expect_high(page.get_by_role("button", name="Se connecter"))
    sign_in(page, site, "charge_de_mission")
    _expect_high(page.get_by_role("link", name="Nouveau contact").first)
    _expect_high(page.get_by_role("navigation", name="Navigation principale").get_by_role("link"))
    _expect_high(page.locator("[data-menu] summary"))
    for path in ("/dossiers/nouveau", "/structures/nouvelle", "/seances/nouvelle"):
        page.goto(site.url + path)
        _expect_high(page.locator("main .button-primary:visible, main .input:visible"))
    page.goto(dossier)
    _expect_high(page.locator(".what-now summary:visible"))
    open_action(page, "Fixer le rendez-vous d’accueil")
    _expect_high(page.locator(".what-now .button:visible, .what-now .input:visible"))
    _expect_high(page.get_by_role("button", name="Ajouter la note"))
    _expect_high(page.locator("main .change summary:visible, .sheet a.button:visible"))


def _find(page: Page, text: str) -> None:
    """Look for a dossier by a word of its name, and open it."""
    page.get_by_role("link", name="Liste", exact=True).click()
    search = page.locator("main").get_by_role("searchbox")
    search.fill(text)
    search.press("Enter")
    expect(page.locator("main").get_by_text("Les Paniers du haut pays")).to_have_count(0)
    page.locator("main a.row-link:visible").click()


def _fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _expect_high(found: Locator) -> None:
    """Each of these is there, and high enough for a finger."""
    expect(found.first).to_be_visible()
    for each in found.all():
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= FINGER, f"{each.evaluate('node => node.outerHTML')[:200]} : {box}"
