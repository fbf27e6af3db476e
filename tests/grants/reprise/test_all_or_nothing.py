from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from grants.dossiers.tables import Dossier
from grants.organisation.tables import Personne
from grants.reprise import running
from grants.reprise.progress import SILENCE, WORKER, is_dead, sweep
from grants.reprise.service import launch_write
from grants.reprise.tables import Reprise
from grants.structures.service import create_structure
from grants.structures.tables import Structure
from tests.builders.contents import contents
from tests.builders.offices import NOW
from tests.builders.tables_sent import csv_of
from tests.grants.reprise.conftest import Desk
from workflow.journal_tables import JournalEntry

KIND = "dossiers-microprojets"
TITLES = ("Projet", "Association", "Porteur", "Mail", "Contact", "Accueil")


def many(number: int, name: str = "Projet") -> bytes:
    return csv_of(
        TITLES,
        *(
            (f"{name} {n}", f"Asso {n}", f"P {n}", f"p{n}@exemple.fr", "2/3/2026", "")
            for n in range(number)
        ),
    )


def ready(desk: Desk, content: bytes) -> int:
    """A file checked, its work begun by this very process."""
    id = desk.check(KIND, content)
    with desk.database.unit_of_work() as session:
        launch_write(session, desk.identity, id, NOW)
    return id


def facts(desk: Desk) -> list[Any]:
    """All that a reprise could leave, its own row apart."""
    held = contents(desk.database)
    return [rows for table, rows in sorted(held.items()) if table != "reprise"]


@pytest.mark.parametrize("breaking", ["structure", "journal", "contact", "dossier", "echeance"])
def test_a_fault_at_any_table_leaves_nothing_and_says_so(desk: Desk, breaking: str) -> None:
    id = ready(desk, many(3))
    before = facts(desk)
    with desk.database.unit_of_work() as session:
        session.connection().execute(text(f"ALTER TABLE {breaking} RENAME TO ailleurs"))
    running.write(desk.job(id))
    with desk.database.unit_of_work() as session:
        session.connection().execute(text(f"ALTER TABLE ailleurs RENAME TO {breaking}"))
    row = desk.row(id)
    assert row["etat"] == "echouee"
    assert "Rien n'a été enregistré" in row["message"]
    assert facts(desk) == before
    assert desk.verify().sound


def test_a_full_disk_leaves_nothing_and_the_file_may_be_tried_again(desk: Desk) -> None:
    if not desk.database.is_sqlite:
        return
    id = ready(desk, many(400))
    before = facts(desk)
    limits: list[Any] = []

    @event.listens_for(desk.database.engine, "begin")
    def fill(connection: Any) -> None:
        limits.append(connection)
        cursor = connection.connection.cursor()
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 20}")

    running.write(desk.job(id))
    event.remove(desk.database.engine, "begin", fill)
    with desk.database.unit_of_work() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert facts(desk) == before
    row = desk.row(id)
    assert row["etat"] == "echouee"
    assert "disque est plein" in row["message"]
    assert limits


def test_what_somebody_records_meanwhile_is_matched_not_doubled(desk: Desk) -> None:
    id = desk.check("structures", csv_of(("Nom", "SIRET"), ("Les Semis", "73282932000074")))
    with desk.database.unit_of_work() as session:
        known = {"nom": "Semis", "siret": "73282932000074"}
        create_structure(session, desk.identity, known, NOW)
    assert desk.write(id)["etat"] == "faite"
    assert [row["nom"] for row in desk.rows(Structure)] == ["Semis"]


def test_a_reference_taken_meanwhile_is_known_and_a_fault_that_appeared_stops_all(
    desk: Desk,
) -> None:
    titles = (*TITLES, "Suivi par")
    row = ("Un", "", "", "", "2/3/2009", "", "charge_de_mission@aide34.example")
    id = desk.check(KIND, csv_of(titles, row))
    with desk.database.unit_of_work() as session:
        session.connection().execute(text("UPDATE adhesion SET active = false"))
    done = desk.write(id)
    assert done["etat"] == "verifiee"
    assert "Rien n'a été repris" in done["message"]
    assert [each.title for each in desk.faults(id)] == ["Suivi par"]
    assert desk.count(Dossier) == 0


