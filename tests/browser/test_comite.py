"""A whole séance on screen: twelve members vote on thirteen dossiers, up to the minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from sqlalchemy import update

from api.cli import main
from api.mailing import press_of
from grants.comites.comptage import AJOURNEMENT, DEFAVORABLE, FAVORABLE
from grants.relances.courriers import LetterLedger
from notifications.courrier_table import Courrier
from notifications.preparation import Study, prepare
from tests.browser.looking import ON_A_PHONE, Reader
from tests.browser.walking import confirm, open_action, sign_in
from tests.builders.browser import PHONE
from tests.builders.comites import (
    Sitting,
    assemble,
    bring_forward,
    counter_of,
)
from tests.builders.site import Site
from workflow.database import table_of

_M = table_of(Courrier)
#: What the comité wants of each dossier: six selected, three put off, four refused.
WANTED = (*["retenu"] * 6, *["ajourne"] * 3, *["refuse"] * 4)
ANSWERS = {"retenu": FAVORABLE, "ajourne": AJOURNEMENT, "refuse": DEFAVORABLE}
TABLET = ViewportSize(width=820, height=1180)
#: The member who carries the third project, by its rank.
ASIDE = 2


@pytest.fixture
def sitting(site: Site) -> Sitting:
    """Thirteen dossiers and twelve members; the hour of the séance has come."""
    found = assemble(counter_of(site))
    with site.database.unit_of_work() as session:  # of those before, nothing is to be written
        session.connection().execute(update(_M).values(state="annule"))
    bring_forward(found, datetime.now(UTC) - timedelta(hours=1))
    return found


@pytest.fixture
def verify(
    site: Site,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[Path], str]:
    """What the command says of a file."""

    def told(file: Path) -> str:
        monkeypatch.setenv("MICROPROJETS_DONNEES", str(site.files_folder.parent))
        monkeypatch.setenv("DATABASE_URL", sqlite_url)
        capsys.readouterr()
        main(["pv", "verify", str(file)])
        said = capsys.readouterr()
        return said.out + said.err

    return told


class Voter:
    """One member with a tablet of his own."""

    def __init__(self, page: Page, site: Site, sitting: Sitting, rank: int) -> None:
        self.page, self.sitting = page, sitting
        self.home = f"{site.url}/ma-seance/{sitting.hearing.seance}"
        member = sitting.hearing.members()[rank]
        page.goto(site.url + sitting.link(member, datetime.now(UTC)))
        page.get_by_role("button", name="Ouvrir ma page du comité").click()
        expect(page.get_by_text(member.nom)).to_be_visible()

    def card(self, number: int) -> Locator:
        """One dossier of the agenda."""
        return self.page.locator(f"#dossier-{self.sitting.dossiers[number]}")

    def vote_everything(self, but: int | None = None) -> None:
        """One tap for each dossier, one after the other, without waiting for what comes back."""
        wanted = enumerate(zip(self.sitting.dossiers, WANTED, strict=True))
        for number, (dossier, issue) in wanted:
            if number != but:
                self.page.locator(f"#dossier-{dossier} button[value={ANSWERS[issue]}]").tap()

    def expect_votes(self, whole: int) -> None:
        """Every vote was taken."""
        said = f"{whole} votes sur {whole}"
        expect(self.page.locator("#avancement")).to_contain_text(said, timeout=20_000)
        expect(self.page.locator("[aria-pressed=true]")).to_have_count(whole)


@pytest.fixture
def voters(chromium: Browser, site: Site, sitting: Sitting) -> Iterator[Callable[[int], Voter]]:
    """As many browsers as there are members, all open until the end."""
    contexts: list[BrowserContext] = []

    def come(rank: int) -> Voter:
        context = chromium.new_context(
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport=PHONE if rank % 3 else TABLET,
            has_touch=True,
        )
        contexts.append(context)
        return Voter(context.new_page(), site, sitting, rank)

    yield come
    for context in contexts:
        context.close()


def test_twelve_members_vote_on_thirteen_dossiers_up_to_the_minutes(
    page: Page,
    site: Site,
    sitting: Sitting,
    voters: Callable[[int], Voter],
    verify: Callable[[Path], str],
) -> None:
    seance = f"{site.url}/seances/{sitting.hearing.seance}"
    sign_in(page, site, "charge_de_mission")
    open_the_seance(page, sitting, seance)
    chair, *others = [voters(rank) for rank in range(12)]
    page.goto(f"{seance}/votes")  # it stays open there, and follows by itself
    step_aside(others[0])
    make_a_condition(others[1])
    for voter in (chair, *others):
        voter.vote_everything(but={others[0]: ASIDE, others[1]: 0}.get(voter))
    for voter in (chair, *others):
        voter.expect_votes(len(WANTED) - (voter is others[0]))
    follow(page)
    close_and_decide(chair)
    apply_the_decisions(page, site, seance)
    validate_the_minutes(chair)
    verify_the_minutes(page, site, seance, verify)


def open_the_seance(page: Page, sitting: Sitting, seance: str) -> None:
    """The chargé opens the séance, calls the roll, then opens each vote, one after the other."""
    page.goto(seance)
    confirm(open_action(page, "Ouvrir la séance"), "Ouvrir la séance")
    expect(page.get_by_text("Séance ouverte").first).to_be_visible()
    page.get_by_role("link", name="Présences").click()
    for member in sitting.hearing.members():
        asked = page.get_by_label(f"Présence de {member.nom}")
        asked.select_option("Présent")
    page.get_by_role("button", name="Enregistrer l’appel").click()
    expect(page.get_by_text("Quorum atteint")).to_contain_text("12 voix sur 12")
    page.goto(f"{seance}/dossiers/{sitting.dossiers[0]}")
    for rank in range(len(WANTED)):
        if rank:
            page.locator("a[rel=next]").click()
        expect(page.locator(".heard-head h2")).to_contain_text(f"{rank + 1}. ")
        page.get_by_role("button", name="Ouvrir le vote").click()
        expect(page.get_by_text("Le vote est ouvert.")).to_be_visible()


def step_aside(voter: Voter) -> None:
    """He is close to a project: from then on nothing of it is on his page."""
    card = voter.card(ASIDE)
    card.locator("summary", has_text="Je suis lié").click()
    card.get_by_label("Votre lien avec ce projet").fill("Trésorier de l’association")
    card.get_by_role("button", name="Me déporter").click()
    expect(card).to_contain_text("Vous vous êtes déporté")
    expect(card.get_by_role("link", name="Lire la note")).to_have_count(0)


def make_a_condition(voter: Voter) -> None:
    """Two taps: the first opens the réserves, the second votes, with another amount."""
    card = voter.card(0)
    card.get_by_role("button", name="Avec réserves").click()
    expect(card.get_by_label("Réserves")).to_be_focused()
    voter.page.keyboard.type("Fournir le bail signé.")
    card.get_by_label("Montant proposé").fill("25 000")
    card.get_by_role("button", name="Avec réserves").click()
    expect(card).to_contain_text("Le montant dépasse l’aide demandée")
    card.get_by_label("Montant proposé").fill("12 000")
    card.get_by_role("button", name="Avec réserves").click()
    expect(card).to_contain_text("Favorable avec réserves, 12 000 €")


def follow(page: Page) -> None:
    """The chargé sees how far each vote is, as it goes; what it says stays hidden."""
    lines = page.locator("#votes li")
    expect(lines.nth(1)).to_contain_text("12 sur 12 reçus", timeout=20_000)
    expect(lines.nth(ASIDE)).to_contain_text("11 sur 11 reçus")
    expect(page.locator("#votes")).not_to_contain_text("favorable")


def close_and_decide(chair: Voter) -> None:
    """Whoever presides closes each vote, then confirms what it says."""
    page = chair.page
    page.get_by_role("link", name="Présider la séance").click()
    for number in range(len(WANTED)):
        card = chair.card(number)
        card.get_by_role("button", name="Clore le vote").click()
        if WANTED[number] != "retenu":
            card.get_by_label("Motif").fill("Le comité attend un projet plus avancé.")
        card.get_by_role("button", name="Confirmer la décision").click()
    expect(page.locator("#avancement")).to_contain_text("13 décisions prises")
    expect(chair.card(0)).to_contain_text("Retenu, 20 000 €")
    page.get_by_role("button", name="Clore la séance").click()
    expect(page.get_by_text("Séance close").first).to_be_visible()


def apply_the_decisions(page: Page, site: Site, seance: str) -> None:
    """One click moves the thirteen dossiers; their letters wait for somebody's « Envoyer »."""
    page.goto(f"{seance}/decisions")
    page.get_by_role("button", name="Appliquer les 13 décisions").click()
    done = page.locator("#devenus li")
    expect(done).to_have_count(len(WANTED))
    expect(page.locator("#devenus .tone-vert")).to_have_count(len(WANTED))
    study = Study(press_of(site.engine), hooks=LetterLedger(site.engine))
    assert prepare(site.database, study, lambda: datetime.now(UTC)) == len(WANTED)
    page.goto(f"{site.url}/courriers")
    waiting = page.locator("main")
    expect(waiting.get_by_role("link", name="Notification d’accord")).to_have_count(6)
    expect(waiting.get_by_role("link", name="Notification de refus")).to_have_count(4)


