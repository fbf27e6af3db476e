"""An organisme sets when its reminders leave: the dossiers that come afterwards follow it."""

from __future__ import annotations

from datetime import date

import pytest

from grants.dossiers.causes import rule_of
from grants.organisation.parameters import change_parameters
from tests.builders.dossiers import Counter
from tests.builders.offices import Office, make_office
from workflow.errors import Invalid

FIRST, LAST = "relance_contact_sans_rendez_vous", "relance_contact_a_appeler"


def decide(counter: Counter, **answers: str) -> None:
    """The direction sets some of the delays of the microprojets."""
    loaded = counter.engine.catalogue.latest("microprojets")
    assert loaded is not None
    types, identity = counter.engine.vocabulary.field_types, counter.office.identity("direction")
    with counter.database.unit_of_work() as session:
        change_parameters(session, types, identity, loaded.pipeline, answers, counter.now)


def days(counter: Counter) -> list[tuple[str, date]]:
    return [(rule, day) for rule, _occurrence, day in counter.still_open()]


def test_the_next_dossiers_follow_and_those_there_keep_their_dates(counter: Counter) -> None:
    before = counter.open()
    kept = days(counter)
    decide(counter, **{FIRST: "3 jours ouvrés", LAST: "jamais"})
    counter.open()
    assert days(counter) == [("contact_sans_rendez_vous", date(2026, 3, 17))]
    counter.dossier = before
    assert days(counter) == kept
    assert len(kept) == 3


def test_a_rule_set_to_never_is_no_rule_of_the_dossier_any_more(counter: Counter) -> None:
    counter.open()
    assert rule_of(counter.engine, counter.read(), "contact_sans_rendez_vous") is not None
    decide(counter, **{FIRST: "jamais"})
    assert rule_of(counter.engine, counter.read(), "contact_sans_rendez_vous") is None


def test_another_organisme_keeps_the_usual_delays(counter: Counter) -> None:
    decide(counter, **{FIRST: "jamais", LAST: "jamais"})
    with counter.database.unit_of_work() as session:
        other: Office = make_office(session, "Aide 30", "30")
    elsewhere = Counter(counter.database, counter.engine, other)
    elsewhere.open()
    assert len(days(elsewhere)) == 3


def test_a_delay_from_the_entry_is_not_before_it(sqlite_counter: Counter) -> None:
    with pytest.raises(Invalid) as caught:
        decide(sqlite_counter, **{FIRST: "-3 jours"})
    assert list(caught.value.faults) == [FIRST]
