"""On A4 paper: everything said, nothing to click, as many pages as it takes and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.gallery import come_in, fill
from tests.builders.site import Site

# A4 at 96 points an inch.
SHEET: ViewportSize = {"width": 794, "height": 1123}
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
CLICKED = "button, summary, input:not([type=hidden]), select, textarea, .button"
# What cannot be clicked on paper, and what sticks out of it.
_SEEN = """selector => [...document.querySelectorAll(selector)]
  .filter((found) => found.matches(":not(.action > summary)") && found.checkVisibility())
  .map((found) => found.outerHTML.slice(0, 120))"""
_WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def emails(site: Site) -> Mapping[str, str]:
    """Who works in the filled organisme, by role."""
    return fill(site)


@pytest.mark.parametrize(
    ("path", "most_pages", "said"),
    [
        ("/dossiers/20", 8, "Historique"),
        ("/liste", 4, "Demandé"),
        ("/pilotage", 4, "Charge par référent"),
        ("/structures", 6, "Structure"),
    ],
)
def test_a_page_is_printed_whole_and_without_its_buttons(
    page: Page, site: Site, emails: Mapping[str, str], path: str, most_pages: int, said: str
) -> None:
    come_in(page, site, emails["Direction"])
    page.goto(site.url + path)
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print", color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(PAGE.findall(printed)) <= most_pages
    assert page.evaluate(_SEEN, CLICKED) == []
    assert said in page.locator("main").inner_text()
    assert page.evaluate(_WIDE) <= 24
    for hidden in ("header.topbar", "footer"):
        assert not page.locator(hidden).first.is_visible()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
