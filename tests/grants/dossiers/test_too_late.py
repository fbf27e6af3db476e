"""A click too late, twice, or with somebody else's key: never a second move."""

from __future__ import annotations

from typing import Any

import pytest

from grants.dossiers.notes import add_note
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import KeyReused, Stale


def stage(counter: Counter) -> str:
    return counter.read().stage


def test_a_form_that_is_out_of_date_is_told_who_did_what_when(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    counter.do("accueillir", by="assistant", rendez_vous="2026-03-20T10:30", version=seen)
    with pytest.raises(Stale) as caught:
        counter.do("classer_sans_suite", reason="Sans nouvelles.", version=seen)
    assert str(caught.value) == (
        "Modifié entre-temps par Assistant de Aide 34, 12 mars 2026 à 10\u00a0h\u00a030 :"
        " Rendez-vous d’accueil fixé. Relisez, puis recommencez si besoin."
    )
    assert caught.value.at == counter.now
    assert stage(counter) == "accueil"


def test_a_note_makes_nobodys_form_out_of_date_nor_hides_who_moved(counter: Counter) -> None:
    counter.open()
    seen = counter.read().lock_version
    _note(counter)
    counter.do("accueillir", by="assistant", rendez_vous="2026-03-20T10:30", version=seen)
    _note(counter)
    with pytest.raises(Stale, match="par Assistant de Aide 34"):
        counter.do("classer_sans_suite", reason="Sans nouvelles.", version=seen)


def _note(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        identity = counter.office.identity("direction")
        add_note(session, counter.engine, identity, counter.dossier, "Vu.", counter.now)


@pytest.mark.parametrize("with_version", [True, False])
def test_the_same_click_twice_is_one_move_and_the_same_answer(
    counter: Counter, with_version: bool
) -> None:
    counter.open()
    version = counter.read().lock_version if with_version else None
    click: dict[str, Any] = {"rendez_vous": "2026-03-20T10:30", "version": version, "key": "clic-1"}
    first = counter.do("accueillir", **click)
    again = counter.do("accueillir", **click)
    assert (first.stage, first.replayed) == ("accueil", False)
    assert (again.dossier_id, again.stage, again.replayed) == (first.dossier_id, "accueil", True)
    assert [line.event for line in counter.lines()].count("accueillir") == 1
    assert len(counter.letters()) == 1


def test_a_lost_answer_is_given_again_even_after_others_moved_on(counter: Counter) -> None:
    counter.open()
    click: dict[str, Any] = {
        "rendez_vous": "2026-03-20T10:30",
        "version": counter.read().lock_version,
        "key": "clic-1",
    }
    counter.do("accueillir", **click)
    counter.fill("accueil")
    counter.do("accompagner")
    again = counter.do("accueillir", **click)
    assert (again.replayed, again.stage) == (True, "accompagnement")


def test_a_key_used_elsewhere_is_refused_and_nothing_moves(counter: Counter) -> None:
    first = counter.open()
    counter.do("accueillir", rendez_vous="2026-03-20T10:30", key="clic-1")
    counter.open()
    fresh = counter.read().lock_version
    for version in (None, fresh, fresh + 1):
        with pytest.raises(KeyReused, match="déjà servi à une autre opération"):
            counter.do("accueillir", rendez_vous="2026-03-20T10:30", key="clic-1", version=version)
    assert stage(counter) == "contact"
    counter.dossier = first
    with pytest.raises(KeyReused):
        counter.do("classer_sans_suite", reason="Sans nouvelles.", key="clic-1")
    assert stage(counter) == "accueil"


@pytest.mark.parametrize("key", ["x" * 65, "deux mots", "clé", "\x00"])
def test_a_key_that_no_form_of_ours_carries_is_refused(counter: Counter, key: str) -> None:
    counter.open()
    version = counter.read().lock_version
    for seen in (None, version):
        with pytest.raises(KeyReused):
            counter.do("accueillir", rendez_vous="2026-03-20T10:30", key=key, version=seen)
    assert stage(counter) == "contact"


def test_two_organismes_may_happen_on_the_same_key(
    counter: Counter, database: Database, engine: Engine, other_office: Office
) -> None:
    counter.open()
    other = Counter(database, engine, other_office)
    other.open()
    for each in (counter, other):
        assert each.do("accueillir", rendez_vous="2026-03-20T10:30", key="clic-1").moves
