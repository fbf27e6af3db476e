"""Lists of letters: what each filter leaves, page after page, and how the sending goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from notifications.courrier_table import CourrierRappel, PieceJointe
from notifications.letter_queries import (
    Filters,
    Place,
    counts,
    file_of,
    letter,
    letters,
)
from tests.builders.courriers import NOW, TENANT, frozen_row, letter_row, put
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.errors import NotFound


def ids(database: Database, filters: Filters, tenant: int = TENANT) -> list[int]:
    with database.reading() as session:
        return [line.id for line in letters(session.connection(), tenant, filters)]


def test_each_filter_leaves_what_it_says(database: Database) -> None:
    paper, failed, sent, old, elsewhere = put(
        database,
        frozen_row(1, channel="papier"),
        frozen_row(2, state="echec", letter="invitation_cts"),
        frozen_row(3, state="envoye", reminder=True, sent_at=NOW),
        letter_row(4, created_at=NOW - timedelta(days=40)),
        frozen_row(5, tenant_id=TENANT + 1),
    )
    everything = [sent, failed, paper, old]
    assert ids(database, Filters()) == everything
    assert ids(database, Filters(), TENANT + 1) == [elsewhere]
    assert ids(database, Filters(states=("echec", "envoye"))) == [sent, failed]
    assert ids(database, Filters(channel="papier")) == [paper]
    assert ids(database, Filters(letter="invitation_cts")) == [failed]
    assert ids(database, Filters(personne_id=3)) == [sent]
    assert ids(database, Filters(reminder=True)) == [sent]
    assert ids(database, Filters(reminder=False, states=("pret",))) == [paper]
    assert ids(database, Filters(since=NOW)) == [sent, failed, paper]
    assert ids(database, Filters(until=NOW)) == [old]
    assert ids(database, Filters(subject=("dossier", 7))) == everything
    assert ids(database, Filters(subject=("seance", 7))) == []


def test_pages_follow_each_other_without_a_gap(database: Database) -> None:
    put(database, *(frozen_row(n, created_at=NOW - timedelta(hours=n % 3)) for n in range(1, 8)))
    seen: list[int] = []
    place: Place | None = None
    with database.reading() as session:
        while page := letters(session.connection(), TENANT, after=place, size=3):
            seen += [line.id for line in page]
            place = page[-1].place
    assert seen == ids(database, Filters())
    assert len(seen) == 7


def test_what_waits_is_counted_by_state(database: Database) -> None:
    put(
        database,
        letter_row(1),
        *(frozen_row(n, state="a_valider") for n in (2, 3)),
        frozen_row(4, state="envoye"),
        frozen_row(5, tenant_id=TENANT + 1),
    )
    with database.reading() as session:
        found = counts(session.connection(), [TENANT])
    assert {state: n for state, n in found.items() if n} == {"prepare": 1, "a_valider": 2}


def test_a_letter_is_shown_with_its_files_and_never_elsewhere(database: Database) -> None:
    (id,) = put(database, frozen_row(1))
    file = {
        "courrier_id": id,
        "name": "lettre.pdf",
        "media_type": "application/pdf",
        "content": b"%PDF",
        "digest": "d",
    }
    with database.unit_of_work() as session:
        connection = session.connection()
        connection.execute(insert(table_of(PieceJointe)).values(file))
        found = letter(connection, TENANT, id)
        assert [(each.name, each.size) for each in found.files] == [("lettre.pdf", 4)]
        assert file_of(connection, TENANT, id, "lettre.pdf") == ("application/pdf", b"%PDF")
        for tenant, number, name in (
            (TENANT + 1, id, "lettre.pdf"),
            (TENANT, id + 1, "lettre.pdf"),
            (TENANT, id, "autre.pdf"),
            (TENANT, 2**70, "lettre.pdf"),
        ):
            with pytest.raises(NotFound):
                file_of(connection, tenant, number, name)


def test_a_merged_reminder_is_found_from_each_of_its_dossiers(database: Database) -> None:
    (id,) = put(database, frozen_row(1, reminder=True))
    due = {
        "tenant_id": TENANT,
        "subject_kind": "dossier",
        "subject_id": 8,
        "kind": "relance",
        "rule": "pieces_manquantes",
        "occurrence": 1,
        "due_at": NOW,
        "anchored_on": NOW.date(),
        "state": "faite",
        "moved_by_hand": False,
        "planned_seq": 1,
    }
    with database.unit_of_work() as session:
        connection = session.connection()
        made = insert(table_of(Echeance)).values(due).returning(table_of(Echeance).c.id)
        carried = {
            "tenant_id": TENANT,
            "courrier_id": id,
            "echeance_id": connection.execute(made).scalar_one(),
            "due_at": NOW,
            "subject_kind": "dossier",
            "subject_id": 8,
            "letter": "relance_pieces",
            "label": "Pièces",
            "context": "{}",
        }
        connection.execute(insert(table_of(CourrierRappel)).values(carried))
    assert ids(database, Filters(subject=("dossier", 8))) == [id]
    assert ids(database, Filters(subject=("dossier", 9))) == []
