"""No page stands in anybody's way: axe finds no fault, nothing overflows, the console is quiet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pydantic import SecretStr

from api.main import create_app
from api.settings import Settings
from grants.organisation.links import create_link
from tests.browser.gallery import (
    Gallery,
    a_dossier_of_each_stage,
    come_in,
    general_places,
    letters_of,
    page_routes,
    places,
)
from tests.browser.looking import ANY_SIGHT, EVERY_SIGHT, ON_A_PHONE, Reader
from tests.browser.walking import sign_in
from tests.builders.site import Site, answering


@pytest.fixture
def site(gallery: Gallery) -> Site:
    """One installation for all these tests, which only look."""
    return gallery.site


@pytest.fixture
def emails(gallery: Gallery) -> Mapping[str, str]:
    """Who works in the filled organisme, by role."""
    return gallery.emails


@pytest.fixture
def reader(page: Page) -> Reader:
    """Somebody who looks."""
    return Reader(page)


def test_a_fault_of_each_kind_is_seen(reader: Reader, site: Site) -> None:
    reader.go(f"{site.url}/connexion")
    reader.page.evaluate(
        """() => {
          document.querySelector("h1").style.color = "#eee";
          document.querySelector("main").append(document.createElement("input"));
          document.querySelector("footer, main").style.width = "1500px";
          console.error("broken");
        }"""
    )
    reader.look("a page with faults")
    told = "\n".join(reader.faults)
    for fault in ("color-contrast", "label", "wider than the screen", "console: broken"):
        assert fault in told


def test_every_page_is_looked_at(site: Site, emails: Mapping[str, str]) -> None:
    assert emails
    assert {place.route for place in places(site)} == page_routes()


@pytest.mark.parametrize("half", [0, 1], ids=["even", "odd"])
def test_no_page_of_the_direction_has_a_fault(
    reader: Reader, site: Site, emails: Mapping[str, str], half: int
) -> None:
    """Seen at a desk, then on a phone in the dark; one half of them in each test."""
    come_in(reader.page, site, emails["Direction"])
    for url in sorted(place.url for place in places(site))[half::2]:
        reader.visit(site.url + url, sights=ANY_SIGHT)
    assert not reader.faults


def test_no_page_of_a_reader_has_a_fault(
    reader: Reader, site: Site, emails: Mapping[str, str], long_run: bool
) -> None:
    """The direction's pages without their forms: one in three, all of them in a long run."""
    come_in(reader.page, site, emails["Lecteur (contrôle)"])
    read = [place for place in places(site) if place.is_for_readers]
    for place in read if long_run else read[::3]:
        reader.visit(site.url + place.url, sights=ON_A_PHONE)
    reader.visit(f"{site.url}/dossiers/nouveau", 403)
    assert not reader.faults


def test_no_page_of_an_empty_organisme_has_a_fault(
    reader: Reader, site: Site, emails: Mapping[str, str]
) -> None:
    assert emails
    sign_in(reader.page, site, "direction")
    for place in general_places(site):
        reader.visit(site.url + place.url, sights=ON_A_PHONE)
    assert not reader.faults


def test_no_stage_of_a_dossier_has_a_fault_with_everything_unfolded(
    reader: Reader, site: Site, emails: Mapping[str, str]
) -> None:
    come_in(reader.page, site, emails["Direction"])
    for url in a_dossier_of_each_stage(site):
        reader.go(site.url + url)
        _unfold(reader.page)
        reader.look(url, sights=ON_A_PHONE)
    assert not reader.faults


