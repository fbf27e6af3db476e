"""Every letter to the members of a comité, without a hole, as somebody read and approved it.

`members/<letter>.txt` holds what two members receive of a CTS with a room and a video link, and
of a comité d'appui. They are renewed and read like those of `test_reviewed.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from api.composition import default_engine
from grants.comites.courriers import letters_to, members_of
from grants.comites.reading import read_sitting
from grants.comites.seances import create_seance
from grants.organisation.letterhead import letterhead_of
from notifications.render import original, write
from tests.builders.databases import Databases, build_schema
from tests.builders.hearings import Hearing
from tests.builders.offices import NOW, Office, make_office
from workflow.database import Database

REVIEWED = Path(__file__).parent / "members"
LETTERS = sorted(
    key for key, letter in default_engine().vocabulary.letters.items() if letter.to == "membres"
)
MEMBERS = (("Camille Aubrac", "madame"), ("Dany Belmont", "monsieur"), ("Noor Esteve", ""))
SITTINGS = {
    "CTS": {"lieu": "Maison des initiatives", "lien_visio": "https://visio.example/cts"},
    "Comité d’appui": {"lieu": ""},
}
#: How many dossiers each hears.
HEARD = dict(zip(SITTINGS, (13, 1), strict=True))
#: What a move that calls a séance off, or a reminder, tells beside it.
MORE = {
    "action": {"libelle": "Reporter la séance", "motif": "Trop peu de dossiers.", "par": "Zoé"},
    "relance": {"numero": 1, "sur": 1, "cause": "Rappel", "depuis": "2026-03-10"},
}


@dataclass(frozen=True)
class Room:
    """A séance about to be held, and the organisme that calls it."""

    office: Office
    hearing: Hearing
    connection: Connection


@pytest.fixture(scope="module")
def rooms(databases: Databases) -> Generator[list[Room]]:
    with databases.fresh("sqlite", build_schema) as url:
        database, found = Database(url), list[tuple[Office, Hearing]]()
        with database.unit_of_work() as session:
            office = make_office(session)
        by = office.identity("charge_de_mission")
        for comite, said in SITTINGS.items():
            form = {
                "comite": comite,
                "tenue_le": "2026-05-28T14:00",
                "cloture_inscriptions": "2026-05-12",
                **said,
            }
            with database.unit_of_work() as session:
                id = create_seance(session, default_engine(), by, form, NOW)
            hearing = Hearing(database, default_engine(), by, id)
            for rank, (nom, civilite) in enumerate(MEMBERS, start=1):
                hearing.name(nom, civilite=civilite, rang_presidence=str(rank))
            found.append((office, hearing))
        with database.reading() as session:
            connection = session.connection()
            yield [Room(*each, connection) for each in found]
        database.dispose()


@pytest.fixture
def renew(pytestconfig: pytest.Config) -> bool:
    return pytestconfig.getoption("--renew-letters")


def received(room: Room, key: str, more: Mapping[str, Any]) -> list[str]:
    """What each member of a séance reads."""
    subject = read_sitting(room.connection, room.office.id, room.hearing.seance, lock=False)
    members = members_of(room.connection, subject)
    called_off = key in ("annulation_seance", "report_seance")
    enclosed = letters_to(
        room.connection, default_engine(), subject, key, members, more, called_off
    )
    signatory = enclosed[0].letter.signatory
    head = letterhead_of(room.connection, room.office.id, signatory, None)
    at = room.hearing.now - timedelta(days=20)
    found = []
    for each in enclosed:
        seance = {**each.context["seance"], "nombre_de_dossiers": HEARD[subject.row["comite"]]}
        letter = write(
            original(each.letter),
            {**each.context, "seance": seance},
            letterhead=head,
            recipient=each.recipient,
            reference="",
            at=at,
        )
        found.append(_shown(letter, each.recipient.name))
    return found


def _shown(letter: Any, name: str) -> str:
    files = ", ".join(file.name for file in letter.attachments)
    joined = [f"Joint : {files}"] if files else []
    return "\n".join([f"======== {name}", f"Objet : {letter.subject}", *joined, "", letter.text])


@pytest.mark.parametrize("key", LETTERS)
def test_each_letter_to_members_is_what_was_read_and_approved(
    key: str, rooms: list[Room], renew: bool
) -> None:
    text = "\n".join(each for room in rooms for each in received(room, key, MORE))
    path = REVIEWED / f"{key}.txt"
    if renew:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_no_copy_is_left_of_a_letter_to_members_that_is_gone() -> None:
    assert sorted(path.stem for path in REVIEWED.glob("*.txt")) == LETTERS
