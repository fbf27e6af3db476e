"""The list at work in a browser: columns, a saved view, a selection over two pages, a batch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, ViewportSize, expect

from grants.dossiers.listing import PAGE
from grants.organisation.accounts import Account
from tests.browser.filing import file_contacts
from tests.browser.walking import sign_in
from tests.builders.browser import DESKTOP, PHONE
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.site import PEOPLE, Site

MANY = PAGE + 5
WIDTHS = pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["1280", "360"])


@pytest.fixture
def crowd(site: Site) -> None:
    file_contacts(site, [f"Structure {number:02}" for number in range(MANY)])


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@WIDTHS
def test_columns_and_a_view_are_kept(
    page: Page, site: Site, crowd: None, width: ViewportSize
) -> None:
    page.set_viewport_size(width)
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/liste?departement=06")
    page.get_by_role("link", name="Colonnes").click()
    page.get_by_label("Porteur").check()
    page.get_by_role("button", name="Reculer « Étape »").click()
    expect(page.locator(".column-choice").nth(1)).to_contain_text("Étape")
    assert fits(page)
    page.get_by_role("button", name="Enregistrer les colonnes").click()
    expect(page.get_by_text("Colonnes enregistrées.")).to_be_visible()
    expect(page.locator(".cell-porteur").first).to_contain_text("Amina Deschamps")
    assert fits(page)
    page.locator(".list-menu summary").first.click()
    page.get_by_role("link", name="Enregistrer cette vue…").click()
    page.get_by_label("Nom de la vue").fill("Mon Hérault à moi")
    page.get_by_label("L’ouvrir d’abord").check()
    page.get_by_role("button", name="Enregistrer la vue").click()
    expect(page.locator(".list-menu").first).to_contain_text("Mon Hérault à moi")
    page.goto(f"{site.url}/liste")
    expect(page).to_have_url(re.compile("departement=06"))
    assert fits(page)


def test_a_selection_is_kept_over_two_pages_and_given_to_a_colleague(
    page: Page, site: Site, crowd: None
) -> None:
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/liste")
    page.get_by_label("Choisir", exact=False).first.focus()
    page.keyboard.press("Space")
    told = page.locator("[data-choosing-count]")
    expect(told).to_have_text("1 dossier choisi")
    page.get_by_role("link", name="Suivants").click()
    page.get_by_label("Choisir", exact=False).first.check()
    expect(told).to_have_text("2 dossiers choisis, dont 1 sur d’autres pages")
    page.get_by_role("link", name="Précédents").click()
    expect(page.get_by_label("Choisir", exact=False).first).to_be_checked()
    page.get_by_role("button", name="Agir sur les dossiers cochés").click()
    expect(page.get_by_role("heading", name="Que faire de ces 2 dossiers")).to_be_visible()
    page.get_by_label("À qui").select_option(label=PEOPLE["assistant"])
    page.get_by_role("button", name="Confier les dossiers").click()
    expect(page.locator(".flashes")).to_contain_text("fait pour 2 dossiers")
    expect(page.locator(f".avatar[title='{PEOPLE['assistant']}']")).to_have_count(1)
    expect(told).to_have_text("Cochez des dossiers pour agir sur plusieurs à la fois.")
    page.locator(".flashes").get_by_role("button", name="Annuler").click()
    expect(page.locator(".flashes")).to_contain_text("C’est annulé.")
    expect(page.locator(f".avatar[title='{PEOPLE['assistant']}']")).to_have_count(0)


@WIDTHS
def test_five_are_inscribed_of_which_two_are_refused_with_their_reasons(
    page: Page, site: Site, width: ViewportSize, tmp_path: Path
) -> None:
    desk = five_at_the_desk(site)
    page.set_viewport_size(width)
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/liste?dispositif=microprojets&etape=accompagnement")
    page.get_by_role("button", name="Agir sur les 5 dossiers filtrés").click()
    page.get_by_role("link", name="Inscrire au comité").click()
    page.get_by_label("Séance du comité").select_option(str(desk.seance))
    page.get_by_role("button", name="Vérifier 5 dossiers").click()
    expect(page.get_by_text("3 passeraient, 2 ne passeraient pas.")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Inscrire au comité").click()
    expect(page.get_by_text("3 faits, 2 refusés.")).to_be_visible()
    expect(page.locator(".lot-table tbody tr")).to_have_count(2)
    expect(page.locator(".lot-table .reasons").first).not_to_be_empty()
    assert fits(page)
    page.goto(f"{site.url}/liste?etape=cts&dispositif=microprojets")
    page.locator(".list-menu summary").last.click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tableur (XLSX), toutes les colonnes").click()
    book = load_workbook(BytesIO(Path(taken.value.path()).read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 4
    assert {row[rows[0].index("Étape")] for row in rows[1:]} == {"Comité (CTS)"}


def test_without_a_script_the_page_s_selection_and_all_that_is_filtered_serve(
    chromium: Browser, site: Site, crowd: None
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR", viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/liste")
    page.get_by_label("Choisir", exact=False).nth(0).check()
    page.get_by_label("Choisir", exact=False).nth(2).check()
    page.get_by_role("button", name="Agir sur les dossiers cochés").click()
    page.locator("#etiquette").fill("À rappeler")
    page.get_by_role("button", name="Ajouter l’étiquette").click()
    expect(page.locator(".row-tags")).to_have_count(2)
    page.get_by_role("button", name=f"Agir sur les {MANY} dossiers").click()
    expect(page.get_by_role("heading", name=f"Que faire de ces {MANY} dossiers")).to_be_visible()
    context.close()


def five_at_the_desk(site: Site) -> Counter:
    """Five dossiers being built: one without its pièces, one that nobody pays for."""
    people = {role: Account(id, "", PEOPLE[role], None, ()) for role, id in site.comptes.items()}
    now = datetime.now(UTC) - timedelta(days=20)
    office = Office(site.organisme_id, "Atelier", people)
    desk = Counter(site.database, site.engine, office, now=now)
    for number in range(5):
        desk.take_to("accompagnement")
        desk.fill("projet")
        if number != 1:
            desk.bring_pieces()
        if number != 3:
            desk.finance()
    desk.now = datetime.now(UTC)
    desk.plan_seance(days=40, closing=30)
    return desk
