"""What is typed survives a browser that dies; two colleagues on one dossier know of each other."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from grants.dossiers.brouillons.tables import Brouillon
from tests.browser.filing import file_contact
from tests.browser.looking import EVERY_SIGHT, Reader
from tests.browser.walking import confirm, open_action, sign_in
from tests.builders.browser import DESKTOP
from tests.builders.site import PEOPLE, Site
from workflow.database import table_of

TEXT = "Une équipe de trois personnes, un local trouvé rue Haute."
KEPT = "**/brouillons/**"
SOON_MS = 9000


def test_a_sheet_half_written_survives_a_browser_that_dies(
    chromium: Browser, page: Page, site: Site
) -> None:
    address = file_contact(site)
    doomed = chromium.new_context(locale="fr-FR", viewport=DESKTOP)
    typing = doomed.new_page()
    sign_in(typing, site, "charge_de_mission")
    _type(typing, address)
    # Nothing is saved by hand: five seconds, and the text is safe.
    expect(typing.get_by_text("Brouillon gardé à")).to_be_visible(timeout=SOON_MS)
    doomed.close()

    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    reader = Reader(page)
    expect(page.locator("#fiche-projet")).to_contain_text("n’est pas enregistré")
    reader.look("a draft that waits", sights=EVERY_SIGHT)
    page.get_by_role("link", name="Le reprendre").click()
    objet = page.locator("#fiche-projet").get_by_label("Objet")
    expect(objet).to_have_value(TEXT)
    expect(page.locator(".draft")).to_contain_text("repris")
    reader.look("a draft taken up again", sights=EVERY_SIGHT)
    page.locator("#fiche-projet").get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    expect(page.locator(".draft")).to_have_count(0)
    expect(page.locator("#fiche-projet")).to_contain_text(TEXT)
    assert not reader.faults


def test_a_page_that_is_closed_keeps_what_it_holds_at_once(
    new_context: Callable[[], BrowserContext], site: Site
) -> None:
    address, context = file_contact(site), new_context()
    page = context.new_page()
    sign_in(page, site, "charge_de_mission")
    _type(page, address)
    page.goto("about:blank")
    again = context.new_page()
    _wait_for_a_draft(again, site)
    again.goto(f"{address}?fiche=projet")
    expect(again.locator("#fiche-projet").get_by_label("Objet")).to_have_value(TEXT)
    again.get_by_role("button", name="l’effacer").click()
    expect(again.get_by_text("Brouillon effacé.")).to_be_visible()
    again.goto(f"{address}?fiche=projet")
    expect(again.locator("#fiche-projet").get_by_label("Objet")).to_have_value("")


def test_a_reason_half_written_is_found_again(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    action = open_action(page, "Classer sans suite")
    action.get_by_label("Motif").fill("Le porteur renonce")
    expect(action.get_by_text("Brouillon gardé à")).to_be_visible(timeout=SOON_MS)
    page.goto(address)
    action = open_action(page, "Classer sans suite")
    expect(action.get_by_label("Motif")).to_have_value("Le porteur renonce")
    confirm(action, "Classer sans suite")
    expect(page.locator(".draft")).to_have_count(0)


def test_a_connection_cut_is_told_and_the_text_goes_when_it_is_back(page: Page, site: Site) -> None:
    sign_in(page, site, "charge_de_mission")
    _open(page, file_contact(site))
    page.route(KEPT, lambda route: route.abort())
    objet = page.locator("#fiche-projet").get_by_label("Objet")
    objet.press_sequentially("Un")
    expect(page.get_by_text("Brouillon non gardé")).to_be_visible(timeout=SOON_MS)
    page.unroute(KEPT)
    objet.press_sequentially(" essai")
    expect(page.get_by_text("Brouillon gardé à")).to_be_visible(timeout=SOON_MS)


def test_a_colleague_is_told_who_is_at_it_and_then_who_changed_it(
    new_context: Callable[[], BrowserContext], site: Site
) -> None:
    address = file_contact(site)
    first, second = new_context().new_page(), new_context().new_page()
    sign_in(first, site, "charge_de_mission")
    sign_in(second, site, "assistant")
    with first.expect_response("**/presence"):
        _open(first, address)
    second.goto(address)
    at_it = f"{PEOPLE['charge_de_mission']} est en train de modifier ce dossier."
    expect(second.get_by_text(at_it)).to_be_visible()
    reader = Reader(second)
    reader.look("somebody is at it", sights=EVERY_SIGHT)
    assert not reader.faults
    first.locator("#fiche-projet").get_by_label("Commune").fill("Sospel")
    first.locator("#fiche-projet").get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_text("C’est enregistré.")).to_be_visible()
    second.reload()
    expect(second.get_by_text(at_it)).to_be_hidden()
    expect(second.get_by_text(f"Modifié par {PEOPLE['charge_de_mission']}")).to_be_visible()


def test_both_who_edit_at_once_are_told_of_each_other(
    new_context: Callable[[], BrowserContext], site: Site
) -> None:
    address = file_contact(site)
    first, second = new_context().new_page(), new_context().new_page()
    for page, role in ((first, "charge_de_mission"), (second, "assistant")):
        sign_in(page, site, role)
        with page.expect_response("**/presence"):
            _open(page, address)
    expect(second.get_by_text(f"{PEOPLE['charge_de_mission']} est en train")).to_be_visible()
    # The first one is told with his next heartbeat, or with his next draft.
    first.locator("#fiche-projet").get_by_label("Commune").fill("Sospel")
    told = first.get_by_text(f"{PEOPLE['assistant']} est en train")
    expect(told).to_be_visible(timeout=SOON_MS)


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#fiche-projet").get_by_role("link", name="Modifier").click()
    expect(page.locator("#fiche-projet").get_by_label("Objet")).to_be_visible()


def _type(page: Page, address: str) -> None:
    _open(page, address)
    page.locator("#fiche-projet").get_by_label("Objet").press_sequentially(TEXT)


def _wait_for_a_draft(page: Page, site: Site) -> None:
    """What a page sends while it closes is on its way for an instant."""
    query = select(func.count()).select_from(table_of(Brouillon))
    for _ in range(50):
        with site.database.reading() as session:
            if session.connection().execute(query).scalar_one():
                return
        page.wait_for_timeout(100)
    raise AssertionError("no draft came")
