"""The whole day's work with the keyboard alone, the focus always in sight."""

from __future__ import annotations

from datetime import UTC, date, datetime

from playwright.sync_api import Locator, Page, expect

from tests.browser.filing import file_contact
from tests.browser.fingers import press, tab_to, type_into
from tests.browser.walking import expect_stage, sign_in
from tests.builders.site import PASSWORD, Site

SATURDAY = 5


def test_a_dossier_is_worked_on_from_signing_in_to_signing_out(page: Page, site: Site) -> None:
    file_contact(site)
    page.goto(f"{site.url}/connexion")
    expect(page.get_by_label("Adresse e-mail")).to_be_focused()
    page.keyboard.type(site.email("charge_de_mission"))
    type_into(page, page.get_by_label("Mot de passe", exact=True), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Aujourd’hui", level=1)).to_be_visible()
    press(page, page.locator(".nav a", has_text="Tableau"))
    expect(page.get_by_role("heading", name="Tableau", level=1)).to_be_visible()

    press(page, page.locator("[data-card]", has_text="Roule ma vallée"))
    expect_stage(page, "Contact")

    _fix_the_meeting(page)
    expect_stage(page, "Accueil")
    expect(page.locator("#contenu")).to_be_focused()

    _write_the_meeting_down(page)
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    expect(page.locator("#fiche-accueil")).to_contain_text("Équipe motivée.")

    type_into(page, page.get_by_label("Nouvelle note"), "Rappeler lundi.")
    press(page, page.get_by_role("button", name="Ajouter la note"), "Space")
    expect(page.locator("#notes")).to_contain_text("Rappeler lundi.")

    tab_to(page, page.locator(".topbar [data-menu] summary"), "Shift+Tab")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Se déconnecter", exact=True))
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()


def test_a_refused_form_puts_the_focus_on_what_is_to_be_mended(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    action = _unfold(page, "Fixer le rendez-vous d’accueil")
    press(page, action.get_by_role("button", name="Fixer le rendez-vous d’accueil", exact=True))

    summary = page.locator(".faults")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Une réponse est à corriger")
    press(page, summary.get_by_role("link"))
    expect(action.get_by_label("Date et heure")).to_be_focused()


def test_a_refused_first_contact_puts_the_focus_on_what_is_to_be_mended(
    page: Page, site: Site
) -> None:
    sign_in(page, site, "charge_de_mission")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Nouveau contact", level=1)).to_be_visible()
    press(page, page.get_by_role("button", name="Ouvrir le dossier"))

    summary = page.locator(".faults")
    expect(summary).to_be_focused()
    press(page, summary.get_by_role("link", name="Le projet en quelques mots").first)
    expect(page.get_by_label("Le projet en quelques mots")).to_be_focused()


def test_the_skip_link_leads_past_the_navigation(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Tableau").last).to_be_focused()


def test_arrows_lead_from_card_to_card(page: Page, site: Site) -> None:
    file_contact(site, "Roule ma vallée", days_ago=3)
    file_contact(site, "Le Fil d’Ariane")
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/tableau")
    first, second = page.locator("[data-card]").first, page.locator("[data-card]").last
    tab_to(page, first)
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()


def test_single_keys_search_and_open_a_contact_except_while_typing(page: Page, site: Site) -> None:
    file_contact(site, "Roule ma vallée")
    file_contact(site, "Le Fil d’Ariane")
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/tableau")
    page.keyboard.press("/")
    palette = page.get_by_role("dialog", name="Recherche")
    field = palette.get_by_label("Chercher une structure, une personne")
    expect(field).to_be_focused()
    page.keyboard.type("vallée n/")
    expect(field).to_have_value("vallée n/")
    field.press("Control+a")
    page.keyboard.type("vallée")
    expect(palette.locator("[data-hit]").first).to_contain_text("Roule ma vallée")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(palette).not_to_be_visible()

    search = page.locator("[data-filters] [type=search]")
    tab_to(page, search)
    page.keyboard.type("vallée n/")
    expect(search).to_have_value("vallée n/")
    search.press("Control+a")
    page.keyboard.type("vallée")
    expect(page.locator("[data-card]")).to_have_count(1)
    expect(search).to_be_focused()

    tab_to(page, page.locator("[data-card]"))
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Nouveau contact", level=1)).to_be_visible()


def test_single_keys_can_be_turned_off(page: Page, site: Site) -> None:
    sign_in(page, site, "charge_de_mission")
    page.goto(f"{site.url}/tableau")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_be_visible()
    press(page, dialog.get_by_label("Activer les raccourcis d’une seule touche"), "Space")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("/")
    expect(page.get_by_role("heading", name="Tableau", level=1)).to_be_visible()
    expect(page.get_by_role("dialog", name="Recherche")).not_to_be_visible()
    expect(page.locator("[data-filters] [type=search]")).not_to_be_focused()


def _unfold(page: Page, label: str) -> Locator:
    action = page.locator("details.action").filter(
        has=page.locator(".action-label", has_text=label)
    )
    press(page, action.locator("summary"))
    expect(action.locator(".action-body")).to_be_visible()
    return action


def _fix_the_meeting(page: Page) -> None:
    action = _unfold(page, "Fixer le rendez-vous d’accueil")
    when = action.get_by_label("Date et heure")
    tab_to(page, when)
    meeting = _day_named_twice()
    page.keyboard.type(meeting.strftime("%d%m%Y"))
    page.keyboard.press("Tab")
    page.keyboard.type("1430")
    expect(when).to_have_value(f"{meeting.isoformat()}T14:30")
    type_into(page, action.get_by_label("Lieu"), "Nos bureaux")
    press(page, action.get_by_role("button", name="Fixer le rendez-vous d’accueil", exact=True))


def _day_named_twice() -> date:
    """A working day to come, like 3/3: typed alike whether the browser asks day or month first."""
    today = datetime.now(UTC).date()
    days = (date(today.year + later, month, month) for later in (0, 1) for month in range(2, 13))
    return next(each for each in days if each > today and each.weekday() < SATURDAY)


def _write_the_meeting_down(page: Page) -> None:
    sheet = page.locator("#fiche-accueil")
    press(page, sheet.get_by_role("link", name="Modifier"))
    report = sheet.get_by_role("textbox", name="Compte rendu")
    expect(report).to_be_focused()
    page.keyboard.type("Équipe motivée.")
    question = sheet.get_by_role("group", name="Lien avec l’emploi")
    tab_to(page, question.get_by_label("Oui"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(question.get_by_label("Non")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(question.get_by_label("Oui")).to_be_checked()
    type_into(page, sheet.get_by_label("Effectif de la structure"), "2,5")
    press(page, sheet.get_by_role("button", name="Enregistrer"))
