"""A year of an office by its services alone: each figure follows each of them at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from api.presentation.figures import landmarks_of
from grants.dossiers.filters import late_before
from grants.dossiers.notes import give_to
from grants.fusions.queries import merges_into
from grants.fusions.service import MergeDemand, merge, undo_merge
from grants.organisation.queries import customs_of
from grants.rapport.folding import differences, fold_moves
from grants.rapport.periods import Period
from tests.builders.dossiers import Counter
from tests.builders.plain_counts import plain, told
from tests.builders.tables_sent import csv_of
from tests.grants.reprise.conftest import Desk
from workflow.dates import to_paris

PERIODS = (
    Period(date(2026, 1, 1), date(2026, 12, 31)),
    Period(),
    Period(date(2009, 3, 20), date(2026, 3, 10)),
    Period(date(2026, 3, 3), date(2026, 5, 20)),
)
FORMER = csv_of(
    ("Projet", "Association", "Porteur", "Mail", "Contact", "Accueil"),
    ("Garage", "Roue Libre", "Anne Exemple", "anne@exemple.fr", "12/03/2009", "02/04/2009"),
    ("Jardin", "Nouvelle", "Paul Exemple", "paul@exemple.fr", "12/03/2026", ""),
)


def agree(counter: Counter) -> None:
    """Raises AssertionError unless every figure is the one that counting gives."""
    pipeline = counter.engine.catalogue.current()[0]
    with counter.database.reading() as session:
        connection = session.connection()
        customs = customs_of(connection, counter.office.id)
        late = late_before(pipeline, to_paris(counter.now).date(), customs)
        where = (connection, counter.office.id, pipeline, landmarks_of(pipeline))
        for period in PERIODS:
            assert told(*where, period, late) == plain(*where, period, late), period
        assert differences(connection, counter.engine) == []


def moves(counter: Counter) -> None:
    counter.take_to("cts")
    counter.wait(days=21)
    counter.hear("ajourne")
    counter.do("ajourner", reason="À préciser.", complements_attendus="Un devis.")
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    counter.wait(days=21)
    counter.hear("retenu", 1_200_000)
    counter.do("selectionner", montant_accorde="12 000")


def gives_up_twice(counter: Counter) -> None:
    counter.open()
    counter.do("classer_sans_suite", reason="Sans nouvelles.")
    counter.wait(days=40)
    counter.do("reactiver", reason="Il a rappelé.")
    counter.do("reorienter", destination="autre", organisme_destinataire="La Ligue")


def corrects(counter: Counter) -> None:
    counter.take_to("selectionne")
    fold_moves(counter.database, counter.engine)
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    counter.decide_again("retenu", 1_500_000, "Le devis a été relu.")
    counter.do("selectionner", montant_accorde="15 000")


def changes_what_it_is_counted_by(counter: Counter) -> None:
    counter.take_to("accompagnement")
    counter.fill("projet")
    fold_moves(counter.database, counter.engine)
    counter.fill("projet", departement="30", secteur="culture", montant_demande="9 000")


def changes_hands(counter: Counter) -> None:
    counter.take_to("accueil")
    fold_moves(counter.database, counter.engine)
    assistant = counter.office.people["assistant"].id
    with counter.database.unit_of_work() as session:
        give_to(session, counter.engine, counter.charge, counter.dossier, assistant, counter.now)


def takes_over_and_takes_back(counter: Counter) -> None:
    desk = Desk(counter.database, counter.engine, counter.office)
    id = desk.take_over("dossiers-microprojets", FORMER)
    agree(counter)
    fold_moves(counter.database, counter.engine)
    agree(counter)
    assert desk.undo(id)["etat"] == "annulee"


def merges_structures(counter: Counter) -> None:
    here = []
    for _ in range(2):
        counter.take_to("accueil")
        here.append(int(counter.read().row["structure_id"]))
    fold_moves(counter.database, counter.engine)
    office, now = counter.office.identity("direction"), counter.now
    with counter.database.unit_of_work() as session:
        merge(session, counter.engine, office, MergeDemand(here[0], here[1], {}), now)
    agree(counter)
    with counter.database.unit_of_work() as session:
        (made,) = merges_into(session.connection(), counter.office.id, here[0])
        undo_merge(session, counter.engine, office, here[0], made.id, counter.wait(minutes=1))


@pytest.mark.parametrize(
    "happens",
    [
        moves,
        gives_up_twice,
        corrects,
        changes_what_it_is_counted_by,
        changes_hands,
        takes_over_and_takes_back,
        merges_structures,
    ],
)
def test_the_figures_follow(counter: Counter, happens: Callable[[Counter], None]) -> None:
    counter.take_to("accueil")
    happens(counter)
    agree(counter)
    fold_moves(counter.database, counter.engine)
    agree(counter)