def test_no_letter_has_a_fault_in_any_state_nor_the_email_itself(
    reader: Reader, site: Site, emails: Mapping[str, str]
) -> None:
    """The frame of an e-mail runs nothing: its document is looked at by itself."""
    come_in(reader.page, site, emails["Direction"])
    letters = letters_of(site, emails["Direction"])
    assert len(letters) >= 4
    for url in letters:
        reader.visit(site.url + url, sights=ON_A_PHONE)
    read = [reader.page.request.get(f"{site.url}{url}/courriel") for url in letters]
    reader.page.goto("about:blank")  # the rules of our pages are not those of a mailbox
    for email in [each.text() for each in read if each.ok]:
        reader.page.set_content(email)
        assert reader.page.locator(".card").count() == 1
        reader.look(reader.page.title(), within=True)
    assert sum(each.ok for each in read) >= 3
    assert not reader.faults


def test_what_goes_wrong_is_shown_without_a_fault(
    reader: Reader, site: Site, emails: Mapping[str, str]
) -> None:
    page = reader.page
    come_in(page, site, emails["Direction"])
    reader.visit(f"{site.url}/une-page-qui-n-existe-pas", 404)
    dossier = site.url + a_dossier_of_each_stage(site)[0]
    for asked in ("accueil", "projet"):
        reader.visit(f"{dossier}?fiche={asked}")
    for form in ("/dossiers/nouveau", "/structures/nouvelle", "/seances/nouvelle"):
        reader.go(site.url + form)
        page.locator("main form").last.evaluate("form => form.submit()")
        page.wait_for_selector("[role=alert]")
        reader.look(f"{form}, sent empty")
    assert not reader.faults


def test_menus_and_dialogs_open_without_a_fault(
    reader: Reader, site: Site, emails: Mapping[str, str]
) -> None:
    page = reader.page
    come_in(page, site, emails["Direction"])
    page.locator("[data-menu] summary").click()
    reader.look("the menu, open", sights=EVERY_SIGHT)
    page.keyboard.press("Escape")
    page.locator("body").press("?")
    page.get_by_role("dialog", name="Raccourcis clavier").wait_for()
    reader.look("the shortcuts, open", sights=EVERY_SIGHT)
    assert not reader.faults


def test_the_door_has_no_fault(reader: Reader, site: Site, emails: Mapping[str, str]) -> None:
    assert emails
    with site.database.unit_of_work() as session:
        secret = create_link(session, site.comptes["lecteur"], datetime.now(UTC))
    for path, expected in (
        ("/connexion", 200),
        (f"/reinitialisation/{secret}", 200),
        ("/reinitialisation/perdu", 404),
    ):
        reader.visit(site.url + path, expected, sights=EVERY_SIGHT)
    assert not reader.faults


def test_an_installation_without_anybody_has_no_fault(
    reader: Reader, sqlite_url: str, tmp_path: Path
) -> None:
    app = create_app(
        Settings(data_folder=tmp_path, database_url=sqlite_url, secret=SecretStr("s" * 64))
    )
    with answering(app) as url:
        reader.visit(f"{url}/demarrage")
        _unfold(reader.page)
        reader.look("the form of the start")
        reader.page.locator(".start-form form").evaluate("form => form.submit()")
        reader.page.wait_for_selector("[role=alert]")
        reader.look("the form of the start, sent empty")
    app.state.house.database.dispose()
    assert not reader.faults


def test_who_chose_the_dark_has_it_from_the_first_page(
    chromium: Browser, site: Site, emails: Mapping[str, str]
) -> None:
    assert emails
    context = chromium.new_context(color_scheme="light")
    context.add_cookies([{"name": "theme", "value": "sombre", "url": site.url}])
    page = context.new_page()
    chosen = _ground(page, site)
    context.clear_cookies()
    assert _ground(page, site) != chosen
    page.emulate_media(color_scheme="dark")
    assert _ground(page, site) == chosen
    context.close()


def _ground(page: Page, site: Site) -> str:
    page.goto(f"{site.url}/connexion")
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def _unfold(page: Page) -> None:
    """Open all that is folded, several actions at once included."""
    page.evaluate(
        """() => {
          for (const fold of document.querySelectorAll("main details")) {
            fold.removeAttribute("name");
            fold.open = true;
          }
        }"""
    )
