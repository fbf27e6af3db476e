"""What awaits across dossiers: échéances, appointments, dossiers at rest, dossiers made ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from grants.dossiers.appointments import meet_on
from grants.dossiers.awaiting import (
    Waiting,
    appointments_between,
    echeances_due,
    has_dossiers,
    idle_dossiers,
    ready_dossiers,
)
from grants.dossiers.filters import NOBODY
from grants.dossiers.notes import give_to
from grants.dossiers.readiness import stages_that_time_changes
from grants.organisation.parameters import change_parameters
from grants.organisation.queries import Customs
from grants.relances.service import follow_time
from tests.builders.crowd import write_dossier
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from workflow import statements
from workflow.statements import execute

FAR = datetime(2030, 1, 1, tzinfo=UTC)


def ids(found: list[Waiting]) -> list[int]:
    return [each.dossier.id for each in found]


def ready(counter: Counter, referent: int | None = None) -> list[tuple[int, str]]:
    with counter.database.reading() as session:
        found = ready_dossiers(session.connection(), counter.office.id, referent, 50)
    return [(each.dossier.id, each.rule) for each in found]


def idle(counter: Counter, referent: int | None = None, most: int = 50) -> list[int]:
    pipelines = [each.pipeline for each in counter.engine.catalogue.every()]
    with counter.database.reading() as session:
        return ids(
            idle_dossiers(
                session.connection(),
                counter.office.id,
                referent,
                pipelines,
                counter.now.date(),
                Customs("metropole"),
                most,
            )
        )


# --- Ready --------------------------------------------------------------------------------------


def test_a_dossier_becomes_ready_when_its_last_condition_is_met(counter: Counter) -> None:
    counter.open()
    assert ready(counter) == []  # whoever can be reached may be received at once: nothing is new
    counter._accueillir()
    counter.wait(days=8)
    counter.fill("accueil", statut_ess="")
    assert ready(counter) == []
    seen = counter.read().lock_version
    counter.fill("accueil")
    assert ready(counter) == [(counter.dossier, "accompagner")]
    row = counter.read()
    assert (row.row["pret_depuis"], row.lock_version) == (counter.now, seen + 1)


def test_a_dossier_that_a_condition_fails_again_is_not_ready_any_more(counter: Counter) -> None:
    counter.open()
    counter._accueillir()
    counter.wait(days=8)
    counter.fill("accueil")
    counter.fill("accueil", lien_emploi="non")
    assert ready(counter) == []
    counter.wait(days=1)
    counter.fill("accueil")
    assert ready(counter) == [(counter.dossier, "accompagner")]


def test_a_dossier_that_moves_is_ready_for_nothing_yet(counter: Counter) -> None:
    counter.open()
    counter._accueillir()
    counter._accompagner()
    assert counter.read().stage == "accompagnement"
    assert ready(counter) == []


def test_a_stage_that_is_open_from_the_start_awaits_nobody(counter: Counter) -> None:
    counter.take_to("suivi")
    assert counter.read().row["pret_pour"] == "receptionner_bilan"
    assert ready(counter) == []


def test_a_move_writes_its_row_once_with_what_the_stage_is_ready_for(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.take_to("selectionne")
    counter.bring_pieces()
    sent: list[str] = []

    def noted(connection: Connection, sql: str, *values: Any, **options: Any) -> Any:
        sent.append(sql)
        return execute(connection, sql, *values, **options)

    monkeypatch.setattr(statements, "execute", noted)
    counter.do("conventionner", **counter.convention())
    assert len([sql for sql in sent if sql.startswith("UPDATE dossier ")]) == 1
    row = counter.read().row
    assert (row["pret_pour"], row["pret_depuis"]) == ("receptionner_bilan", None)


def test_what_nobody_had_looked_at_is_told_as_it_stands(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        dossier = write_dossier(session, counter.office, stage="suivi", pret_pour="")
    with counter.database.unit_of_work() as session:
        place = (session, counter.engine, counter.charge, dossier)
        give_to(*place, counter.charge.compte_id, counter.wait(days=1))
    row = counter.read(dossier).row
    assert (row["pret_pour"], row["pret_depuis"]) == ("receptionner_bilan", None)


@pytest.mark.parametrize(
    ("decided", "action"), [("retenu", "selectionner"), ("ajourne", None), ("refuse", None)]
)
def test_what_a_comite_decides_makes_its_dossiers_ready(
    counter: Counter, decided: str, action: str | None
) -> None:
    """Only for going forward: what ends a dossier, or takes it back, is nobody's hurry."""
    counter.take_to("cts")
    assert follow_time(counter.database, counter.engine, counter.wait(days=21)) == 0
    assert ready(counter) == []
    counter.hear(decided)
    assert ready(counter) == ([(counter.dossier, action)] if action else [])
    assert follow_time(counter.database, counter.engine, counter.wait(hours=1)) == 0


