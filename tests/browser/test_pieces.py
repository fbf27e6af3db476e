"""Three pièces handed in and one refused, with a script or without, by hand or by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.filing import file_contact
from tests.browser.looking import EVERY_SIGHT, Reader
from tests.browser.walking import day, sign_in, validate_piece
from tests.builders.browser import DESKTOP, PHONE
from tests.builders.documents import PNG, SVG, pdf
from tests.builders.site import Site


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, str]:
    """Documents on somebody's computer, by what they are."""
    held = {"rib": pdf(1, mark="rib"), "verso": PNG, "devis": pdf(2), "piege": SVG}
    paths = {name: tmp_path / f"{name}.{'png' if name == 'verso' else 'pdf'}" for name in held}
    for name, path in paths.items():
        path.write_bytes(held[name])
    return {name: str(path) for name, path in paths.items()}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_three_pieces_are_handed_in_and_one_is_refused(
    page: Page, site: Site, papers: dict[str, str], size: dict[str, int]
) -> None:
    address = file_contact(site)
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    reader = Reader(page)
    sign_in(page, site, "assistant")
    page.goto(address)
    rib, avis = page.locator("#piece-rib"), page.locator("#piece-avis_siren")
    expect(rib.locator(".badge")).to_have_text("Attendue")
    rib.locator("input[type=file]").set_input_files(
        [papers["rib"], papers["verso"], papers["piege"]]
    )
    expect(rib.locator(".piece-file-name")).to_have_text(["rib.pdf", "verso.png"])
    expect(rib.get_by_role("alert")).to_contain_text("piege.pdf : Ce n’est ni un PDF")
    expect(rib).to_contain_text("2 fichiers ajoutés")

    avis.locator("input[type=file]").set_input_files(papers["devis"])
    expect(avis.locator(".badge")).to_have_text("Reçue")
    avis.locator("summary", has_text="Valider").click()
    avis.get_by_label("Date du document").fill(day(-400))
    avis.get_by_role("button", name="Valider cette pièce").click()
    expect(avis).to_contain_text("demandez-en un plus récent")
    avis.locator("summary", has_text="À corriger").click()
    avis.get_by_label("Ce qui ne convient pas").select_option("perimee")
    avis.get_by_label("Précision").fill("Celui de cette année.")
    avis.get_by_role("button", name="Renvoyer à corriger").click()
    expect(avis.locator(".badge")).to_have_text("À corriger")
    expect(avis).to_contain_text("Trop ancienne : Celui de cette année.")
    validate_piece(rib)
    reader.look("pièces", sights=EVERY_SIGHT)
    assert reader.faults == []

    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    rib.get_by_role("link", name="verso.png", exact=True).click()
    expect(page.get_by_role("heading", name="verso.png")).to_be_visible()
    shown = page.locator(".preview img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 64


def test_without_a_script_a_piece_is_handed_in_and_judged(
    chromium: Browser, site: Site, papers: dict[str, str]
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR", viewport=DESKTOP)
    page = context.new_page()
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    page.locator("#piece-rib input[type=file]").set_input_files([papers["rib"], papers["verso"]])
    page.locator("#piece-rib").get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("2 fichiers ajoutés à « RIB de la structure »")).to_be_visible()
    page.locator("#piece-rib").get_by_role("button", name="Valider").click()
    expect(page.locator("#piece-rib .badge")).to_have_text("Validée")
    context.close()


def test_a_piece_is_judged_with_the_keyboard_alone(
    page: Page, site: Site, papers: dict[str, str]
) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    rib = page.locator("#piece-rib")
    rib.locator("input[type=file]").set_input_files(papers["rib"])
    expect(rib.locator(".piece-file-name")).to_have_text("rib.pdf")
    expect(rib.get_by_role("button", name="Valider")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rib.locator(".badge")).to_have_text("Validée")


def test_files_are_dropped_where_they_are_expected(page: Page, site: Site) -> None:
    address = file_contact(site)
    sign_in(page, site, "charge_de_mission")
    page.goto(address)
    page.evaluate(
        """
        (content) => {
          const data = new DataTransfer();
          data.items.add(new File([content], "glisse.pdf", { type: "application/pdf" }));
          const zone = document.querySelector("#piece-devis [data-drop]");
          for (const name of ["dragenter", "dragover", "drop"]) {
            zone.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true }));
          }
        }
        """,
        pdf().decode(),
    )
    expect(page.locator("#piece-devis .piece-file-name")).to_have_text("glisse.pdf")


def test_who_only_reads_sees_the_files_and_no_form(
    page: Page, site: Site, papers: dict[str, str]
) -> None:
    address = file_contact(site)
    sign_in(page, site, "lecteur")
    page.goto(address)
    expect(page.locator("#pieces")).to_contain_text("RIB de la structure")
    expect(page.locator("#pieces form")).to_have_count(0)
