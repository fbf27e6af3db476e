"""The agenda on screen: what comes this month, and the link that is shown once."""

from __future__ import annotations

import re

from tests.builders.dossiers import Counter
from tests.builders.visitors import Visitor

_FEED = re.compile(r"/agenda/[^\"<\s]+\.ics")


def test_the_month_shows_what_will_be_sent(charge: Visitor, counter: Counter) -> None:
    dossier = counter.open()
    for form in ("", "&forme=liste"):
        shown = charge.get(f"/agenda?mois=2026-04{form}").text
        assert f'href="/dossiers/{dossier}' in shown
        assert "Proposer un rendez-vous" in shown
    other = charge.get("/agenda?mois=2026-04&forme=liste&quoi=seance").text
    assert "Proposer un rendez-vous" not in other


def test_a_personal_link_is_shown_once_and_ends(charge: Visitor, visitor: Visitor) -> None:
    made = charge.post("/agenda/lien", {"portee": "tous"})
    assert made.headers["cache-control"] == "no-store"
    found = _FEED.search(made.text)
    assert found
    assert visitor.get(found[0]).status_code == 200
    assert found[0] not in charge.get("/agenda").text
    assert charge.post("/agenda/lien/retirer").status_code == 303
    assert visitor.get(found[0]).status_code == 404


def test_a_link_is_asked_for_something_known(charge: Visitor) -> None:
    assert charge.post("/agenda/lien", {"portee": "ailleurs"}).status_code == 422
