"""A pièce from the day it is asked for to the day it goes out of date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from grants.dossiers.pieces.queries import files_of, pieces_of, read_file
from grants.dossiers.pieces.rows import NoStructureYet
from grants.dossiers.pieces.service import (
    Handed,
    NothingHandedIn,
    Received,
    hand_in,
    send_back,
    validate,
    withdraw,
)
from grants.dossiers.pieces.states import Standing, standings
from grants.dossiers.pieces.tables import Fichier, Piece
from grants.organisation.identity import ReadOnly
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.papers import handed
from workflow.database import Database, table_of
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale

_P, _F = table_of(Piece), table_of(Fichier)


def bring(
    counter: Counter, piece: str, *files: str, by: str = "assistant", **more: Any
) -> Received:
    with counter.database.unit_of_work() as session:
        work = (session, counter.engine, counter.office.identity(by), counter.dossier, piece)
        return hand_in(*work, [handed(each) for each in files], counter.now, **more)


def judge(counter: Counter, how: Any, piece: str, version: int | None = None, **form: str) -> None:
    with counter.database.unit_of_work() as session:
        work = (session, counter.engine, counter.office.identity("assistant"))
        how(*work, counter.dossier, piece, form, counter.now, version)


def standing(counter: Counter, piece: str) -> Standing:
    subject = counter.read()
    with counter.database.reading() as session:
        rows = pieces_of(session.connection(), subject.row)
    pipeline = counter.engine.machine(subject).pipeline
    found = standings(pipeline, rows, to_paris(counter.now).date())
    return next(each for each in found if each.piece.key == piece)


def files(counter: Counter, piece: str) -> list[str]:
    row = standing(counter, piece).row
    assert row is not None
    with counter.database.reading() as session:
        found = files_of(session.connection(), counter.office.id, [row["id"]])
    return [file["nom"] for file in found.get(row["id"], [])]


def file_id(counter: Counter, name: str) -> int:
    with counter.database.reading() as session:
        query = select(_F.c.id).where(_F.c.nom == name).order_by(_F.c.id.desc())
        return session.connection().execute(query).scalars().first() or 0


def test_a_piece_is_awaited_then_received_then_validated(counter: Counter) -> None:
    counter.take_to("accompagnement")
    assert standing(counter, "devis").state == "attendue"
    received = bring(counter, "devis", "chaises", "tables")
    assert received.kept == ("chaises.pdf", "tables.pdf")
    assert standing(counter, "devis").state == "recue"
    assert files(counter, "devis") == ["chaises.pdf", "tables.pdf"]
    judge(counter, validate, "devis")
    assert standing(counter, "devis").will_do
    assert [line.event for line in counter.lines()][-2:] == ["piece_recue", "piece_validee"]
    kept = counter.lines()[-2].content["champs"]
    assert kept == {
        "piece": "Devis des principales dépenses",
        "fichiers": "chaises.pdf, tables.pdf",
    }


def test_nobodys_form_becomes_out_of_date(counter: Counter) -> None:
    counter.take_to("accompagnement")
    before = counter.read().lock_version
    bring(counter, "devis", "chaises")
    assert counter.read().lock_version == before


def test_what_is_sent_back_says_why_and_waits_for_something_better(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "rib", "flou")
    judge(counter, send_back, "rib", motif="illisible", commentaire="La photo est floue.")
    found = standing(counter, "rib")
    assert found.row is not None
    assert (found.state, found.row["motif"]) == ("a_corriger", "illisible")
    assert counter.lines()[-1].content["motif"] == "Illisible\u00a0: La photo est floue."
    bring(counter, "rib", "net")
    found = standing(counter, "rib")
    assert found.row is not None
    assert (found.state, found.row["motif"], found.row["commentaire"]) == ("recue", None, None)
    assert files(counter, "rib") == ["net.pdf"]


def test_what_completes_an_incomplete_piece_does_not_replace_it(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "statuts", "page-1")
    judge(counter, send_back, "statuts", motif="incomplete")
    bring(counter, "statuts", "page-2")
    assert files(counter, "statuts") == ["page-1.pdf", "page-2.pdf"]


def test_the_same_file_is_told_and_not_kept_twice(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises")
    lines = len(counter.lines())
    again = Handed("copie.pdf", "pdf", 1000, handed("chaises").sha256, "f" * 32, 1)
    with counter.database.unit_of_work() as session:
        work = (session, counter.engine, counter.charge, counter.dossier, "devis")
        received = hand_in(*work, [again, again], counter.now)
    assert received.kept == ()
    assert received.already[0] == ("copie.pdf", "chaises.pdf")
    assert (files(counter, "devis"), len(counter.lines())) == (["chaises.pdf"], lines)


def test_the_same_click_counts_once(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises", key="une-cle-de-formulaire")
    counter.wait(minutes=1)
    assert bring(counter, "devis", "tables", key="une-cle-de-formulaire").kept == ()
    assert files(counter, "devis") == ["chaises.pdf"]


def test_a_file_withdrawn_makes_the_piece_looked_at_again(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises", "tables")
    judge(counter, validate, "devis")
    for name, state in (("tables.pdf", "recue"), ("chaises.pdf", "attendue")):
        for _twice in range(2):
            with counter.database.unit_of_work() as session:
                work = (session, counter.engine, counter.charge, counter.dossier)
                withdraw(*work, file_id(counter, name), counter.now)
        assert standing(counter, "devis").state == state
    assert [line.event for line in counter.lines()][-2:] == ["fichier_retire", "fichier_retire"]


def test_a_document_goes_out_of_date_by_its_own_date(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "avis_siren", "avis")
    today = to_paris(counter.now).date()
    faults = {
        "": "Indiquez la date du document : il est valable 6 mois.",
        "31/02/2026": "Cette date n'existe pas.",
        "2030-01-01": "Cette date est dans le futur.",
        "2024-01-31": "Ce document était valable 6 mois, jusqu’au 31 juillet 2024",
    }
    for typed, sentence in faults.items():
        with pytest.raises(Invalid) as caught:
            judge(counter, validate, "avis_siren", date_document=typed)
        assert caught.value.faults["date_document"].startswith(sentence)
    judge(counter, validate, "avis_siren", date_document=today.isoformat())
    assert standing(counter, "avis_siren").will_do
    counter.wait(days=150)
    assert standing(counter, "avis_siren").will_do
    counter.wait(days=60)
    assert standing(counter, "avis_siren").state == "perimee"
    bring(counter, "avis_siren", "plus-recent")
    assert standing(counter, "avis_siren").state == "recue"
    assert files(counter, "avis_siren") == ["plus-recent.pdf"]


def test_what_the_structure_has_already_serves_its_other_dossiers(counter: Counter) -> None:
    first = counter.take_to("accompagnement")
    structure = counter.read().row["structure_id"]
    bring(counter, "statuts", "statuts")
    judge(counter, validate, "statuts")
    bring(counter, "devis", "chaises")
    counter.open(structure_id=structure)
    assert counter.dossier != first
    assert standing(counter, "statuts").will_do
    assert standing(counter, "devis").state == "attendue"
    counter.open("dla_individuel", structure_id=structure)
    assert standing(counter, "statuts").will_do


def test_without_a_structure_there_is_nowhere_to_keep_what_is_hers(counter: Counter) -> None:
    counter.open(structure_id=None)
    with pytest.raises(NoStructureYet, match="rattachez d’abord le dossier"):
        bring(counter, "statuts", "statuts")
    assert bring(counter, "devis", "chaises").kept


def test_nobody_judges_what_he_has_not_seen(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises")
    row = standing(counter, "devis").row
    assert row is not None
    bring(counter, "devis", "tables")
    with pytest.raises(Stale, match="Devis"):
        judge(counter, validate, "devis", version=row["version"])


def test_nothing_is_judged_before_it_is_handed_in(counter: Counter) -> None:
    counter.take_to("accompagnement")
    with pytest.raises(NothingHandedIn, match="ajoutez-en un"):
        judge(counter, validate, "devis")
    with pytest.raises(NothingHandedIn):
        judge(counter, send_back, "devis", motif="mauvaise")


@pytest.mark.parametrize("motif", ["", "autre", "validee"])
def test_a_reason_is_one_of_the_four(sqlite_counter: Counter, motif: str) -> None:
    sqlite_counter.take_to("accompagnement")
    bring(sqlite_counter, "devis", "chaises")
    with pytest.raises(Invalid) as caught:
        judge(sqlite_counter, send_back, "devis", motif=motif, commentaire="x" * 1001)
    assert set(caught.value.faults) == {"motif", "commentaire"}


def test_an_unknown_piece_or_dossier_does_not_exist(
    counter: Counter, database: Database, engine: Engine, other_office: Office
) -> None:
    counter.take_to("accompagnement")
    with pytest.raises(NotFound):
        bring(counter, "passeport", "passeport")
    bring(counter, "devis", "chaises")
    stranger = Counter(database, engine, other_office, dossier=counter.dossier)
    with pytest.raises(NotFound):
        bring(stranger, "devis", "chaises")
    id = file_id(counter, "chaises.pdf")
    with database.reading() as session, pytest.raises(NotFound):
        read_file(session.connection(), other_office.id, counter.dossier, id)


def test_a_file_is_reached_through_its_own_dossier_only(counter: Counter) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises")
    mine, id = counter.dossier, file_id(counter, "chaises.pdf")
    other = counter.open()
    with counter.database.reading() as session:
        connection = session.connection()
        assert read_file(connection, counter.office.id, mine, id)["nom"] == "chaises.pdf"
        with pytest.raises(NotFound):
            read_file(connection, counter.office.id, other, id)


def test_the_lecteur_hands_nothing_in(counter: Counter) -> None:
    counter.take_to("accompagnement")
    with pytest.raises(ReadOnly):
        bring(counter, "devis", "chaises", by="lecteur")


def test_two_that_come_at_once_find_the_same_piece(counter: Counter) -> None:
    counter.take_to("accompagnement")
    with ThreadPoolExecutor(4) as pool:
        names = [f"devis-{n}" for n in range(8)]
        list(pool.map(lambda name: bring(counter, "devis", name), names))
    assert sorted(files(counter, "devis")) == sorted(f"{name}.pdf" for name in names)


@pytest.mark.parametrize(
    "values",
    [
        {"etat": "perimee"},
        {"etat": "a_corriger"},
        {"motif": "illisible"},
        {"structure_id": 1},
        {"dossier_id": None},
    ],
)
def test_the_database_refuses_what_makes_no_sense(counter: Counter, values: dict[str, Any]) -> None:
    counter.take_to("accompagnement")
    bring(counter, "devis", "chaises")
    with pytest.raises(IntegrityError), counter.database.unit_of_work() as session:
        session.connection().execute(update(_P).values(values))
