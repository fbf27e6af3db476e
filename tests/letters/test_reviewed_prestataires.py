"""Every letter to the prestataires of a consultation, as somebody read and approved it.

`prestataires/<letter>.txt` holds what each of them receives of two consultations for one dossier:
one that is put off then given up, one whose offers are compared. They are renewed and read like
those of `test_reviewed.py`.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.composition import default_engine
from grants.dla.consultation.sending import send_link
from grants.organisation.letterhead import letterhead_of
from notifications.courrier_table import Courrier
from notifications.outbox import Recipient
from notifications.render import original, write
from tests.builders.bureau import Bureau
from tests.builders.consultations import Consulting
from tests.builders.databases import Databases, build_schema
from tests.builders.offices import NOW, make_office
from workflow.database import Database, table_of

REVIEWED = Path(__file__).parent / "prestataires"
LETTERS = sorted(
    letter.key
    for letter in default_engine().vocabulary.letters.values()
    if letter.to == "prestataires"
)
_M = table_of(Courrier)


@dataclass(frozen=True)
class Sent:
    """The letters of both consultations, as they stand in the outbox."""

    database: Database
    consulting: Consulting


@pytest.fixture(scope="module")
def sent(databases: Databases) -> Generator[Sent]:
    with databases.fresh("sqlite", build_schema) as url:
        database = Database(url)
        with database.unit_of_work() as session:
            office = make_office(session)
        charge = office.identity("charge_de_mission")
        bureau = Bureau(database, default_engine(), office.identity(), charge)
        bureau.to_consultation()
        yield Sent(database, _two_consultations(bureau))
        database.dispose()


def _two_consultations(bureau: Bureau) -> Consulting:
    about = (bureau.database, bureau.engine, bureau.charge, bureau.dossier)
    consulting = Consulting(*about, bureau.now).prepare().send()
    consulting.postpone(consulting.now + timedelta(days=30))
    with bureau.database.unit_of_work() as session:
        asked = consulting.standing().asked[0]
        on = (session, bureau.engine, bureau.charge, consulting.id, asked.id)
        send_link(*on, consulting.now)
    consulting.give_up("Le besoin a changé.")
    consulting.begin()
    consulting.change()
    consulting.ask()
    consulting.send()
    for rank in range(3):
        consulting.offer(rank, cout_ht=f"{3000 + rank}", cout_ttc=f"{3600 + rank}")
    consulting.open().choose(0)
    return consulting


@pytest.mark.parametrize("key", LETTERS)
def test_each_letter_is_what_was_read_and_approved(
    key: str, sent: Sent, pytestconfig: pytest.Config
) -> None:
    told = []
    with sent.database.reading() as session:
        connection, identity = session.connection(), sent.consulting.identity
        rows = connection.execute(select(_M).where(_M.c.letter == key).order_by(_M.c.id))
        head = letterhead_of(connection, identity.organisme_id, "referent", identity.compte_id)
        for row in rows.mappings():
            letter = write(
                original(sent.consulting.engine.vocabulary.letters[key]),
                json.loads(row["context"]),
                letterhead=head,
                recipient=Recipient(row["recipient_name"], row["recipient_email"]),
                reference="DLA-2026-001",
                at=NOW,
            )
            lines = (f"À : {row['recipient_name']}", f"Objet : {letter.subject}", "", letter.text)
            told.append("\n".join(lines))
    text, path = f"\n{'=' * 8}\n".join(told), REVIEWED / f"{key}.txt"
    assert told
    if pytestconfig.getoption("--renew-letters"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_no_copy_is_left_of_a_letter_that_is_gone() -> None:
    assert sorted(path.stem for path in REVIEWED.glob("*.txt")) == LETTERS
