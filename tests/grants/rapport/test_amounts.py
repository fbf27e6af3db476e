"""The amounts of a period: asked by what was opened in it, granted to what was selected in it."""

from __future__ import annotations

from datetime import date

from grants.rapport.amounts import Amounts, amounts_of, cells_of
from grants.rapport.periods import Period
from grants.rapport.tally import Tally
from tests.builders.dossiers import Counter
from tests.builders.offices import Office

EVER = Period()
NOTHING = Amounts(0, 0, 0, 0, 0)


def amounts(counter: Counter, period: Period = EVER) -> Amounts:
    with counter.database.reading() as session:
        stages = ("contact", "selectionne")
        tally = Tally(session.connection(), counter.office.id)
        return amounts_of(cells_of(tally, "microprojets", period, stages), *stages)


def test_what_is_asked_and_what_is_granted(counter: Counter) -> None:
    assert amounts(counter) == NOTHING
    counter.take_to("selectionne")
    counter.open(values={"montant_demande": 550_050})
    counter.open()
    assert amounts(counter) == Amounts(3, 2_550_050, 1, 1_800_000, 1)


def test_each_amount_belongs_to_the_year_of_its_own_event(counter: Counter) -> None:
    counter.now = counter.now.replace(year=2025, month=12, day=1)
    counter.take_to("selectionne")
    assert counter.now.year == 2025
    counter.wait(days=-40)
    counter.take_to("cts")
    counter.wait(days=40)
    counter.hear("retenu", 1_000_000)
    counter.do("selectionner", montant_accorde="10 000")
    assert counter.now.year == 2026
    last, this = (Period(date(year, 1, 1), date(year, 12, 31)) for year in (2025, 2026))
    assert amounts(counter, last) == Amounts(2, 4_000_000, 1, 1_800_000, 1)
    assert amounts(counter, this) == Amounts(0, 0, 1, 1_000_000, 1)


def test_a_selection_that_was_corrected_grants_nothing(counter: Counter) -> None:
    counter.take_to("selectionne")
    counter.do("corriger_etape", by="direction", reason="Erreur de dossier.")
    assert amounts(counter) == Amounts(1, 2_000_000, 0, 0, 0)
    counter.decide_again("retenu", 1_500_000, "Le devis a été relu.")
    counter.do("selectionner", montant_accorde="15 000")
    assert amounts(counter) == Amounts(1, 2_000_000, 1, 1_500_000, 1)


def test_amounts_are_those_of_one_organisme(counter: Counter, other_office: Office) -> None:
    Counter(counter.database, counter.engine, other_office).take_to("selectionne")
    assert amounts(counter) == NOTHING
