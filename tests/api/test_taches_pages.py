"""Tâches on screen: given, done in one click, taken back within ten seconds, changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from api.undo import SECONDS, undoing
from grants.dossiers.taches.tables import Tache
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.reading import hidden, landed, said
from tests.builders.shown_forms import shown_form
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.database import Database, table_of
from workflow.vocabulary import AlreadyRegistered

TODAY = "/aujourdhui"
_UNDO = re.compile(r'name="retour_arriere" value="([^"]*)"')


def typed(counter: Counter, **changes: str) -> dict[str, str]:
    compte = str(counter.charge.compte_id)
    return {"titre": "Rappeler la mairie", "pour": compte, "pour_le": "2026-03-12", **changes}


def rows(database: Database) -> list[Any]:
    table = table_of(Tache)
    with database.reading() as session:
        return list(session.connection().execute(select(table).order_by(table.c.id)))


def given(charge: Visitor, counter: Counter, **changes: str) -> int:
    answer = charge.post("/taches", typed(counter, **changes))
    assert answer.status_code == 303, said(answer)
    return rows(counter.database)[-1].id


def undo_word(visitor: Visitor, answer: Answer) -> str:
    """The sealed word that the next page's message carries."""
    shown = visitor.get(answer.headers["location"])
    found = _UNDO.search(shown.text)
    assert found, said(shown)
    return unescape(found[1])


def done(charge: Visitor, task: int) -> Answer:
    return charge.post(f"/taches/{task}/faite", {"retour": TODAY})


# --- Given --------------------------------------------------------------------------------------


def test_a_tache_is_given_from_the_page_and_shown_there(charge: Visitor, counter: Counter) -> None:
    key = hidden(charge.get(TODAY), "/taches", "idempotency_key")
    for _ in range(2):
        answer = charge.post("/taches", {**typed(counter), "idempotency_key": key})
        assert "La tâche est ajoutée." in landed(charge, answer)
    assert len(rows(counter.database)) == 1
    assert "Rappeler la mairie" in said(charge.get(TODAY))


def test_a_tache_is_proposed_for_oneself_and_the_next_working_day(
    charge: Visitor, counter: Counter, clock: Clock
) -> None:
    clock.advance(days=1)  # a Friday
    charge.enter(counter.office.people["charge_de_mission"], counter.office.id)
    form = shown_form(charge.get(TODAY).text, "/taches")
    assert form is not None
    assert form.texts["pour_le"] == "2026-03-16"
    mine = f'<option value="{counter.charge.compte_id}" selected'
    assert mine in charge.get(TODAY).text


def test_a_tache_of_a_dossier_is_given_and_shown_on_its_page(
    charge: Visitor, counter: Counter
) -> None:
    url = f"/dossiers/{counter.open()}"
    answer = charge.post(f"{url}/taches", typed(counter))
    assert answer.headers["location"] == f"{url}#taches"
    shown = said(charge.get(url))
    assert "Rappeler la mairie" in shown
    assert "Tâche confiée" in shown
    assert counter.read().row["reference"] in said(charge.get(TODAY))


@pytest.mark.parametrize(
    "changes",
    [
        {"titre": ""},
        {"titre": "x" * 300},
        {"titre": "a\x00b"},
        {"pour": "987654"},
        {"pour": ""},
        {"pour_le": "2026-03-11"},
        {"pour_le": "demain"},
        {"dossier": "MP-1999-001"},
    ],
)
def test_what_cannot_be_given_is_told_beside_its_field(
    charge: Visitor, counter: Counter, changes: dict[str, str]
) -> None:
    answer = charge.post("/taches", typed(counter, **changes))
    assert answer.status_code == 422
    form = shown_form(answer.text, "/taches")
    assert form is not None
    assert form.error_at(next(iter(changes)))
    if "titre" not in changes:
        assert form.texts["titre"] == "Rappeler la mairie"
    assert rows(counter.database) == []


def test_what_cannot_be_given_on_a_dossier_is_told_there(charge: Visitor, counter: Counter) -> None:
    url = f"/dossiers/{counter.open()}/taches"
    answer = charge.post(url, typed(counter, titre="", pour_le="2026-03-13"))
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.error_at("titre")
    assert form.texts["pour_le"] == "2026-03-13"


def test_a_field_that_was_not_asked_is_refused(charge: Visitor, counter: Counter) -> None:
    assert charge.post("/taches", typed(counter, faite_le="2026-03-12")).status_code == 422
    assert rows(counter.database) == []


# --- Done, and taken back -----------------------------------------------------------------------


def test_a_tache_is_done_in_one_click_and_taken_back(charge: Visitor, counter: Counter) -> None:
    task = given(charge, counter)
    answer = done(charge, task)
    word = undo_word(charge, answer)
    assert rows(counter.database)[0].faite_le is not None
    back = charge.post("/annuler", {"retour_arriere": word})
    assert back.headers["location"] == TODAY
    assert "est de nouveau à faire." in landed(charge, back)
    assert rows(counter.database)[0].faite_le is None
    assert "Rappeler la mairie" in said(charge.get(TODAY))


