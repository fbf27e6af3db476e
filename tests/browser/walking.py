"""What somebody does on the screens, in the words of the screens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.builders.documents import pdf
from tests.builders.site import PASSWORD, Site
from workflow.dates import to_paris


def sign_in(page: Page, site: Site, role: str) -> None:
    """Come in as the person of a role."""
    page.goto(f"{site.url}/connexion")
    page.get_by_label("Adresse e-mail").fill(site.email(role))
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Aujourd’hui", level=1)).to_be_visible()


def open_action(page: Page, label: str) -> Locator:
    """Unfold an action of « Que faire maintenant »; its block."""
    action = page.locator("details.action").filter(
        has=page.locator(".action-label", has_text=label)
    )
    if action.get_attribute("open") is None:
        action.locator("summary").click()
    return action


def confirm(action: Locator, label: str) -> None:
    """Press the action's own button."""
    action.get_by_role("button", name=label, exact=True).click()


def expect_stage(page: Page, label: str) -> None:
    """The dossier's header names the stage."""
    expect(page.locator("main header, .dossier-header").first).to_contain_text(label)


def hand_pieces_in(page: Page, move: str) -> None:
    """Hand in and validate every pièce that a move waits for, one after the other."""
    mandatory = page.locator(".piece").filter(has_text=f"Obligatoire pour « {move} »")
    keys = [piece.get_attribute("id") for piece in mandatory.all()]
    assert keys, f"no pièce for {move}"
    for key in keys:
        piece = page.locator(f"#{key}")
        document: FilePayload = {
            "name": f"{key}.pdf",
            "mimeType": "application/pdf",
            "buffer": pdf(mark=f"{key}"),
        }
        piece.locator("input[type=file]").set_input_files(document)
        expect(piece.locator(".piece-file-name")).to_have_text(f"{key}.pdf")
        validate_piece(piece)


def validate_piece(piece: Locator) -> None:
    """Say that a pièce will do, with today as its date where one is asked."""
    fold = piece.locator(".piece-judgement > *").first
    if fold.locator("summary").count():
        fold.locator("summary").click()
        fold.get_by_label("Date du document").fill(day(0))
        fold.get_by_role("button", name="Valider cette pièce").click()
    else:
        fold.get_by_role("button", name="Valider").click()
    expect(piece.locator(".badge")).to_have_text("Validée")


def day(offset: int) -> str:
    """A day from today, as a date field holds it."""
    return (to_paris(datetime.now(UTC)).date() + timedelta(days=offset)).isoformat()
