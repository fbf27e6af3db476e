"""A newcomer takes a dossier from contact to clos on the screens, and understands each refusal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from api.schema import JOURNAL_OWNERS
from tests.browser.walking import (
    confirm,
    day,
    expect_stage,
    hand_pieces_in,
    open_action,
    sign_in,
)
from tests.builders.site import Site, hold_seances
from workflow.journal_check import verify


def test_a_dossier_goes_from_contact_to_clos_on_the_screens(page: Page, site: Site) -> None:
    sign_in(page, site, "direction")
    _open_contact(page)
    expect_stage(page, "Contact")
    _prepare(page)
    _decide(page, site)
    _sign_and_close(page)

    story = page.locator("#historique")
    expect(story).to_contain_text("Odile Marchetti")
    expect(story).to_contain_text("15 000,50 €")
    with site.database.reading() as session:
        checked = verify(session.connection(), JOURNAL_OWNERS)
    assert checked.sound, checked.findings


def _prepare(page: Page) -> None:
    """From the contact to the comité, each refusal read on the way."""
    _meet(page)
    expect_stage(page, "Accueil")
    refused = page.locator(".refusal").filter(has_text="Commencer l’accompagnement")
    expect(refused).to_contain_text("il manque « Compte rendu »")
    expect(refused).to_contain_text("il manque « Lien avec l’emploi »")

    _write_the_meeting_down(page)
    action = open_action(page, "Commencer l’accompagnement")
    confirm(action, "Commencer l’accompagnement")
    expect_stage(page, "Accompagnement")

    refused = page.locator(".refusal").filter(has_text="Inscrire au comité")
    expect(refused).to_contain_text("il manque « Public visé »")
    _describe_the_project(page)
    refused = page.locator(".refusal").filter(has_text="Inscrire au comité")
    expect(refused).to_contain_text("dépasse le plafond de 23 000 €")
    expect(refused).to_contain_text("Pièce manquante : « RIB de la structure »")
    expect(refused).to_contain_text("Plan de financement : il manque")
    _ask_for(page, "18 000")
    hand_pieces_in(page, "Inscrire au comité")

    action = open_action(page, "Inscrire au comité")
    action.get_by_label("Séance du comité").select_option(index=1)
    confirm(action, "Inscrire au comité")
    expect_stage(page, "Comité (CTS)")


def _decide(page: Page, site: Site) -> None:
    """The séance is held, and grants less than what was asked."""
    refused = page.locator(".refusal").filter(has_text="Retenir le projet")
    expect(refused).to_contain_text("La séance n’a pas encore eu lieu")
    hold_seances(site.database, granted=1_500_050)
    page.reload()
    action = open_action(page, "Retenir le projet")
    action.get_by_label("Montant accordé").fill("24 000")
    confirm(action, "Retenir le projet")
    expect(page.get_by_text("dépasse le montant demandé (18 000 €)").first).to_be_visible()
    action = open_action(page, "Retenir le projet")
    expect(action.get_by_label("Montant accordé")).to_have_value("24 000")
    action.get_by_label("Montant accordé").fill("15 000,50")
    confirm(action, "Retenir le projet")
    expect_stage(page, "Sélectionné")


def _sign_and_close(page: Page) -> None:
    """Convention, bilan, balance."""
    refused = page.locator(".refusal").filter(has_text="Enregistrer la convention signée")
    expect(refused).to_contain_text("Pièce manquante : « Convention signée »")
    hand_pieces_in(page, "Enregistrer la convention signée")
    action = open_action(page, "Enregistrer la convention signée")
    action.get_by_label("Convention signée le").fill(day(0))
    action.get_by_label("IBAN").fill("FR14 2004 1010 0505 0001 3M02 607")
    action.get_by_label("Titulaire du compte").fill("Roule ma vallée")
    confirm(action, "Enregistrer la convention signée")
    expect(page.get_by_text("Cet IBAN n’est pas valable").first).to_be_visible()
    action = open_action(page, "Enregistrer la convention signée")
    action.get_by_label("IBAN").fill("FR14 2004 1010 0505 0001 3M02 606")
    confirm(action, "Enregistrer la convention signée")
    expect_stage(page, "Suivi")

    action = open_action(page, "Enregistrer le bilan final")
    action.get_by_label("Bilan reçu le").fill(day(0))
    confirm(action, "Enregistrer le bilan final")
    expect_stage(page, "Bilan")
    confirm(open_action(page, "Solder le dossier"), "Solder le dossier")
    expect_stage(page, "Clos")


def _open_contact(page: Page) -> None:
    page.get_by_role("link", name="Nouveau contact").first.click()
    page.get_by_label("Le projet en quelques mots").fill("Garage solidaire de la vallée")
    page.get_by_label("Commune").fill("Sospel")
    page.get_by_label("Département").select_option("06")
    page.get_by_label("Aide demandée").fill("28 000")
    page.get_by_label("Nom et prénom").fill("Amina Deschamps")
    page.get_by_label("E-mail").fill("amina@exemple.fr")
    page.get_by_label("Nom", exact=True).fill("Roule ma vallée")
    page.get_by_role("button", name="Ouvrir le dossier").click()
    expect(page.get_by_text("dépasse le plafond de 23 000 €").first).to_be_visible()


def _meet(page: Page) -> None:
    action = open_action(page, "Fixer le rendez-vous d’accueil")
    action.get_by_label("Date et heure").fill(f"{day(8)}T14:30")
    action.get_by_label("Lieu").fill("Nos bureaux")
    confirm(action, "Fixer le rendez-vous d’accueil")


def _write_the_meeting_down(page: Page) -> None:
    sheet = page.locator("#fiche-accueil")
    sheet.get_by_role("link", name="Modifier").click()
    sheet = page.locator("#fiche-accueil")
    sheet.get_by_label("Compte rendu", exact=False).first.fill("Projet mûr, équipe motivée.")
    for question in (
        "Structure de l’économie sociale et solidaire",
        "Projet situé sur notre territoire",
        "Lien avec l’emploi",
        "Aucune autre aide européenne directe",
    ):
        sheet.get_by_role("group", name=question).get_by_label("Oui").check()
    sheet.get_by_label("Effectif de la structure").fill("2,5")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()


def _describe_the_project(page: Page) -> None:
    page.locator("#fiche-projet").get_by_role("link", name="Modifier").click()
    sheet = page.locator("#fiche-projet")
    sheet.get_by_label("Objet").fill("Réparer et prêter des voitures à qui reprend un emploi.")
    sheet.get_by_label("Public visé").fill("Demandeurs d’emploi de la vallée")
    sheet.get_by_label("Secteur").select_option("mobilite")
    sheet.get_by_label("Début du projet").fill(day(60))
    sheet.get_by_label("Fin du projet").fill(day(400))
    sheet.get_by_label("Coût total").fill("41 500,50")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()


def _ask_for(page: Page, amount: str) -> None:
    """The aid pays for the whole of a smaller project: nobody else has to be found."""
    page.locator("#fiche-projet").get_by_role("link", name="Modifier").click()
    sheet = page.locator("#fiche-projet")
    sheet.get_by_label("Coût total").fill(amount)
    sheet.get_by_label("Aide demandée").fill(amount)
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
