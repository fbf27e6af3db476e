"""Where there is nothing yet, the page says so, why, and what to do next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from grants.comites.tables import Seance
from tests.browser.looking import EVERY_SIGHT, Reader
from tests.browser.walking import sign_in
from tests.builders.site import Site
from workflow.database import table_of

PAGES = ("/aujourdhui", "/tableau", "/liste", "/structures", "/seances", "/pilotage")
SEARCHED = ("/liste?q=introuvable", "/structures?q=introuvable", "/aide?q=introuvable")


@pytest.fixture
def bare_site(site: Site) -> Site:
    """An organisme on its first morning: people, and nothing else."""
    table = table_of(Seance)
    with site.database.unit_of_work() as session:
        mine = table.c.organisme_id == site.organisme_id
        session.connection().execute(delete(table).where(mine))
    return site


@pytest.mark.parametrize("role", ["direction", "assistant", "lecteur"])
def test_an_empty_page_says_what_to_do_next(page: Page, bare_site: Site, role: str) -> None:
    sign_in(page, bare_site, role)
    dead_ends = []
    for path in (*PAGES, *SEARCHED):
        page.goto(bare_site.url + path)
        empty = page.locator("main .empty").first
        expect(empty).to_be_visible()
        assert empty.get_by_role("heading").inner_text()
        assert len(empty.locator("p").first.inner_text()) > 20
        links = [link.get_attribute("href") for link in empty.get_by_role("link").all()]
        if role != "lecteur" and not links:
            dead_ends.append(f"{path}: nothing to do next")
        for url in links:
            answer = page.request.get(f"{bare_site.url}{url}")
            if answer.status != 200:
                dead_ends.append(f"{path}: {url} answers {answer.status}")
    assert not dead_ends


def test_empty_pages_have_no_fault_in_light_or_dark(page: Page, bare_site: Site) -> None:
    reader = Reader(page)
    sign_in(page, bare_site, "direction")
    for path in PAGES:
        reader.visit(bare_site.url + path, sights=EVERY_SIGHT)
    assert not reader.faults
