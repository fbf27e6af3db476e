"""What the application says is set as French is: curly apostrophes, unbreakable spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page
from pydantic import BaseModel

from grants.demonstration.donnees import charger_vivante
from tests.browser.gallery import (
    GENERAL,
    Gallery,
    a_dossier_of_each_stage,
    come_in,
    fill,
    places,
)
from tests.browser.reading import words_of
from tests.builders.site import Site
from workflow.dates import to_paris

STRAIGHT = re.compile(r"\w'\w")
ORDINARY_SPACE = re.compile(r" [:;!?»%€]|« ")
# « 1 dossiers », « 0 jours »: French has a plural from two on. These end in s by themselves.
ONE_OF_MANY = re.compile(
    r"(?<![\w,./’\u00a0\u202f-])[01][ \u00a0](?!mois|fois|avis|refus|cours|plus|repris)\w+s\b"
)
THOUSANDS = re.compile(r"\d{4,}(?:,\d\d)?[ \u00a0]?€|\d[ \u00a0]\d{3}(?:,\d\d)?[ \u00a0]?€")
FOREIGN = re.compile(
    r"\d\.\d+[ \u00a0]?[€%]|€\d|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d [AP]M\b"
    r"|\b(?:January|February|March|April|June|July|August|October|December)\b"
)
FORMS = re.compile(r'action="(/(?!deconnexion|organismes)[^"]+)" method="post"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# Nobody spells these in French: an address, a clock's field.
NOT_FRENCH = re.compile(r"https?://\S+|\S+@\S+")


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("L'aide est versée.", True),
        ("L’aide est versée.", False),
        ("Est-ce prêt ?", True),
        ("Est-ce prêt\u00a0?", False),
        ("vers «\u00a0Suivi »", True),
        ("vers «\u202fSuivi\u202f»", False),
        ("12 %", True),
        ("1 dossiers en retard", True),
        ("depuis 0\u00a0jours", True),
        ("1\u00a0dossier, 2\u00a0dossiers, 21\u00a0jours, 1\u00a0mois", False),
        ("le 1er\u00a0mars, 0,1\u00a0point", False),
        ("23000\u00a0€", True),
        ("23\u00a0000\u00a0€", True),
        ("23\u202f000\u00a0€, 1\u202f200,50\u00a0€", False),
        ("12.50\u00a0€", True),
        ("Ouvert le 2026-03-12", True),
        ("Ouvert le 12\u00a0mars 2026", False),
    ],
)
def test_what_is_wrong_is_known(line: str, is_wrong: bool) -> None:
    assert _is_wrong(line) == is_wrong


def test_every_page_is_set_as_french_is(page: Page, gallery: Gallery) -> None:
    site, emails = gallery.site, gallery.emails
    proof = Proof()
    proof.read("/connexion", page.request.get(f"{site.url}/connexion").text())
    for role in ("Direction", "Lecteur (contrôle)"):
        page.context.clear_cookies()
        come_in(page, site, emails[role])
        sheets = _open_sheets(site) if role == "Direction" else []
        for url in (*_addresses(site), *sheets):
            proof.read(url, page.request.get(site.url + url).text())
    assert not proof.wrong, proof.told


def test_what_every_form_answers_when_empty_is_set_as_french_is(page: Page, site: Site) -> None:
    come_in(page, site, fill(site)["Direction"])
    proof = Proof()
    for url in (*GENERAL, *a_dossier_of_each_stage(site)):
        shown = page.request.get(site.url + url).text()
        for form in sorted(set(FORMS.findall(shown))):
            token = TOKEN.search(shown)
            assert token is not None
            sent = {"csrf_token": token[1]}
            answer = page.request.post(site.url + form, form=sent, max_redirects=0)
            proof.read(form, answer.text())
            assert answer.status < 500
    assert proof.pages > 50
    assert not proof.wrong, proof.told


class Proof:
    """Pages read, and the lines that are not set as they should be, with where."""

    def __init__(self) -> None:
        self.wrong: dict[str, str] = {}
        self.pages = 0
        self._right: set[str] = set()
        self._typed = _typed()

    def read(self, url: str, html: str) -> None:
        """Read a page."""
        self.pages += 1
        for line in set(words_of(html)) - self._right:
            shown = self._typed.sub("…", line) if _is_wrong(line) else line
            if _is_wrong(shown):
                self.wrong.setdefault(shown, url)
            else:
                self._right.add(line)

    @property
    def told(self) -> str:
        """What is wrong, one line each."""
        return "\n".join(f"{line} ({url})" for line, url in self.wrong.items())


def _addresses(site: Site) -> list[str]:
    """The pages, dossiers in every stage, and a page that is not there."""
    pages = (place.url for place in places(site))
    return [*pages, *a_dossier_of_each_stage(site), "/une-page-qui-n-existe-pas"]


def _open_sheets(site: Site) -> list[str]:
    """Some dossiers with each sheet opened as a form in its turn."""
    dossiers = a_dossier_of_each_stage(site)
    sheets = [sheet.key for each in site.engine.catalogue.current() for sheet in each.sheets]
    return [f"{url}?fiche={sheet}" for url in dossiers[:: len(dossiers) // 4] for sheet in sheets]


def _is_wrong(line: str) -> bool:
    said = NOT_FRENCH.sub("…", line)
    rules = (STRAIGHT, ORDINARY_SPACE, ONE_OF_MANY, THOUSANDS, FOREIGN)
    return any(rule.search(said) for rule in rules)


def _typed() -> re.Pattern[str]:
    """What the people of the demonstration typed, which is theirs to spell."""
    today = to_paris(datetime.now(UTC)).date()
    texts = {text for text in _texts(charger_vivante(today)) if _is_wrong(text)}
    longest_first = sorted(texts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "$^")


def _texts(content: object) -> Iterator[str]:
    """Every text of a story."""
    if isinstance(content, str):
        yield " ".join(content.split())
    elif isinstance(content, BaseModel):
        yield from _texts(dict(content))
    elif isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            yield from _texts(value)
