"""The agenda on screen: what comes this month, and the link that is shown once."""

from __future__ import annotations

import re
from html import unescape

import pytest

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


def _hold(counter: Counter) -> int:
    """The first reminder of the dossier waits until it is resumed; its id."""
    with counter.database.unit_of_work() as session:
        sql = (
            "UPDATE echeance SET state = 'suspendue' WHERE id = (SELECT min(id) FROM echeance"
            f" WHERE subject_id = {counter.dossier}) RETURNING id"
        )
        return session.connection().exec_driver_sql(sql).scalar_one()


@pytest.mark.parametrize("form", ["", "&forme=liste"])
def test_a_reminder_that_waits_is_there_and_goes_on_from_there(
    charge: Visitor, lecteur: Visitor, counter: Counter, form: str
) -> None:
    dossier = counter.open()
    held, address = _hold(counter), f"/agenda?mois=2026-04{form}"
    at = f"/dossiers/{dossier}/relances"
    shown = charge.get(address).text
    assert f'href="{at}#relance-{held}"' in shown
    assert shown.count("en pause") == 1
    assert f"{at}/{held}/reprendre" not in lecteur.get(address).text
    typed = {name: _hidden(shown, name) for name in ("version", "idempotency_key", "retour")}
    gone_on = charge.post(f"{at}/{held}/reprendre", typed)
    assert (gone_on.status_code, gone_on.headers["location"]) == (303, address)
    again = charge.get(address).text
    assert "Le rappel reprend." in again
    assert "en pause" not in again


def test_one_comes_back_to_the_agenda_and_nowhere_else(charge: Visitor, counter: Counter) -> None:
    at = f"/dossiers/{counter.open()}/relances"
    for typed in ("https://ailleurs.example/agenda", "//ailleurs.example", "/agenda.ailleurs"):
        held = _hold(counter)
        gone_on = charge.post(f"{at}/{held}/reprendre", {"retour": typed})
        assert (gone_on.status_code, gone_on.headers["location"]) == (303, at)


def test_a_reminder_that_waits_is_not_lost_with_its_month(
    charge: Visitor, counter: Counter
) -> None:
    counter.open()
    told = "ils attendent qu’on les reprenne"
    assert told not in charge.get("/agenda?mois=2026-06").text
    _hold(counter)
    later = charge.get("/agenda?mois=2026-06").text
    assert told in later
    assert "avril 2026</a>" in later.split(told)[1]
    assert told not in charge.get("/agenda?mois=2026-04").text
    assert told not in charge.get("/agenda?mois=2026-06&quoi=tache").text


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])
