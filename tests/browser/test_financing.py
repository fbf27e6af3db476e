"""The financing is corrected until the move to the comité opens: at a desk, on a phone, by keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from grants.organisation.accounts import Account
from tests.browser.fingers import press, tab_to
from tests.browser.walking import sign_in
from tests.builders.browser import DESKTOP, PHONE
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.site import PEOPLE, Site


@pytest.fixture
def dossier(site: Site) -> str:
    """A project that lacks only 1 250 € of its financing."""
    people = {role: Account(id, "", PEOPLE[role], None, ()) for role, id in site.comptes.items()}
    office = Office(site.organisme_id, "Atelier", people)
    began = datetime.now(UTC) - timedelta(days=20)
    desk = Counter(site.database, site.engine, office, now=began)
    desk.plan_seance(days=40, closing=30)
    desk.take_to("accompagnement")
    desk.fill("projet")
    desk.finance(Région="18 750, obtenu")
    desk.bring_pieces()
    return f"{site.url}/dossiers/{desk.dossier}"


def refused(page: Page) -> None:
    line = page.locator(".refusal").filter(has_text="Inscrire au comité")
    expect(line).to_contain_text("il manque 1 250,00 €")
    line.get_by_role("link", name="Corriger").click()


def opened(page: Page) -> None:
    expect(page.locator(".plan-balance")).to_contain_text("Le plan est équilibré")
    expect(page.locator(".refusal").filter(has_text="Inscrire au comité")).to_have_count(0)
    expect(page.locator(".action-label").filter(has_text="Inscrire au comité")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_missing_amount_is_found_and_the_move_opens(
    page: Page, site: Site, dossier: str, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    sign_in(page, site, "charge_de_mission")
    page.goto(dossier)
    refused(page)
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Financeur, ligne 2").fill("Ville de Nice")
    page.get_by_label("Montant, ligne 2").fill("1 000")
    expect(page.locator("#plan-solde")).to_contain_text("Il manque 250,00 €")
    page.get_by_label("Montant, ligne 2").fill("1 250")
    expect(page.locator("#plan-solde")).to_contain_text("Le plan est équilibré")
    page.locator("#plan").get_by_role("button", name="Enregistrer").last.click()
    expect(page.get_by_text("Le plan de financement est enregistré.")).to_be_visible()
    opened(page)
    expect(page.locator("#historique")).to_contain_text("Financement : Ville de Nice")


def test_by_the_keyboard_alone(page: Page, site: Site, dossier: str) -> None:
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{dossier}?plan=modifier")
    amount = page.get_by_label("Montant, ligne 1")
    tab_to(page, amount)
    page.keyboard.press("Control+a")
    page.keyboard.type("20000")
    expect(page.locator("#plan-solde")).to_contain_text("Le plan est équilibré")
    expect(amount).to_be_focused()
    press(page, page.locator("#plan").get_by_role("button", name="Enregistrer").last)
    opened(page)


def test_without_any_script(chromium: Browser, site: Site, dossier: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR", viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, site, "charge_de_mission")
    page.goto(dossier)
    refused(page)
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Nature, ligne 2").select_option("Fonds propres")
    page.get_by_label("Montant, ligne 2").fill("3")
    page.get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_role("button", name="Retirer la ligne 3").click()
    page.get_by_label("Montant, ligne 2").fill("1 250")
    page.get_by_label("Montant, ligne 2").press("Enter")
    opened(page)
    context.close()
