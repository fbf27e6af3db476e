"""The letters that a move makes due: rows of its own transaction, with plain data only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from notifications.courrier_table import Courrier
from notifications.letters import Letter
from tests.builders.dossiers import STRUCTURE, Counter
from tests.builders.offices import NOW
from workflow.database import table_of
from workflow.engine import Engine


def rows(counter: Counter) -> list[dict[str, Any]]:
    table = table_of(Courrier)
    query = (
        select(*table.c)
        .where(table.c.subject_kind == "dossier", table.c.subject_id == counter.dossier)
        .order_by(table.c.id)
    )
    with counter.database.reading() as session:
        return [dict(row) for row in session.connection().execute(query).mappings()]


def test_a_letter_goes_to_the_porteur_as_known_in_the_transaction(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    counter.do("accueillir", rendez_vous="2026-03-20T10:30", lieu_rendez_vous="Au siège")
    (row,) = rows(counter)
    assert (row["letter"], row["title"]) == (
        "confirmation_rendez_vous",
        counter.engine.vocabulary.letters["confirmation_rendez_vous"].title,
    )
    assert (row["subject_kind"], row["subject_seq"], row["tenant_id"]) == (
        "dossier",
        2,
        counter.office.id,
    )
    assert row["recipient_name"] == "Ana Porteuse"
    assert row["recipient_email"].endswith("@porteur.example")
    assert (row["state"], row["created_at"], row["due_at"]) == ("prepare", NOW, NOW)


def test_the_context_is_plain_data_of_the_dossier_and_the_move(counter: Counter) -> None:
    counter.open(values={"titre": "Un jardin"})
    counter.do("accueillir", rendez_vous="2026-03-20T10:30", lieu_rendez_vous="Au siège")
    context = json.loads(rows(counter)[0]["context"])
    assert context["organisme"]["nom"] == "Aide 34"
    assert context["dossier"]["reference"] == "MP-2026-001"
    assert context["dossier"]["titre"] == "Un jardin"
    assert context["dossier"]["rendez_vous"] == "2026-03-20T09:30:00Z"
    assert context["structure"]["nom"] == STRUCTURE
    assert context["porteur"] == {
        "nom": "Ana Porteuse",
        "email": rows(counter)[0]["recipient_email"],
        "civilite": None,
    }
    assert context["rendez_vous"] == {"le": "2026-03-20T09:30:00Z", "lieu": "Au siège"}
    assert context["action"]["par"] == "Chargé de mission de Aide 34"


def test_a_reason_is_there_for_the_letter_that_tells_it(counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Le porteur renonce.")
    context = json.loads(rows(counter)[0]["context"])
    assert context["action"]["motif"] == "Le porteur renonce."


def test_each_letter_says_whether_it_waits_for_somebody(counter: Counter, engine: Engine) -> None:
    counter.take_to("selectionne")
    catalogue: dict[str, Letter] = dict(engine.vocabulary.letters)
    for row in rows(counter):
        assert (row["state"], row["release"]) == ("prepare", catalogue[row["letter"]].release)
    assert {row["release"] for row in rows(counter)} == {"a_valider", "automatique"}


def test_without_an_email_the_letter_is_still_written(counter: Counter) -> None:
    counter.open(porteur_id=None)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    (row,) = rows(counter)
    assert (row["recipient_name"], row["recipient_email"], row["recipient_id"]) == (
        STRUCTURE,
        None,
        None,
    )
    assert row["channel"] == "papier"


def test_without_anybody_the_letter_bears_the_reference(counter: Counter) -> None:
    counter.open(porteur_id=None, structure_id=None)
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    assert rows(counter)[0]["recipient_name"] == "MP-2026-001"


def test_an_action_without_letters_writes_none(counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    before = rows(counter)
    counter.do("reactiver", reason="Il revient.")
    assert rows(counter) == before


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "<script>", "L’« œuvre » à 100 %", "a'b\"c\\d"])
def test_what_people_typed_is_kept_as_they_typed_it(sqlite_counter: Counter, text: str) -> None:
    sqlite_counter.open(values={"titre": text})
    sqlite_counter.do("classer_sans_suite", reason=text)
    context = json.loads(rows(sqlite_counter)[0]["context"])
    assert context["dossier"]["titre"] == text
    assert context["action"]["motif"] == text