# --- Work that stops ----------------------------------------------------------------------------

KILLED = """
import sys, time
from datetime import UTC, datetime
from api.composition import default_engine
from grants.organisation.identity import Identity
from grants.reprise import progress, running, writing
from grants.reprise.service import launch_write
from workflow.database import Database
url, organisme, compte, id, where = sys.argv[1:]
database, engine = Database(url), default_engine()
who = Identity(int(organisme), int(compte), "Direction", "direction")
with database.unit_of_work() as session:
    launch_write(session, who, int(id), datetime.now(UTC))
def stop(*_):
    print("there", flush=True)
    time.sleep(60)
if where == "before":
    running.rows_of = stop
elif where == "among":
    real = running.write_fiches
    running.write_fiches = lambda *given: (real(*given), stop())
else:
    running._tell = stop
running.write(running.Job(database, engine, who, int(id), lambda: datetime.now(UTC)))
"""


@pytest.mark.parametrize("where", ["before", "among", "after"])
def test_a_program_killed_leaves_nothing_and_the_page_says_interrupted(
    desk: Desk, where: str
) -> None:
    id = desk.check(KIND, many(5))
    before = facts(desk)
    url = desk.database.url.render_as_string(hide_password=False)
    who = desk.identity
    program = subprocess.Popen(
        [
            sys.executable,
            "-c",
            KILLED,
            url,
            str(desk.office.id),
            str(who.compte_id),
            str(id),
            where,
        ],
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"there\n"
    assert desk.row(id)["etat"] == "ecriture"
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    assert _soon(lambda: sweep(desk.database, NOW) == 1)
    row = desk.row(id)
    assert (row["etat"], facts(desk)) == ("interrompue", before)
    assert "relancé" in row["message"]
    again = desk.check(KIND, many(5, "Autre"))
    assert desk.write(again)["etat"] == "faite"


def _soon(holds: Callable[[], bool]) -> bool:
    """PostgreSQL notices after an instant that its client is gone."""
    for _ in range(50):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_work_is_dead_when_its_process_is_and_elsewhere_after_a_long_silence() -> None:
    host = WORKER.rpartition(":")[0].rpartition(":")[0]
    assert not is_dead(WORKER, NOW - SILENCE * 10, NOW)
    assert is_dead(f"{host}:{os.getpid()}:another", NOW, NOW)
    assert is_dead(f"{host}:4194304999:x", NOW, NOW)
    assert not is_dead(f"{host}:{os.getppid()}:x", NOW - SILENCE * 10, NOW)
    assert not is_dead("ailleurs:12:x", NOW - timedelta(minutes=9), NOW)
    assert is_dead("ailleurs:12:x", NOW - SILENCE - timedelta(seconds=1), NOW)
    assert is_dead("", None, NOW)


def test_an_undo_that_stopped_is_still_done_to_be_undone(desk: Desk) -> None:
    id = desk.take_over(KIND, many(2))
    with desk.database.unit_of_work() as session:
        session.connection().execute(
            text("UPDATE reprise SET etat = 'annulation', travailleur = 'x:1:y', battement = NULL")
        )
    assert sweep(desk.database, NOW) == 1
    assert desk.row(id)["etat"] == "faite"
    assert desk.undo(id)["etat"] == "annulee"
    assert (desk.count(Dossier), desk.count(Personne)) == (0, 0)


def test_a_sweep_with_nothing_under_way_writes_nothing(desk: Desk) -> None:
    desk.take_over(KIND, many(1))
    before = (facts(desk), desk.rows(Reprise), desk.count(JournalEntry))
    assert sweep(desk.database, NOW) == 0
    assert (facts(desk), desk.rows(Reprise), desk.count(JournalEntry)) == before
