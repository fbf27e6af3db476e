"""Letters written after their move: frozen, shown, incomplete, printed instead, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from notifications import claims
from notifications.courrier_table import PieceJointe
from notifications.drafts import Draft
from notifications.hooks import NoHooks, Row
from notifications.preparation import LEASE, Study, prepare
from notifications.suspensions import RAPPELS, REBOND, Suspension, suspend
from notifications.written import Incomplete, Unwritable
from tests.builders.courriers import (
    HOUSE,
    NOW,
    TENANT,
    Hands,
    letter_row,
    put,
    read,
    states,
    writing,
)
from workflow.database import Database, table_of


class Told(NoHooks):
    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def on_missing(self, _session: Session, row: Row, what: str, _now: datetime) -> None:
        self.lines.append((row["id"], what))


@pytest.fixture
def told() -> Told:
    return Told()


def study(told: Told, text: Any = None) -> Study:
    return Study(writing(text), HOUSE, told)


def files(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(table_of(PieceJointe))
        return session.connection().execute(query).scalar_one()


def test_an_automatic_letter_is_frozen_and_may_leave(database: Database, told: Told) -> None:
    (id,) = put(database, letter_row(1))
    assert claims.look(database, NOW) == (True, False)
    assert prepare(database, study(told), Hands()) == 1
    row = read(database, id)
    assert (row["state"], row["due_at"], row["attempts"]) == ("pret", NOW, 0)
    assert row["body_text"] == "Bonjour Anne Essai 1,\n"
    assert row["digest"]
    assert row["message_id"] == HOUSE.message_id(row)
    assert claims.look(database, NOW) == (False, True)
    assert prepare(database, study(told), Hands()) == 0


def test_a_letter_to_be_validated_is_shown_and_not_frozen(database: Database, told: Told) -> None:
    (id,) = put(database, letter_row(1, release="a_valider"))
    prepare(database, study(told), Hands())
    row = read(database, id)
    assert (row["state"], row["digest"], row["message_id"]) == ("a_valider", None, None)
    assert row["subject_line"] == "Confirmation du rendez-vous"
    assert claims.look(database, NOW) == (False, False)


def test_a_letter_on_paper_keeps_its_pdf_and_waits_for_a_person(
    database: Database, told: Told
) -> None:
    (id,) = put(database, letter_row(1, channel="papier", recipient_email=None))
    prepare(database, study(told), Hands())
    assert states(database) == {id: "pret"}
    assert files(database) == 1
    assert claims.look(database, NOW) == (False, False)


@pytest.mark.parametrize(
    ("fault", "missing", "answer", "said"),
    [
        (
            Incomplete(["structure.siret", "dossier.objet"]),
            "structure.siret, dossier.objet",
            None,
            "il manque structure.siret, dossier.objet",
        ),
        (
            Unwritable("ligne 3 : nom inconnu"),
            None,
            "ligne 3 : nom inconnu",
            "ligne 3 : nom inconnu",
        ),
    ],
)
def test_what_cannot_be_written_waits_for_somebody_and_holds_nobody_back(
    database: Database,
    told: Told,
    fault: Exception,
    missing: str | None,
    answer: str | None,
    said: str,
) -> None:
    first, second = put(database, letter_row(1), letter_row(2))

    def text(draft: Draft, _at: datetime) -> str:
        if draft.id == first:
            raise fault
        return "Bonjour,\n"

    assert prepare(database, study(told, text), Hands()) == 2
    row = read(database, first)
    assert (row["state"], row["missing"], row["answer"]) == ("a_completer", missing, answer)
    assert told.lines == [(first, said)]
    assert states(database)[second] == "pret"
    assert prepare(database, study(told, text), Hands()) == 0


def test_a_fault_of_the_program_is_tried_again_then_given_up(
    database: Database, told: Told
) -> None:
    first, second = put(database, letter_row(1), letter_row(2))

    def text(draft: Draft, _at: datetime) -> str:
        if draft.id == first:
            raise KeyError("nom")
        return "Bonjour,\n"

    hands = Hands()
    for _ in range(3):
        with pytest.raises(ExceptionGroup):
            prepare(database, study(told, text), hands)
        assert states(database) == {first: "prepare", second: "pret"}
        assert prepare(database, study(told, text), hands) == 0
        hands.now += LEASE
    assert prepare(database, study(told, text), hands) == 1
    assert states(database)[first] == "a_completer"
    assert told.lines == [(first, "Erreur du logiciel (KeyError)")]


def test_whoever_is_not_written_to_by_e_mail_is_written_to_on_paper(
    database: Database, told: Told
) -> None:
    letter, reminder = put(database, letter_row(1), letter_row(1, subject_seq=2, reminder=True))
    gone = Suspension("anne1@example.org", REBOND, "550", NOW, "Serveur")
    with database.unit_of_work() as session:
        suspend(session.connection(), TENANT, gone)
    prepare(database, study(told), Hands())
    row = read(database, letter)
    assert (row["state"], row["channel"]) == ("pret", "papier")
    assert files(database) == 1
    assert states(database)[reminder] == "annule"


def test_who_wants_no_reminder_is_still_written_to(database: Database, told: Told) -> None:
    letter, reminder = put(database, letter_row(1), letter_row(1, subject_seq=2, reminder=True))
    asked = Suspension("anne1@example.org", RAPPELS, "", NOW, "Anne")
    with database.unit_of_work() as session:
        suspend(session.connection(), TENANT, asked)
    prepare(database, study(told), Hands())
    assert states(database) == {letter: "pret", reminder: "annule"}
    assert read(database, letter)["channel"] == "courriel"


def test_a_letter_cancelled_while_it_is_written_stays_cancelled(
    database: Database, told: Told
) -> None:
    (id,) = put(database, letter_row(1))

    def text(_draft: Draft, _at: datetime) -> str:
        from sqlalchemy import text as sql

        with database.unit_of_work() as session:
            session.connection().execute(sql("UPDATE courrier SET state = 'annule'"))
        return "Bonjour,\n"

    prepare(database, study(told, text), Hands())
    assert states(database) == {id: "annule"}
    assert told.lines == []


def test_two_that_prepare_do_not_write_the_same_letters(database: Database, told: Told) -> None:
    put(database, *(letter_row(n) for n in range(1, 4)))
    written: list[int] = []

    def text(draft: Draft, _at: datetime) -> str:
        written.append(draft.id)
        if len(written) == 1:  # another process comes by
            assert prepare(database, study(told, text), Hands()) == 0
        return "Bonjour,\n"

    assert prepare(database, study(told, text), Hands()) == 3
    assert len(written) == 3


def test_what_a_dead_process_was_writing_is_written_by_the_next(
    database: Database, told: Told
) -> None:
    (id,) = put(database, letter_row(1, attempts=1, leased_until=NOW + LEASE))
    hands = Hands()
    assert prepare(database, study(told), hands) == 0
    hands.now += LEASE
    assert claims.look(database, hands.now) == (True, False)
    assert prepare(database, replace(study(told), lease=timedelta(seconds=1)), hands) == 1
    assert states(database) == {id: "pret"}
