"""Tâches: given, done once, taken back, changed; told in the journal of their dossier."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from grants.dossiers.filters import NOBODY
from grants.dossiers.taches.queries import (
    TaskLine,
    open_tasks,
    tasks_done_since,
    tasks_of_dossier,
)
from grants.dossiers.taches.service import (
    NewTask,
    TaskChange,
    create_task,
    finish_task,
    modify_task,
    reopen_task,
)
from grants.dossiers.taches.tables import Tache
from grants.organisation.identity import ReadOnly
from grants.organisation.tables import Adhesion
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from workflow.database import LARGEST_ID, table_of
from workflow.errors import Invalid, NotFound, Stale

TOMORROW = "2026-03-13"


def typed(counter: Counter, **changes: str) -> dict[str, str]:
    return {
        "titre": "Rappeler la trésorière",
        "pour": str(counter.charge.compte_id),
        "pour_le": TOMORROW,
        **changes,
    }


def give(
    counter: Counter,
    about: int | None = None,
    by: str = "charge_de_mission",
    key: str | None = None,
    **changes: str,
) -> int:
    with counter.database.unit_of_work() as session:
        task = NewTask(typed(counter, **changes), about, key)
        return create_task(session, counter.engine, counter.office.identity(by), task, counter.now)


def faults(counter: Counter, **changes: str) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        give(counter, None, **changes)
    return raised.value.faults


def finish(counter: Counter, task: int, by: str = "charge_de_mission") -> TaskChange:
    with counter.database.unit_of_work() as session:
        identity = counter.office.identity(by)
        return finish_task(session, counter.engine, identity, task, counter.now)


def reopen(counter: Counter, task: int, **more: Any) -> TaskChange:
    with counter.database.unit_of_work() as session:
        return reopen_task(session, counter.engine, counter.charge, task, counter.now, **more)


def modify(counter: Counter, task: int, version: int | None = None, **changes: str) -> bool:
    with counter.database.unit_of_work() as session:
        return modify_task(
            session,
            counter.engine,
            counter.charge,
            task,
            typed(counter, **changes),
            counter.now,
            version,
        )


def still_open(counter: Counter, pour: int | None = None) -> list[TaskLine]:
    with counter.database.reading() as session:
        return open_tasks(session.connection(), counter.office.id, pour, 50)


def written(counter: Counter) -> int:
    with counter.database.reading() as session:
        query = select(func.count()).select_from(table_of(Tache))
        return session.connection().execute(query).scalar_one()


# --- Given --------------------------------------------------------------------------------------


def test_a_tache_is_given_to_a_colleague_by_a_day(counter: Counter) -> None:
    assistant = counter.office.people["assistant"]
    give(counter, pour=str(assistant.id), pour_le="2026-03-16")
    give(counter)
    (mine,) = still_open(counter, counter.charge.compte_id)
    assert (mine.titre, mine.pour_le, mine.dossier) == (
        "Rappeler la trésorière",
        date(2026, 3, 13),
        None,
    )
    (theirs,) = still_open(counter, assistant.id)
    assert (theirs.pour, theirs.auteur) == (assistant.nom, counter.charge.nom)
    assert [each.pour_le.day for each in still_open(counter)] == [13, 16]


def test_a_tache_of_a_dossier_is_told_in_its_journal(counter: Counter) -> None:
    dossier = counter.open()
    seen = counter.read().lock_version
    give(counter, dossier)
    line = counter.lines()[-1]
    assert (line.event, line.content["texte"]) == ("tache_creee", "Rappeler la trésorière")
    told = line.content["changements"]
    assert told["tache_pour"]["apres"] == counter.charge.nom
    assert told["tache_date"]["apres"] == "13 mars 2026"
    assert counter.read().lock_version == seen  # nobody's form is out of date
    assert still_open(counter)[0].dossier is not None


def test_a_tache_is_tied_to_a_dossier_by_its_reference(counter: Counter) -> None:
    dossier = counter.open()
    give(counter, dossier=f" {counter.read().row['reference'].lower()} ")
    (line,) = still_open(counter)
    assert line.dossier is not None
    assert line.dossier.id == dossier
    assert counter.lines()[-1].event == "tache_creee"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"titre": ""}, "titre", ""),
        ({"titre": " \u200b "}, "titre", ""),
        ({"titre": "x" * 201}, "titre", "Ce texte compte 201 caractères."),
        ({"titre": "a\u0000b"}, "titre", "Ce texte contient un caractère de commande"),
        ({"titre": "a\nb"}, "titre", "Écrivez ce texte sur une seule ligne."),
        ({"pour": ""}, "pour", ""),
        ({"pour": "987654"}, "pour", ""),
        ({"pour": str(LARGEST_ID + 1)}, "pour", ""),
        ({"pour": "moi"}, "pour", ""),
        ({"pour_le": ""}, "pour_le", ""),
        ({"pour_le": "2026-02-30"}, "pour_le", "Cette date n'existe pas."),
        ({"pour_le": "2026-03-11"}, "pour_le", "Ce jour est passé."),
        ({"pour_le": "2201-01-01"}, "pour_le", "Vérifiez l'année"),
        ({"dossier": "MP-2026-999"}, "dossier", "Aucun dossier ne porte cette référence."),
        ({"dossier": "x" * 21}, "dossier", "Ce texte compte 21 caractères."),
    ],
)
def test_a_tache_that_cannot_be_given_says_why(
    sqlite_counter: Counter, changes: dict[str, str], field: str, sentence: str
) -> None:
    found = faults(sqlite_counter, **changes)
    assert list(found) == [field]
    assert found[field].startswith(sentence)
    assert written(sqlite_counter) == 0


def test_every_fault_is_told_at_once(sqlite_counter: Counter) -> None:
    found = faults(sqlite_counter, titre="", pour="x", pour_le="hier", dossier="?")
    assert set(found) == {"titre", "pour", "pour_le", "dossier"}


def test_today_is_not_over_and_the_longest_title_is_kept(counter: Counter) -> None:
    give(counter, pour_le="2026-03-12", titre="é" * 200)
    assert still_open(counter)[0].titre == "é" * 200


def test_only_an_active_colleague_who_writes_is_given_something(
    counter: Counter, other_office: Office
) -> None:
    people, table = counter.office.people, table_of(Adhesion)
    with counter.database.unit_of_work() as session:
        left = update(table).where(table.c.compte_id == people["assistant"].id)
        session.connection().execute(left.values(active=False))
    for compte in (people["lecteur"], people["assistant"], other_office.people["direction"]):
        assert "pour" in faults(counter, pour=str(compte.id))


def test_the_same_form_gives_one_tache(counter: Counter) -> None:
    dossier = counter.open()
    first = give(counter, dossier, key="tache-0001")
    assert give(counter, dossier, key="tache-0001") == first
    assert give(counter, dossier, key="tache-0002") != first
    assert written(counter) == 2
    assert [line.event for line in counter.lines()].count("tache_creee") == 2


def test_the_same_form_sent_twice_at_once_gives_one_tache(counter: Counter) -> None:
    together = Barrier(2)

    def run(_n: int) -> int:
        together.wait()
        return give(counter, key="tache-0003")

    with ThreadPoolExecutor(2) as pool:
        ids = set(pool.map(run, range(2)))
    assert len(ids) == 1
    assert written(counter) == 1


def test_taches_are_for_those_who_write_in_that_organisme(
    counter: Counter, other_office: Office
) -> None:
    dossier, task = counter.open(), give(counter)
    with pytest.raises(ReadOnly):
        give(counter, by="lecteur")
    with pytest.raises(ReadOnly):
        finish(counter, task, by="lecteur")
    theirs = Counter(counter.database, counter.engine, other_office)
    for attempt in (
        lambda: give(theirs, dossier),
        lambda: finish(theirs, task),
        lambda: reopen(theirs, task),
        lambda: modify(theirs, task),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert still_open(theirs) == []
    for unknown in (0, -1, 987_654, LARGEST_ID + 1):
        with pytest.raises(NotFound):
            finish(counter, unknown)


# --- Done, taken back ---------------------------------------------------------------------------


def test_a_tache_is_done_once_whoever_clicks(counter: Counter) -> None:
    dossier = counter.open()
    task = give(counter, dossier)
    counter.wait(minutes=5)
    assert finish(counter, task, by="assistant").changed
    counter.wait(minutes=5)
    assert not finish(counter, task).changed
    assert still_open(counter) == []
    with counter.database.reading() as session:
        (line,) = tasks_of_dossier(session.connection(), dossier)
    assert line.faite_par == counter.office.people["assistant"].nom
    assert [each.event for each in counter.lines()][-2:] == ["tache_creee", "tache_faite"]


def test_a_tache_is_opened_again_only_as_it_was_done(counter: Counter) -> None:
    task = give(counter, counter.open())
    done = finish(counter, task)
    counter.wait(seconds=3)
    assert reopen(counter, task, done_at=done.at).changed
    assert not reopen(counter, task, done_at=done.at).changed
    again = finish(counter, task)
    # A button of the first time does not take the second one back.
    assert not reopen(counter, task, done_at=done.at).changed
    assert reopen(counter, task).changed
    assert again.changed
    events = [line.event for line in counter.lines()][2:]
    assert events == ["tache_faite", "tache_rouverte", "tache_faite", "tache_rouverte"]


def test_two_clicks_at_once_are_one(counter: Counter) -> None:
    task = give(counter, counter.open())
    together = Barrier(2)

    def run(_n: int) -> bool:
        together.wait()
        return finish(counter, task).changed

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [False, True]
    assert [line.event for line in counter.lines()].count("tache_faite") == 1


def test_what_was_done_today_is_found_by_who_did_it(counter: Counter) -> None:
    mine, theirs = give(counter), give(counter)
    finish(counter, mine)
    finish(counter, theirs, by="assistant")
    with counter.database.reading() as session:
        compte = counter.charge.compte_id
        assert compte is not None
        place = (session.connection(), counter.office.id, compte)
        assert [each.id for each in tasks_done_since(*place, counter.now, 9)] == [mine]
        assert tasks_done_since(*place, counter.wait(seconds=1), 9) == []


# --- Changed ------------------------------------------------------------------------------------


def test_a_tache_is_put_off_and_given_to_somebody_else(counter: Counter) -> None:
    task = give(counter, counter.open())
    assistant = counter.office.people["assistant"]
    assert modify(counter, task, pour=str(assistant.id), pour_le="2026-04-01")
    (line,) = still_open(counter, assistant.id)
    assert line.pour_le == date(2026, 4, 1)
    told = counter.lines()[-1].content["changements"]
    assert told["tache_pour"]["apres"] == assistant.nom
    assert told["tache_date"] == {"avant": "13 mars 2026", "apres": "1er avril 2026"}
    assert not modify(counter, task, pour=str(assistant.id), pour_le="2026-04-01")


def test_a_late_tache_may_be_said_otherwise_but_not_given_for_yesterday(counter: Counter) -> None:
    task = give(counter)
    counter.wait(days=5)
    assert modify(counter, task, titre="Rappeler le trésorier")
    with pytest.raises(Invalid) as raised:
        modify(counter, task, pour_le="2026-03-14")
    assert set(raised.value.faults) == {"pour_le"}


def test_a_tache_changed_meanwhile_is_not_overwritten(counter: Counter) -> None:
    task = give(counter)
    assert modify(counter, task, version=1, titre="Une")
    with pytest.raises(Stale, match="Chargé de mission"):
        modify(counter, task, version=1, titre="Deux")
    assert still_open(counter)[0].titre == "Une"


# --- The table ----------------------------------------------------------------------------------


def test_nobodys_taches_are_found_apart(counter: Counter) -> None:
    task = give(counter)
    table = table_of(Tache)
    with counter.database.unit_of_work() as session:
        session.connection().execute(update(table).values(pour_id=None))
    assert [each.id for each in still_open(counter, NOBODY)] == [task]
    assert still_open(counter, counter.charge.compte_id) == []


@pytest.mark.parametrize("wrong", [{"titre": ""}, {"faite_par": "Quelqu'un"}, {"cle": "deux-fois"}])
def test_the_database_itself_refuses_what_makes_no_sense(
    counter: Counter, wrong: dict[str, Any]
) -> None:
    row = {
        "organisme_id": counter.office.id,
        "titre": "Rappeler",
        "pour_le": date(2026, 3, 13),
        "auteur": "A",
        "creee_le": counter.now,
        "version": 1,
        "modifiee_par": "A",
        "modifiee_le": counter.now,
    }
    with counter.database.unit_of_work() as session:
        session.connection().execute(insert(table_of(Tache)).values(**row, cle="deux-fois"))
    with pytest.raises(IntegrityError), counter.database.unit_of_work() as session:
        session.connection().execute(insert(table_of(Tache)).values(**{**row, **wrong}))