def test_a_rule_that_the_direction_changes_is_followed_by_the_night(counter: Counter) -> None:
    counter.take_to("accueil")
    counter.fill("accueil", effectif_etp="4")
    assert counter.read().row["pret_pour"] == "accompagner"
    loaded = counter.engine.catalogue.latest("microprojets")
    assert loaded is not None
    types, chief = counter.engine.vocabulary.field_types, counter.office.identity("direction")
    with counter.database.unit_of_work() as session:
        rule = {"effectif_maximal": "3"}
        change_parameters(session, types, chief, loaded.pipeline, rule, counter.now)
    night = (counter.database, counter.engine, counter.wait(hours=9))
    assert follow_time(*night) == 0
    assert follow_time(*night, everywhere=True) == 1
    assert counter.read().row["pret_pour"] is None
    assert follow_time(*night, everywhere=True) == 0


def test_the_stages_that_a_seance_changes_are_looked_at_again(counter: Counter) -> None:
    found = stages_that_time_changes(counter.engine)
    assert ("microprojets", 1, "accompagnement") in found
    assert ("microprojets", 1, "cts") in found
    assert ("microprojets", 1, "accueil") not in found


def test_ready_dossiers_are_found_by_who_is_in_charge(
    counter: Counter, other_office: Office
) -> None:
    counter.open()
    counter._accueillir()
    counter.wait(days=8)
    counter.fill("accueil")
    assert len(ready(counter, counter.charge.compte_id)) == 1
    assert ready(counter, NOBODY) == []
    assert ready(counter, counter.office.people["assistant"].id) == []
    assert ready(Counter(counter.database, counter.engine, other_office)) == []


# --- Dates and appointments ---------------------------------------------------------------------


def test_echeances_are_found_between_two_moments(counter: Counter, other_office: Office) -> None:
    dossier = counter.open()
    with counter.database.reading() as session:
        connection, office = session.connection(), counter.office.id
        found = echeances_due(connection, office, None, NOW, FAR, 50)
        assert [each.rule for each in found] == [
            "contact_sans_rendez_vous",
            "contact_sans_rendez_vous",
            "contact_a_appeler",
        ]
        assert set(ids(found)) == {dossier}
        first = found[0].at
        assert ids(echeances_due(connection, office, None, NOW, first, 50)) == []
        soon = first + timedelta(microseconds=1)
        assert len(echeances_due(connection, office, None, first, soon, 50)) == 1
        assert len(echeances_due(connection, office, None, NOW, FAR, 1)) == 1
        assert echeances_due(connection, office, NOBODY, NOW, FAR, 50) == []
        assert echeances_due(connection, other_office.id, None, NOW, FAR, 50) == []


def test_only_the_appointment_in_force_is_shown(counter: Counter) -> None:
    counter.open()
    counter._accueillir()
    with counter.database.unit_of_work() as session:
        later = {"rendez_vous": "2026-03-25T14:30", "lieu_rendez_vous": "Chez elle"}
        place = (session, counter.engine, counter.charge, counter.dossier)
        meet_on(*place, later, counter.now)
    with counter.database.reading() as session:
        found = appointments_between(session.connection(), counter.office.id, None, NOW, FAR, 50)
    assert [(each.at.day, each.place) for each in found] == [(25, "Chez elle")]


# --- At rest ------------------------------------------------------------------------------------


def test_dossiers_at_rest_are_those_that_the_board_marks_late(counter: Counter) -> None:
    old, recent = NOW - timedelta(days=60), NOW - timedelta(days=3)
    mine = counter.charge.compte_id
    with counter.database.unit_of_work() as session:
        office = counter.office
        late = write_dossier(session, office, stage_since=old, referent_id=mine)
        later = write_dossier(session, office, stage_since=old + timedelta(days=1))
        write_dossier(session, office, stage_since=recent, referent_id=mine)
        write_dossier(session, office, stage="clos", stage_since=old)
        write_dossier(session, office, stage="suivi", stage_since=old)
        dla = write_dossier(
            session, office, pipeline="dla_individuel", stage="demande", stage_since=old
        )
    assert idle(counter) == [late, dla, later]
    assert idle(counter, most=1) == [late]
    assert idle(counter, mine) == [late]
    assert idle(counter, NOBODY) == [dla, later]


@pytest.mark.parametrize("referent", [None, NOBODY, 987_654])
def test_whether_anybody_has_dossiers(counter: Counter, referent: int | None) -> None:
    with counter.database.reading() as session:
        assert not has_dossiers(session.connection(), counter.office.id, referent)
    counter.open()
    with counter.database.reading() as session:
        connection, office = session.connection(), counter.office.id
        assert has_dossiers(connection, office, counter.charge.compte_id)
        assert has_dossiers(connection, office, referent) == (referent is None)