def test_two_clicks_are_one(charge: Visitor, counter: Counter) -> None:
    task = given(charge, counter)
    word = undo_word(charge, done(charge, task))
    again = done(charge, task)
    assert "était déjà faite." in landed(charge, again)
    first, second = (charge.post("/annuler", {"retour_arriere": word}) for _ in range(2))
    assert first.status_code == 303
    assert "était déjà rouverte." in landed(charge, second)


def test_after_ten_seconds_it_is_too_late(charge: Visitor, counter: Counter, clock: Clock) -> None:
    task = given(charge, counter)
    word = undo_word(charge, done(charge, task))
    clock.advance(seconds=SECONDS)
    assert rows(counter.database)[0].faite_le is not None
    clock.advance(seconds=3)
    answer = charge.post("/annuler", {"retour_arriere": word})
    assert "Trop tard pour annuler" in landed(charge, answer)
    assert rows(counter.database)[0].faite_le is not None
    # The tâche can still be opened again where what was done today is listed.
    assert "est de nouveau à faire." in landed(
        charge, charge.post(f"/taches/{task}/rouvrir", {"retour": TODAY})
    )


def test_at_the_tenth_second_there_is_still_time(
    charge: Visitor, counter: Counter, clock: Clock
) -> None:
    word = undo_word(charge, done(charge, given(charge, counter)))
    clock.advance(seconds=SECONDS)
    assert charge.post("/annuler", {"retour_arriere": word}).status_code == 303
    assert rows(counter.database)[0].faite_le is None


@pytest.mark.parametrize("word", ["", "x", "a.b.c", "é" * 300])
def test_a_word_of_nobody_undoes_nothing(charge: Visitor, counter: Counter, word: str) -> None:
    given(charge, counter)
    answer = charge.post("/annuler", {"retour_arriere": word})
    assert answer.status_code == 409
    assert "Il n'y a rien à annuler" in said(answer)


def test_a_word_is_good_for_whoever_was_given_it(
    charge: Visitor, counter: Counter, new_visitor: Callable[..., Visitor], office: Office
) -> None:
    word = undo_word(charge, done(charge, given(charge, counter)))
    other = new_visitor().enter(office.people["assistant"], office.id)
    assert other.post("/annuler", {"retour_arriere": word}).status_code == 409
    assert charge.post("/annuler", {"retour_arriere": f"{word[:-2]}xx"}).status_code == 409
    assert rows(counter.database)[0].faite_le is not None


def test_an_undoing_is_registered_once() -> None:
    with pytest.raises(AlreadyRegistered):
        undoing("tache_faite")(lambda *_: "")


@pytest.mark.parametrize("back", ["//mal.example", "https://mal.example", "javascript:alert(1)"])
def test_one_is_never_sent_elsewhere(charge: Visitor, counter: Counter, back: str) -> None:
    task = given(charge, counter)
    answer = charge.post(f"/taches/{task}/faite", {"retour": back})
    assert answer.headers["location"] == TODAY


def test_the_lecteur_changes_nothing(charge: Visitor, lecteur: Visitor, counter: Counter) -> None:
    task = given(charge, counter)
    for url in ("/taches", f"/taches/{task}", f"/taches/{task}/faite", f"/taches/{task}/rouvrir"):
        assert lecteur.post(url, typed(counter)).status_code == 403
    assert lecteur.get(f"/taches/{task}").status_code == 403
    assert rows(counter.database)[0].version == 1


# --- Changed ------------------------------------------------------------------------------------


def test_a_tache_is_changed_on_its_page(charge: Visitor, counter: Counter) -> None:
    task = given(charge, counter, dossier="")
    url = f"/taches/{task}"
    version = hidden(charge.get(url), url, "lock_version")
    changed = {**typed(counter, titre="Écrire à la mairie"), "lock_version": version}
    assert "La tâche est à jour." in landed(charge, charge.post(url, changed))
    stale = charge.post(url, {**changed, "titre": "Autre chose"})
    assert stale.status_code == 409
    form = shown_form(stale.text, url)
    assert form is not None
    assert form.texts["titre"] == "Autre chose"
    assert "Modifié pendant que vous écriviez" in said(stale)
    assert rows(counter.database)[0].titre == "Écrire à la mairie"


def test_a_change_that_cannot_be_is_told(charge: Visitor, counter: Counter) -> None:
    url = f"/taches/{given(charge, counter)}"
    answer = charge.post(url, typed(counter, titre="x" * 300))
    assert answer.status_code == 422
    form = shown_form(answer.text, url)
    assert form is not None
    assert form.error_at("titre")


def test_what_was_done_stays_on_the_dossier_and_can_be_opened_again(
    charge: Visitor, counter: Counter
) -> None:
    url = f"/dossiers/{counter.open()}"
    charge.post(f"{url}/taches", typed(counter))
    task = rows(counter.database)[0].id
    charge.post(f"/taches/{task}/faite", {"retour": f"{url}#taches"})
    shown = said(charge.get(url))
    assert "Tâches faites (1)" in shown
    charge.post(f"/taches/{task}/rouvrir", {"retour": f"{url}#taches"})
    assert "Tâches faites" not in said(charge.get(url))
