"""The first minutes of a day: treat what awaits, take a click back, open what is late."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from grants.dossiers.tables import Dossier
from grants.dossiers.taches.service import NewTask, create_task
from tests.browser.filing import file_contact
from tests.browser.fingers import press, type_into
from tests.browser.test_phone import FINGER
from tests.browser.walking import day, expect_stage, sign_in
from tests.builders.browser import DESKTOP
from tests.builders.site import PEOPLE, Site
from workflow.database import table_of

ROLE = "charge_de_mission"


@pytest.fixture
def still_page(chromium: Browser) -> Generator[Page]:
    """A page where no script runs."""
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR", viewport=DESKTOP)
    yield context.new_page()
    context.close()


def give(site: Site, titre: str, *, in_days: int = 0, given: int = 0) -> None:
    """A tâche for the chargé de mission, given so many days ago."""
    raw = {"titre": titre, "pour": str(site.comptes[ROLE]), "pour_le": day(in_days)}
    now = datetime.now(UTC) - timedelta(days=given)
    with site.database.unit_of_work() as session:
        create_task(session, site.engine, site.identity(), NewTask(raw), now)


def put_in_charge(site: Site) -> None:
    """Every dossier is the chargé de mission's."""
    with site.database.unit_of_work() as session:
        mine = update(table_of(Dossier)).values(referent_id=site.comptes[ROLE])
        session.connection().execute(mine)


def test_a_morning_is_treated_from_the_page_it_begins_with(page: Page, site: Site) -> None:
    file_contact(site, "Roule ma vallée", days_ago=40)
    put_in_charge(site)
    give(site, "Relire le budget", in_days=-1, given=3)
    sign_in(page, site, ROLE)
    late, idle = page.locator("#retard"), page.locator("#immobiles")
    expect(late).to_contain_text("Relire le budget")
    expect(late).to_contain_text("hier")

    late.get_by_role("button", name="Fait : Relire le budget").click()
    expect(page.get_by_text("« Relire le budget » : c’est fait.")).to_be_visible()
    expect(page.locator(".todo", has_text="Relire le budget").first).to_have_class(
        "todo todo-tache todo-done"
    )
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_text("est de nouveau à faire.")).to_be_visible()
    expect(late).to_contain_text("Relire le budget")

    page.get_by_text("Nouvelle tâche").click()
    form = page.locator("#nouvelle-tache")
    form.get_by_label("À faire").fill("Appeler la mairie de Sospel")
    form.get_by_label("Pour", exact=False).first.select_option(label=PEOPLE["assistant"])
    form.get_by_role("button", name="Ajouter la tâche").click()
    expect(page.get_by_text("La tâche est ajoutée.")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Appeler la mairie de Sospel")
    page.get_by_role("link", name="Tout le monde").click()
    expect(page.locator("main")).to_contain_text("Appeler la mairie de Sospel")

    page.get_by_role("link", name="Ce qui m’attend").click()
    idle.get_by_role("link", name="Projet de Roule ma vallée").click()
    expect_stage(page, "Contact")


def test_the_button_that_takes_back_goes_away_after_ten_seconds(page: Page, site: Site) -> None:
    give(site, "Relire le budget")
    page.clock.install()
    sign_in(page, site, ROLE)
    page.get_by_role("button", name="Fait : Relire le budget").click()
    undo = page.get_by_role("button", name="Annuler", exact=True)
    expect(undo).to_be_visible()
    page.clock.run_for(9_000)
    expect(undo).to_be_visible()
    page.clock.run_for(1_500)
    expect(undo).to_have_count(0)
    # What was done is still there to be opened again.
    page.get_by_role("button", name="Rouvrir").click()
    expect(page.get_by_text("est de nouveau à faire.")).to_be_visible()


def test_a_tache_is_done_and_taken_back_without_a_script(still_page: Page, site: Site) -> None:
    page = still_page
    give(site, "Relire le budget")
    sign_in(page, site, ROLE)
    page.get_by_role("button", name="Fait : Relire le budget").click()
    expect(page.get_by_text("« Relire le budget » : c’est fait.")).to_be_visible()
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(page.get_by_text("est de nouveau à faire.")).to_be_visible()
    expect(page.get_by_role("button", name="Fait : Relire le budget")).to_be_visible()


def test_a_tache_is_given_and_done_with_the_keyboard_alone(page: Page, site: Site) -> None:
    sign_in(page, site, ROLE)
    press(page, page.locator("#nouvelle-tache summary"))
    type_into(page, page.locator("#nouvelle-tache").get_by_label("À faire"), "Ranger")
    press(page, page.get_by_role("button", name="Ajouter la tâche"))
    expect(page.get_by_text("La tâche est ajoutée.")).to_be_visible()
    press(page, page.get_by_role("button", name="Fait : Ranger"))
    expect(page.get_by_text("« Ranger » : c’est fait.")).to_be_visible()
    press(page, page.get_by_role("button", name="Annuler", exact=True))
    expect(page.get_by_text("est de nouveau à faire.")).to_be_visible()


def test_a_dossiers_own_taches_are_given_and_done_on_its_page(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, ROLE)
    page.goto(address)
    card = page.locator("#taches")
    card.get_by_text("Ajouter une tâche").click()
    card.get_by_label("À faire").fill("Demander les statuts")
    card.get_by_role("button", name="Ajouter la tâche").click()
    expect(card).to_contain_text("Demander les statuts")
    card.get_by_role("button", name="Fait : Demander les statuts").click()
    expect(card).to_contain_text("Tâches faites (1)")
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(card.get_by_role("button", name="Fait : Demander les statuts")).to_be_visible()


def test_a_morning_on_a_phone(phone_page: Page, site: Site) -> None:
    page = phone_page
    file_contact(site, "Roule ma vallée", days_ago=40)
    put_in_charge(site)
    give(site, "Relire le budget avec la trésorière de l’association", in_days=2)
    sign_in(page, site, ROLE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button = page.get_by_role("button", name="Fait : Relire le budget")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= FINGER
    button.click()
    expect(page.get_by_role("button", name="Annuler", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
