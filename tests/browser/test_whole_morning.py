"""A whole morning at the desk, on screen alone, from signing in to signing out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from grants.dossiers.taches.service import NewTask, create_task
from grants.organisation.accounts import Account
from grants.structures.service import create_structure
from tests.browser.walking import day, expect_stage, sign_in
from tests.builders.documents import pdf
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.site import PEOPLE, Site

ROLE = "charge_de_mission"
MENDED = "Les Jardins de la Tinée"
UNFINISHED = "Roule ma vallée"
READY = ("Le Fil d’Ariane", "La Recyclerie du Var", "Cuisine et compagnie")
HAD = ("recepisse", "avis_siren", "budget_structure")
BROUGHT = ("Statuts signés", "RIB de la structure", "Devis des principales dépenses")
WIDTHS = [1280, 360]


@pytest.fixture
def desk(site: Site) -> Counter:
    """Five dossiers being built: three complete, two that lack something; a séance to come."""
    people = {role: Account(id, "", PEOPLE[role], None, ()) for role, id in site.comptes.items()}
    now = datetime.now(UTC)
    desk = Counter(
        site.database,
        site.engine,
        Office(site.organisme_id, "Atelier", people),
        now=now - timedelta(days=20),
    )
    desk.plan_seance(days=40, closing=30)
    for name in READY:
        receive(desk, name)
        desk.finance()
        desk.bring_pieces()
    receive(desk, UNFINISHED)
    receive(desk, MENDED)
    desk.bring_pieces(*HAD)
    desk.finance(mairie="5 000, obtenu")
    with site.database.unit_of_work() as session:
        task = NewTask(
            {"titre": "Rappeler la mairie", "pour": str(site.comptes[ROLE]), "pour_le": day(0)}
        )
        create_task(session, site.engine, site.identity(), task, now)
    return desk


def receive(desk: Counter, name: str) -> None:
    """A dossier that is being built with its structure; what it costs is written."""
    began = desk.now
    with desk.database.unit_of_work() as session:
        structure = create_structure(session, desk.charge, {"nom": name}, desk.now)
    desk.open(structure_id=structure)
    desk.do("accueillir", rendez_vous=f"{day(-15)}T10:00", lieu_rendez_vous="Au siège")
    desk.fill("accueil")
    desk.do("accompagner")
    desk.fill("projet", titre=f"Projet de {name}", date_debut=day(60), date_fin=day(300))
    desk.now = began


def piece(page: Page, label: str) -> Locator:
    """The place of one pièce on the page of its dossier."""
    return page.locator("li.piece").filter(has=page.get_by_role("heading", name=label, exact=True))


def refused(page: Page, label: str) -> Locator:
    """What the page says of an action that cannot be taken yet."""
    return page.locator(".refused li").filter(has_text=label).first


@pytest.mark.parametrize("width", WIDTHS)
def test_a_whole_morning(page: Page, site: Site, desk: Counter, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, site, ROLE)
    treat_what_awaits(page)
    find_by_a_misspelt_name(page)
    bring_three_pieces_and_refuse_one(page, tmp_path)
    correct_the_financing(page)
    inscribe_five_of_which_two_are_refused(page, site)
    export(page, site)
    sign_out(page)


def treat_what_awaits(page: Page) -> None:
    page.get_by_role("button", name="Fait : Rappeler la mairie").click()
    expect(page.get_by_text("« Rappeler la mairie » : c’est fait.")).to_be_visible()


def find_by_a_misspelt_name(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("jardin tinnée")
    expect(page.locator("[data-hit]").first).to_contain_text(MENDED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(MENDED)
    page.get_by_role("link", name=f"Projet de {MENDED}").first.click()
    expect_stage(page, "Accompagnement")


def bring_three_pieces_and_refuse_one(page: Page, folder: Path) -> None:
    for number, label in enumerate(BROUGHT):
        file = folder / f"{label}.pdf"
        file.write_bytes(pdf(number + 1, mark=label))
        piece(page, label).locator("input[type=file]").set_input_files(file)
        expect(piece(page, label)).to_contain_text("Reçue")
    for label in BROUGHT[:2]:
        piece(page, label).get_by_role("button", name="Valider").click()
        expect(piece(page, label)).to_contain_text("Validée")
    sent_back = piece(page, BROUGHT[2])
    sent_back.locator("summary", has_text="À corriger").click()
    sent_back.get_by_label("Ce qui ne convient pas").select_option(label="Illisible")
    sent_back.get_by_role("button", name="Renvoyer à corriger").click()
    # The reasons to choose among say it as well: wait for what the answer shows.
    expect(piece(page, BROUGHT[2]).locator(".piece-note")).to_contain_text("Illisible")


def correct_the_financing(page: Page) -> None:
    reasons = refused(page, "Inscrire au comité")
    expect(reasons).to_contain_text("15 000")
    page.get_by_role("link", name="Modifier : Plan de financement").click()
    plan = page.locator("#plan")
    plan.get_by_label("Montant").last.fill("20 000")
    expect(page.locator("#plan-solde")).to_contain_text("équilibré")
    plan.get_by_role("button", name="Enregistrer").last.click()
    expect(plan.get_by_role("link", name="Modifier")).to_be_visible()
    reasons = refused(page, "Inscrire au comité")
    expect(reasons).to_contain_text(BROUGHT[2])
    expect(reasons).not_to_contain_text("financement")


def inscribe_five_of_which_two_are_refused(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/liste?dispositif=microprojets&etape=accompagnement")
    boxes = page.locator("input[name=dossier]")
    expect(boxes).to_have_count(5)
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Agir sur les dossiers cochés").click()
    page.get_by_role("link", name="Inscrire au comité").click()
    page.get_by_label("Séance").select_option(index=1)
    page.get_by_role("button", name="Vérifier 5 dossiers").click()
    page.get_by_role("button", name="Inscrire").first.click()
    expect(page.get_by_text("3 faits, 2 refusés.")).to_be_visible()
    expect(page.locator("tr", has_text=MENDED)).to_contain_text(BROUGHT[2])
    expect(page.locator("tr", has_text=UNFINISHED)).to_contain_text("il manque 20 000,00")
    page.get_by_role("link", name="Faits 3").click()
    for name in READY:
        expect(page.locator("tr", has_text=name)).to_contain_text("Comité (CTS)")


def export(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/liste?dispositif=microprojets&etape=cts")
    page.locator("summary", has_text="Exporter").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Tableur (XLSX), ces colonnes").click()
    rows = list(load_workbook(BytesIO(coming.value.path().read_bytes())).active.iter_rows())
    assert len(rows) == 1 + len(READY)
    assert 20_000 in [cell.value for cell in rows[1]]


def sign_out(page: Page) -> None:
    page.locator("summary", has_text="Mon compte").click()
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
