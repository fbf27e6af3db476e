"""The first hour: an empty installation, a start of one's own, a look around the demonstration."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from api.main import create_app
from api.settings import Settings
from grants.dossiers.listing import PAGE
from tests.browser.walking import expect_stage
from tests.builders.databases import Databases, SchemaBuilder
from tests.builders.site import answering
from workflow.database import Database

PASSWORD = "campanule-sauvage-06"
IN_2009 = {"Contact": 60, "Accueil": 24, "Comité (CTS)": 13, "Sélectionné": 6}


@contextmanager
def _installation(database_url: str, folders: pytest.TempPathFactory) -> Generator[str]:
    folder = folders.mktemp("installation")
    settings = Settings(data_folder=folder, database_url=database_url, secret=SecretStr("s" * 64))
    database = Database(database_url)
    with answering(create_app(settings, database=database)) as url:
        yield url
    database.dispose()


@pytest.fixture
def empty_site(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """An installation that holds nothing yet."""
    with _installation(sqlite_url, tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="module")
def demonstration(
    databases: Databases,
    schema_builder: SchemaBuilder,
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Browser,
) -> Generator[str]:
    """An installation started with the demonstration, by its own button."""
    with (
        databases.fresh("sqlite", schema_builder) as database_url,
        _installation(database_url, tmp_path_factory) as url,
    ):
        page = chromium.new_page()
        page.goto(url)
        page.get_by_role("button", name="Charger la démonstration").click(timeout=60_000)
        expect(page.get_by_text("La démonstration est prête.")).to_be_visible(timeout=60_000)
        page.close()
        yield url


def test_an_empty_installation_leads_to_its_start(page: Page, empty_site: str) -> None:
    for path in ("/", "/tableau", "/connexion", "/dossiers/1"):
        page.goto(f"{empty_site}{path}")
        expect(page).to_have_url(f"{empty_site}/demarrage")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue. Par où commencer ?")


def test_starting_empty_creates_the_organisme_and_signs_its_direction_in(
    page: Page, empty_site: str
) -> None:
    page.goto(empty_site)
    page.get_by_text("Commencer à vide").click()
    create = page.get_by_role("button", name="Créer l’organisme et me connecter")
    page.get_by_label("Nom de l’organisme").fill("L’Atelier des Possibles")
    create.click()
    expect(page.locator(".faults")).to_be_focused()
    expect(page.get_by_label("Nom de l’organisme")).to_have_value("L’Atelier des Possibles")

    page.get_by_label("Départements").fill("06")
    page.get_by_label("Prénom et nom").fill("Odile Marchetti")
    page.get_by_label("E-mail").fill("odile@atelier.example")
    page.get_by_label(re.compile("^Mot de passe")).fill(PASSWORD)
    page.get_by_label("Le même, une seconde fois").fill(PASSWORD)
    create.click()
    expect(page.get_by_text("Votre organisme est créé.")).to_be_visible()
    expect(page.locator(".brand-name")).to_have_text("L’Atelier des Possibles")
    expect(page.locator("[data-card]")).to_have_count(0)

    page.goto(f"{empty_site}/demarrage")
    expect(page).not_to_have_url(f"{empty_site}/demarrage")


def test_a_newcomer_signs_in_with_an_account_of_the_demonstration(
    page: Page, demonstration: str
) -> None:
    _enter(page, demonstration, "julien@etabli-garrigues.example")
    expect(page.locator(".band-demo")).to_contain_text("Démonstration.")
    expect(page.locator("#retard")).to_contain_text("Relire le budget avec la trésorière")
    page.get_by_role("link", name="Tableau", exact=True).click()
    expect(page.locator("[data-card]").first).to_be_visible()
    page.get_by_role("link", name="Nouveau contact").first.click()
    expect(page.get_by_role("button", name="Ouvrir le dossier")).to_be_visible()


def test_the_controller_sees_everything_and_is_offered_nothing_to_change(
    page: Page, demonstration: str
) -> None:
    _enter(page, demonstration, "controle@etabli-garrigues.example")
    expect(page.get_by_role("link", name="Nouveau contact")).to_have_count(0)
    page.goto(f"{demonstration}/tableau")
    columns = page.locator("[data-column]").filter(has=page.locator("[data-card]"))
    addresses = [
        column.locator("[data-card]").first.get_attribute("href") for column in columns.all()
    ]
    assert len(addresses) > 4
    for address in addresses:
        page.goto(f"{demonstration}{address}?fiche=projet")
        _expect_only_reading(page)
    page.goto(f"{demonstration}/dossiers/nouveau")
    expect(page.locator("main form[method=post]")).to_have_count(0)
    page.goto(f"{demonstration}/parametres")
    for name in ("Équipe", "Dispositifs", "Reprendre des données", "Annonces"):
        expect(page.locator("main form, main input, main button")).to_have_count(0)
        page.get_by_role("navigation", name="Paramètres").get_by_role("link", name=name).click()
    page.goto(f"{demonstration}/parametres/dispositifs/microprojets")
    expect(page.locator("#parametre-plafond")).to_contain_text("23 000 €")
    expect(page.locator("main form, main input, main button")).to_have_count(0)


def test_filters_stay_in_the_address(page: Page, demonstration: str) -> None:
    _enter(page, demonstration, "julien@etabli-garrigues.example")
    page.goto(f"{demonstration}/tableau")
    cards = page.locator("[data-card]")
    whole = cards.count()
    page.get_by_label("Référent").select_option(label="Awa Sarrazac")
    expect(page).to_have_url(re.compile(r"[?&]referent=\d+"))
    expect(page.get_by_role("link", name="Retirer le filtre Awa Sarrazac")).to_be_visible()
    narrowed = cards.count()
    assert 0 < narrowed < whole

    page.reload()
    expect(cards).to_have_count(narrowed)
    expect(page.get_by_label("Référent").locator("option:checked")).to_have_text("Awa Sarrazac")
    page.get_by_role("link", name="En liste").click()
    expect(page).to_have_url(re.compile(r"/liste\?.*referent=\d+"))
    page.locator("thead").get_by_role("link", name="Dossier").click()
    expect(page).to_have_url(re.compile(r"referent=\d+"))
    page.locator(".row-link").first.click()
    expect(page.locator(".fact-referent")).to_contain_text("Awa Sarrazac")


def test_the_figures_of_2009_are_those_of_the_report_and_open_their_dossiers(
    page: Page, demonstration: str
) -> None:
    _enter(page, demonstration, "charge-de-mission@claie.example")
    page.get_by_role("link", name="Pilotage").click()
    page.get_by_role("link", name="2009", exact=True).click()
    expect(page.get_by_role("link", name="2009", exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    pilotage = page.url
    for stage, count in IN_2009.items():
        page.goto(pilotage)
        row = page.locator(".funnel tbody tr").filter(has=page.get_by_role("rowheader", name=stage))
        figure = row.locator(".funnel-count a")
        expect(figure).to_have_text(str(count))
        figure.click()
        _expect_listed(page, count)


def _expect_listed(page: Page, count: int) -> None:
    """The list says this count, and holds as many dossiers over its pages."""
    expect(page.locator(".board-summary strong").first).to_have_text(f"{count} dossiers")
    rows = page.locator(".dossiers tbody tr")
    expect(rows).to_have_count(min(count, PAGE))
    if count > PAGE:
        page.get_by_role("link", name="Suivants").click()
        expect(rows).to_have_count(count - PAGE)


def test_a_dossier_of_2009_tells_its_story(page: Page, demonstration: str) -> None:
    _enter(page, demonstration, "charge-de-mission@claie.example")
    page.goto(f"{demonstration}/liste?q=Azzura")
    page.locator(".row-link", has_text="Azzura lights").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("durable pour tous")
    expect_stage(page, "Clos")
    expect(page.locator("#historique")).to_contain_text("2009")


def _expect_only_reading(page: Page) -> None:
    """The dossier is there whole, with its story, and nothing that would change it."""
    expect(page.locator("#historique .event").first).to_be_visible()
    expect(page.locator(".band-reader")).to_be_visible()
    main = page.locator("main")
    expect(main.locator("form, textarea, input, select")).to_have_count(0)
    expect(main.locator("button:not([data-dismisses])")).to_have_count(0)
    expect(main.get_by_role("link", name="Modifier")).to_have_count(0)


def _enter(page: Page, site: str, email: str) -> None:
    """Come in by one of the accounts shown at the door."""
    page.goto(site)
    account = page.locator(".demo-accounts li").filter(has_text=email)
    account.get_by_role("button", name="Choisir").click()
    expect(page.get_by_label("Adresse e-mail")).to_have_value(email)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Aujourd’hui", level=1)).to_be_visible()
