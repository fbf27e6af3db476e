"""Facts and moves on the spot restart and stop the timed actions that name them, at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from grants.dossiers.appointments import meet_on
from grants.dossiers.notes import add_note, give_to, tie
from grants.dossiers.people import Carriers, carry
from grants.dossiers.sheets import SheetEdit, edit_sheet
from tests.builders.dossiers import Counter
from tests.builders.engines import engine_with, waiting_room

# Ten days after Thursday the 12th of March 2026 is a Sunday; after the 17th, a Friday.
FIRST, AGAIN = date(2026, 3, 23), date(2026, 3, 27)


def timed(counter: Counter, **timer: Any) -> None:
    """A dossier that expires after ten days, five days after it was opened."""
    counter.engine = engine_with(counter.engine, waiting_room({"after": "10 jours", **timer}))
    counter.open("jouet")
    assert counter.still_open() == [("expirer", 1, FIRST)]
    counter.wait(days=5)


def record(counter: Counter, what: str) -> None:
    """One fact of that name, by the service that people use."""
    identity = counter.charge
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, identity, counter.dossier)
        if what == "note_ajoutee":
            add_note(*place, "Une note.", counter.now)
        elif what == "referent_change":
            give_to(*place, None, counter.now)
        elif what == "rendez_vous_fixe":
            meet_on(*place, {"rendez_vous": "2026-03-20T10:00"}, counter.now)
        elif what == "porteur_modifie":
            carry(*place, Carriers({"nom": "Ana Porteuse-Martin"}), counter.now)
        else:
            raise KeyError(what)


@pytest.mark.parametrize(
    "fact", ["note_ajoutee", "referent_change", "rendez_vous_fixe", "porteur_modifie"]
)
def test_a_fact_starts_the_delay_again(counter: Counter, fact: str) -> None:
    timed(counter, restart_on=[fact])
    record(counter, fact)
    assert counter.still_open() == [("expirer", 2, AGAIN)]


def test_a_sheet_starts_the_delay_again(sqlite_counter: Counter) -> None:
    counter = sqlite_counter
    microprojets = counter.engine.catalogue.latest("microprojets")
    assert microprojets is not None
    timer = {"after": "10 jours", "restart_on": ["fiche_modifiee"]}
    room = waiting_room(timer).model_copy(
        update={
            "sheets": microprojets.pipeline.sheets,
            "stages": tuple(
                stage.model_copy(update={"editable": {"projet": ("charge_de_mission",)}})
                for stage in waiting_room(timer).stages
            ),
        }
    )
    counter.engine = engine_with(counter.engine, room)
    counter.open("jouet")
    counter.wait(days=5)
    with counter.database.unit_of_work() as session:
        edit = SheetEdit(counter.dossier, "projet", {"titre": "Un autre titre"})
        edit_sheet(session, counter.engine, counter.charge, edit, counter.now)
    assert counter.still_open() == [("expirer", 2, AGAIN)]


def test_a_link_starts_the_delay_again(counter: Counter) -> None:
    timed(counter, restart_on=["lien_ajoute"])
    dossier = counter.dossier
    other = counter.read(counter.open()).row["reference"]
    counter.dossier = dossier
    with counter.database.unit_of_work() as session:
        tie(session, counter.engine, counter.charge, dossier, other, counter.now)
    assert counter.still_open() == [("expirer", 2, AGAIN)]


def test_a_fact_ends_the_delay(counter: Counter) -> None:
    timed(counter, stop_on=["note_ajoutee"])
    record(counter, "note_ajoutee")
    assert counter.still_open() == []


def test_a_fact_that_the_action_does_not_name_changes_nothing(counter: Counter) -> None:
    timed(counter, restart_on=["note_ajoutee"], stop_on=["lien_ajoute"])
    record(counter, "referent_change")
    assert counter.still_open() == [("expirer", 1, FIRST)]


def test_a_fact_that_is_not_kept_restarts_nothing(counter: Counter) -> None:
    timed(counter, restart_on=["note_ajoutee"])
    with pytest.raises(RuntimeError, match="trop tard"):
        _note_then_fail(counter)
    assert counter.still_open() == [("expirer", 1, FIRST)]


def _note_then_fail(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, counter.dossier)
        add_note(*place, "Une note.", counter.now)
        raise RuntimeError("trop tard")


def test_a_move_on_the_spot_starts_the_delay_again_or_ends_it(counter: Counter) -> None:
    timed(counter, restart_on=["insister"])
    counter.do("insister")
    assert counter.still_open() == [("expirer", 2, AGAIN)]
    timed_out = waiting_room({"after": "10 jours", "stop_on": ["insister"]})
    counter.engine = engine_with(counter.engine, timed_out)
    counter.do("insister")
    assert counter.still_open() == []


def test_a_move_to_another_stage_is_not_an_event_of_that_stage(counter: Counter) -> None:
    timed(counter, restart_on=["sortir"])
    counter.do("sortir")
    assert counter.still_open() == []


def test_a_delay_that_was_restarted_goes_on_once_the_move_that_ended_it_is_corrected(
    counter: Counter,
) -> None:
    timed(counter, restart_on=["note_ajoutee"])
    record(counter, "note_ajoutee")
    counter.wait(days=1)
    counter.do("sortir")
    assert counter.still_open() == []
    counter.wait(days=1)
    assert counter.do("corriger").stage == "a"
    assert counter.still_open() == [("expirer", 2, AGAIN)]


def test_a_delay_that_was_ended_stays_so_when_a_move_is_corrected(counter: Counter) -> None:
    timed(counter, stop_on=["note_ajoutee"])
    record(counter, "note_ajoutee")
    counter.do("sortir")
    assert counter.do("corriger").stage == "a"
    assert counter.still_open() == []


def test_a_stage_without_such_a_timer_costs_no_question(
    sqlite_counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = sqlite_counter
    counter.open()
    asked: list[str] = []
    monkeypatch.setattr("workflow.echeances._stage", lambda *_: asked.append("stage") or [])
    record(counter, "note_ajoutee")
    assert asked == []
    counter.engine = engine_with(
        counter.engine, waiting_room({"after": "10 jours", "restart_on": ["note_ajoutee"]})
    )
    counter.open("jouet")
    record(counter, "note_ajoutee")
    assert asked == ["stage"]