def validate_the_minutes(chair: Voter) -> None:
    """The minutes are validated where one presides, and printed at once."""
    chair.page.get_by_role("button", name="Valider le procès-verbal").click()
    expect(chair.page.get_by_text("Le procès-verbal est validé")).to_be_visible()


def verify_the_minutes(page: Page, site: Site, seance: str, verify: Callable[[Path], str]) -> None:
    """The PDF that the chargé saves is recognised by the command and on screen; altered, not."""
    page.goto(f"{seance}/pv")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Procès-verbal", exact=True).last.click()
    genuine = Path(saved.value.path())
    altered = genuine.with_name("altere.pdf")
    content = genuine.read_bytes()
    altered.write_bytes(content[:900] + bytes([content[900] ^ 1]) + content[901:])
    for file, sentence in ((genuine, "C’est le procès-verbal validé de"), (altered, "altéré")):
        assert sentence in verify(file)
        page.goto(f"{site.url}/seances/verifier")
        page.get_by_label("Le fichier PDF").set_input_files(file)
        page.get_by_role("button", name="Vérifier").click()
        expect(page.locator("#verdict")).to_contain_text(sentence)


def test_no_page_of_a_member_has_a_fault(page: Page, site: Site, sitting: Sitting) -> None:
    hearing, reader = sitting.hearing, Reader(page)
    hearing.open()
    for dossier in sitting.dossiers[:2]:
        hearing.begin(dossier)
    reader.visit(site.url + sitting.link(hearing.members()[0], datetime.now(UTC)))
    page.get_by_role("button", name="Ouvrir ma page du comité").click()
    hearing.vote(sitting.dossiers[0], hearing.members()[0].id, FAVORABLE, own=True)
    hearing.close(sitting.dossiers[0])
    home = f"{site.url}/ma-seance/{hearing.seance}"
    page.goto(home)
    for folded in page.locator("#seance details").all()[:6]:
        folded.evaluate("each => { each.open = true }")
    reader.look("the member's page")
    for path in (f"/dossiers/{sitting.dossiers[1]}", f"/dossiers/{sitting.dossiers[1]}?page=2"):
        reader.visit(home + path)
    reader.visit(f"{home}/presidence")
    reader.visit(f"{site.url}/acces/inconnu", 404, sights=ON_A_PHONE)
    assert not reader.faults
