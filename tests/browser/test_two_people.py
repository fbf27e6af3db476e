"""Two people on one dossier, two clicks on one button, a way back: each thing is done once."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.filing import count_moves, file_contact
from tests.browser.walking import confirm, day, expect_stage, open_action, sign_in
from tests.builders.browser import DESKTOP
from tests.builders.site import PEOPLE, Site

MEETING = "Fixer le rendez-vous d’accueil"


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def visitor(request: pytest.FixtureRequest, chromium: Browser) -> Generator[Page]:
    """A browser that runs scripts, then one that runs none."""
    context = chromium.new_context(
        java_script_enabled=request.param, locale="fr-FR", viewport=DESKTOP
    )
    yield context.new_page()
    context.close()


def test_the_second_to_change_a_sheet_is_told_and_loses_nothing(
    new_context: Callable[[], BrowserContext], site: Site
) -> None:
    address = file_contact(site)
    first, second = _both_open(new_context, site, address)
    for page in (first, second):
        _sheet(page).get_by_role("link", name="Modifier").click()
        expect(_sheet(page).get_by_label("Public visé")).to_be_visible()
    _sheet(first).get_by_label("Public visé").fill("Demandeurs d’emploi")
    _sheet(first).get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_text("C’est enregistré.")).to_be_visible()

    _sheet(second).get_by_label("Commune").fill("Sospel")
    _sheet(second).get_by_role("button", name="Enregistrer").click()
    _expect_told(second, PEOPLE["charge_de_mission"], "Fiche modifiée")
    expect(_sheet(second).get_by_label("Commune")).to_have_value("Sospel")

    _sheet(second).get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_text("C’est enregistré.")).to_be_visible()
    expect(_sheet(second)).to_contain_text("Sospel")


def test_the_second_to_move_a_dossier_is_told_and_loses_nothing(
    new_context: Callable[[], BrowserContext], site: Site
) -> None:
    first, second = _both_open(new_context, site, file_contact(site))
    typed = open_action(second, MEETING)
    typed.get_by_label("Date et heure").fill(f"{day(9)}T09:15")
    typed.get_by_label("Lieu").fill("Mairie de Sospel")
    _meet(first)
    expect_stage(first, "Accueil")

    confirm(typed, MEETING)
    _expect_told(second, PEOPLE["charge_de_mission"], "endez-vous d’accueil")
    expect(second.get_by_role("region", name="Ce que vous aviez écrit")).to_contain_text(
        "Mairie de Sospel"
    )
    expect_stage(second, "Accueil")
    assert count_moves(site) == 1


def test_a_double_click_moves_the_dossier_once(visitor: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(visitor, site, "charge_de_mission")
    visitor.goto(address)
    _fill(visitor).get_by_role("button", name=MEETING, exact=True).dblclick()
    expect_stage(visitor, "Accueil")
    expect(visitor.locator("#historique .event-mouvement")).to_have_count(1)
    assert count_moves(site) == 1


def test_the_way_back_and_the_same_form_again_move_nothing(visitor: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(visitor, site, "charge_de_mission")
    visitor.goto(address)
    with visitor.expect_request(re.compile(r"/actions/accueillir$")) as sent:
        _meet(visitor)
    expect_stage(visitor, "Accueil")

    visitor.go_back()
    fresh = visitor.context.new_page()
    fresh.goto(address)
    expect_stage(fresh, "Accueil")
    again = visitor.context.request.post(
        sent.value.url,
        data=sent.value.post_data or "",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": site.url,
            "Accept": "text/html",
        },
    )
    assert again.ok
    assert "rien n’a été enregistré deux fois" in again.text()
    assert count_moves(site) == 1


def test_a_page_shown_again_by_the_way_back_moves_nothing_twice(visitor: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(visitor, site, "charge_de_mission")
    visitor.goto(address)
    _meet(visitor)
    expect_stage(visitor, "Accueil")
    visitor.go_back()
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()  # as a person: seen, then left
    visitor.go_forward()
    expect_stage(visitor, "Accueil")
    expect(visitor.locator("details.action").filter(has_text=MEETING)).to_have_count(0)
    assert count_moves(site) == 1


def _both_open(
    new_context: Callable[[], BrowserContext], site: Site, address: str
) -> tuple[Page, Page]:
    """The dossier, on the screens of two colleagues."""
    pages = new_context().new_page(), new_context().new_page()
    for page, role in zip(pages, ("charge_de_mission", "assistant"), strict=True):
        sign_in(page, site, role)
        page.goto(address)
    return pages


def _expect_told(page: Page, who: str, what: str) -> None:
    told = page.locator(".conflict")
    expect(told).to_contain_text(re.compile(rf"Modifié par {who} le .+ à \d+\sh"))
    expect(told).to_contain_text(what)


def _sheet(page: Page) -> Locator:
    return page.locator("#fiche-projet")


def _fill(page: Page) -> Locator:
    action = open_action(page, MEETING)
    action.get_by_label("Date et heure").fill(f"{day(8)}T14:30")
    return action


def _meet(page: Page) -> None:
    confirm(_fill(page), MEETING)
