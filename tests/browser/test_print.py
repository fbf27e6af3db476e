"""On A4 paper: everything said, nothing to click, as many pages as it takes and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, ViewportSize
from sqlalchemy import func, select

from grants.dossiers.tables import Dossier
from tests.browser.gallery import Gallery, come_in
from tests.builders.site import Site
from workflow.database import table_of

# What the margins leave of A4, at 96 points an inch: narrower than where a screen shows cards.
SHEET: ViewportSize = {"width": 680, "height": 995}
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
CLICKED = "button, summary, input:not([type=hidden]), select, textarea, .button"
# What cannot be clicked on paper, and what sticks out of it.
_SEEN = """selector => [...document.querySelectorAll(selector)]
  .filter((found) => found.matches(":not(.action > summary)") && found.checkVisibility())
  .map((found) => found.outerHTML.slice(0, 120))"""
# A table is one on paper: no row of it is laid out as a phone's card.
_ROWS = """[...document.querySelectorAll("main tr")]
  .filter((row) => row.checkVisibility() && getComputedStyle(row).display !== "table-row")
  .map((row) => row.outerHTML.slice(0, 120))"""
_FOLDED = """[...document.querySelectorAll(".event")]
  .filter((event) => !event.checkVisibility()).length"""
_WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def site(gallery: Gallery) -> Site:
    """One installation for all these tests, which only look."""
    return gallery.site


@pytest.fixture
def emails(gallery: Gallery) -> Mapping[str, str]:
    """Who works in the filled organisme, by role."""
    return gallery.emails


#: Where, on how many pages at most, and a word that must be there.
PRINTED = (
    ("/dossiers/{followed}", 8, "Historique"),
    ("/liste", 4, "Demandé"),
    ("/pilotage", 4, "Charge par référent"),
    ("/structures", 6, "Structure"),
    ("/seances/{held}", 3, "demandés"),
)


@pytest.fixture
def held(site: Site, emails: Mapping[str, str]) -> int:
    """A séance that dossiers went through."""
    assert emails
    with site.database.reading() as session:
        query = select(func.min(table_of(Dossier).c.seance_id))
        return session.connection().execute(query).scalar_one()


@pytest.fixture
def followed(site: Site, emails: Mapping[str, str]) -> int:
    """A dossier that is helped, with a year of work behind it."""
    assert emails
    with site.database.reading() as session:
        dossier = table_of(Dossier).c
        query = select(dossier.id).where(dossier.titre == "Café culturel de centre-bourg")
        return session.connection().execute(query).scalar_one()


def test_pages_are_printed_whole_and_without_their_buttons(
    page: Page, site: Site, emails: Mapping[str, str], held: int, followed: int
) -> None:
    come_in(page, site, emails["Direction"])
    for path, most_pages, said in PRINTED:
        page.emulate_media(media="screen")
        page.goto(site.url + path.format(held=held, followed=followed))
        page.set_viewport_size(SHEET)
        page.emulate_media(media="print", color_scheme="dark")
        printed = page.pdf(prefer_css_page_size=True)
        assert 1 <= len(PAGE.findall(printed)) <= most_pages, path
        assert page.evaluate(_SEEN, CLICKED) == [], path
        assert said in page.locator("main").inner_text(), path
        assert page.evaluate(_WIDE) <= 24, path
        assert page.evaluate(_ROWS) == [], path
        for hidden in ("header.topbar", "footer"):
            assert not page.locator(hidden).first.is_visible(), path
        ground = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(ground) == "rgb(255, 255, 255)", path


def test_what_is_folded_in_the_history_is_printed(
    page: Page, site: Site, emails: Mapping[str, str]
) -> None:
    come_in(page, site, emails["Direction"])
    page.goto(site.url + "/dossiers/20")
    assert page.evaluate(_FOLDED) > 0
    page.emulate_media(media="print")
    assert page.evaluate(_FOLDED) == 0
