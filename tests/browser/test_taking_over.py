"""An organisme arrives with its spreadsheet: sent, mended, taken over, taken back."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from grants.reprise.progress import WORKER
from grants.reprise.tables import EN_COURS, Reprise
from tests.browser.looking import Reader
from tests.browser.test_typography import Proof
from tests.browser.walking import sign_in
from tests.builders.browser import DESKTOP, PHONE
from tests.builders.site import Site
from tests.builders.tables_sent import xlsx_of
from workflow.database import table_of

TITLES = ("N°", "Projet", "Association", "SIRET", "Porteur", "Mail", "Étape", "Contact", "Accueil",
          "Observations")  # fmt: skip


def dossiers(siret: object, number: int = 30) -> bytes:
    """A follow-up of dossiers, whose first line has this SIRET."""
    rows = [
        (f"R-{n}", f"Projet {n}", f"Asso {n}", None if n else siret, f"Porteur {n}",
         f"p{n}@exemple.fr", "Accueil", "12 mars 2009", "02/04/2009", "RAS")
        for n in range(number)
    ]  # fmt: skip
    return xlsx_of(TITLES, *rows)


@pytest.fixture(params=["script", "no script", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Generator[Page]:
    """A desk with scripts, one without, and a phone."""
    context = chromium.new_context(
        java_script_enabled=request.param != "no script",
        locale="fr-FR",
        viewport=PHONE if request.param == "phone" else DESKTOP,
    )
    yield context.new_page()
    context.close()


def send(page: Page, site: Site, path: Path) -> None:
    """Send a file of dossiers and ask for its check."""
    page.goto(f"{site.url}/parametres/reprises")
    page.get_by_label("Que contient le fichier").select_option("dossiers-microprojets")
    page.locator("#fichier").set_input_files(path)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name=path.name, level=1)).to_be_visible()
    page.get_by_role("button", name="Vérifier").click()


def until(page: Page, heading: str) -> None:
    """Wait for the end of the work: the page looks by itself, or is looked at again by hand."""
    wanted = page.get_by_role("heading", name=heading)
    again = page.get_by_role("link", name="Où en est-ce")
    for _ in range(40):
        expect(wanted.or_(again).first).to_be_visible()
        if wanted.count():
            return
        if page.evaluate("!document.documentElement.classList.contains('js')"):
            again.click()
        page.wait_for_timeout(250)
    raise AssertionError(f"« {heading} » never came")


def test_a_spreadsheet_is_mended_taken_over_and_taken_back(
    page: Page, site: Site, tmp_path: Path
) -> None:
    sign_in(page, site, "direction")
    first = tmp_path / "suivi.xlsx"
    first.write_bytes(dossiers("1,23E+13"))
    send(page, site, first)
    until(page, "Anomalies")
    expect(page.get_by_text("Le tableur a abrégé ce numéro")).to_be_visible()
    expect(page.get_by_role("cell", name="D2", exact=True).or_(page.get_by_text("D2", exact=True)
                                                               ).first).to_be_visible()  # fmt: skip
    with page.expect_download() as given:
        page.get_by_role("link", name="Télécharger le fichier à corriger").click()
    assert given.value.suggested_filename.endswith(".xlsx")

    second = tmp_path / "suivi corrigé.xlsx"
    second.write_bytes(dossiers("73282932000074"))
    send(page, site, second)
    until(page, "Aucune anomalie")
    page.get_by_role("button", name="Reprendre ces données").click()
    until(page, "Ce qui a été repris")
    expect(page.get_by_text("30 dossiers ajoutés")).to_be_visible()
    page.get_by_role("link", name="R-0", exact=True).click()
    expect(page.get_by_text("Étape reprise d’un fichier")).to_be_visible()
    page.go_back()

    page.get_by_text("Annuler cette reprise").click()
    page.get_by_role("button", name="Retirer tout ce qui a été repris").click()
    until(page, "Ce qui avait été repris, puis retiré")
    page.goto(f"{site.url}/liste")
    expect(page.get_by_text("Projet 0")).to_have_count(0)


def test_no_point_of_a_reprise_stands_in_anybody_s_way(
    chromium: Browser, site: Site, tmp_path: Path
) -> None:
    """axe, the width of the screen, the console, and French typography, state by state."""
    page = chromium.new_context(locale="fr-FR", viewport=DESKTOP).new_page()
    reader, proof = Reader(page), Proof()
    sign_in(page, site, "direction")

    def look(where: str) -> None:
        reader.look(where)
        proof.read(where, page.content().replace("L'Atelier", "L’Atelier"))  # its own name

    page.goto(f"{site.url}/parametres/reprises")
    look("nothing sent")
    faulty = tmp_path / "suivi.xlsx"
    faulty.write_bytes(dossiers("1,23E+13", 3))
    page.get_by_label("Que contient le fichier").select_option("dossiers-microprojets")
    page.locator("#fichier").set_input_files(faulty)
    page.get_by_role("button", name="Envoyer").click()
    look("columns")
    page.get_by_role("button", name="Vérifier").click()
    until(page, "Anomalies")
    page.get_by_text("Revoir les colonnes").click()
    look("faults")
    sound = tmp_path / "suivi 2.xlsx"
    sound.write_bytes(dossiers("73282932000074", 3))
    send(page, site, sound)
    until(page, "Aucune anomalie")
    look("ready")
    page.get_by_role("button", name="Reprendre ces données").click()
    until(page, "Ce qui a été repris")
    page.get_by_text("Annuler cette reprise").click()
    look("done")
    address = page.url
    table = table_of(Reprise)
    for etat in EN_COURS:
        with site.database.unit_of_work() as session:
            written = {"etat": etat, "travailleur": WORKER}
            session.connection().execute(table.update().where(table.c.nom == sound.name).values(
                written))  # fmt: skip
        page.goto(address)
        look(etat)
    page.goto(f"{site.url}/parametres/reprises")
    look("sent")
    page.context.close()
    assert reader.faults == []
    assert not proof.wrong, proof.told
