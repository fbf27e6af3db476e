"""The direction reads a year: two periods side by side, a bar that opens its list, the help."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.gallery import Gallery, come_in
from tests.browser.looking import EVERY_SIGHT, Reader
from tests.builders.browser import DESKTOP


def test_a_year_is_read_in_light_and_dark_and_each_bar_opens_its_list(
    page: Page, gallery: Gallery
) -> None:
    reader = Reader(page)
    site = gallery.site
    come_in(page, site, gallery.emails["Direction"])
    page.goto(f"{site.url}/pilotage")
    page.get_by_role("link", name="Avec un an plus tôt").click()
    expect(page.get_by_role("region", name="Comparaison")).to_be_visible()
    reader.look("two years side by side", sights=EVERY_SIGHT)
    page.set_viewport_size(DESKTOP)

    row = page.locator(".funnel tbody tr").first
    counted = row.locator(".funnel-count").inner_text()
    row.locator(".bar-link").click()
    expect(page.get_by_role("heading", name="Liste", level=1)).to_be_visible()
    expect(page.locator("a.row-link")).to_have_count(int(counted))

    page.go_back()
    piece = page.locator(".slices a").first
    counted = piece.locator(".num").inner_text()
    page.locator(".bar-stack a").first.click()
    expect(page.locator("a.row-link")).to_have_count(int(counted))
    assert not reader.faults


def test_the_help_is_searched_as_one_types(page: Page, gallery: Gallery) -> None:
    reader = Reader(page)
    site = gallery.site
    come_in(page, site, gallery.emails["Direction"])
    page.locator("footer").get_by_role("link", name="Aide").click()
    expect(page.get_by_role("heading", name="Aide", level=1)).to_be_visible()
    reader.look("the help", sights=EVERY_SIGHT)
    page.set_viewport_size(DESKTOP)
    page.get_by_role("searchbox", name="Chercher dans l’aide").fill("deport")
    expect(page.get_by_text("Plafond", exact=True)).to_have_count(0)
    expect(page.locator("#deport dt")).to_have_text("Déport")
    page.goto(f"{site.url}/aide#quorum")
    expect(page.locator("#quorum")).to_be_in_viewport()
    assert not reader.faults
