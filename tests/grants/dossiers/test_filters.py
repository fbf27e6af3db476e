"""What narrows a set of dossiers: each filter alone, together, and never another organisme's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import select

from grants.comites.seances import create_seance
from grants.dossiers.board import totals_by_stage
from grants.dossiers.filters import NOBODY, D, Filters, is_late, late_before
from grants.dossiers.listing import Sort, page_of, totals_of
from grants.organisation.parameters import change_parameters
from grants.organisation.people import find_or_create_personne
from grants.organisation.queries import Customs, customs_of
from grants.structures.service import create_structure
from tests.builders.crowd import write_crowd, write_dossier
from tests.builders.offices import NOW, Office
from workflow.database import Database
from workflow.engine import Engine
from workflow.pipeline import Pipeline


def kept(database: Database, office: Office, filters: Filters) -> set[int]:
    """The ids that the list shows; its totals and the board's count the very same."""
    with database.reading() as session:
        connection = session.connection()
        page = page_of(connection, office.id, filters, Sort(), None, size=500)
        totals = totals_of(connection, office.id, filters)
        board = totals_by_stage(connection, office.id, filters).values()
    asked = sum(line.montant_demande or 0 for line in page.lines)
    granted = sum(line.montant_accorde or 0 for line in page.lines)
    assert (totals.count, totals.demande, totals.accorde) == (len(page.lines), asked, granted)
    assert sum(each.count for each in board) == totals.count
    assert sum(each.demande for each in board) == asked
    assert sum(each.accorde for each in board) == granted
    return {line.id for line in page.lines}


@pytest.fixture
def microprojets(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def test_each_filter_alone_and_any_two_together(
    database: Database, engine: Engine, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        ids = write_crowd(session, office, 60)
        write_crowd(session, other_office, 30)
        seance = create_seance(session, engine, office.identity(), _SEANCE, NOW)
        inscribed = [write_dossier(session, office, seance_id=seance) for _ in range(2)]
        other = write_dossier(session, office, pipeline="dla_individuel", stage="demande")
    everything = {*ids, *inscribed, other}
    assistant = office.people["assistant"].id
    given: dict[str, Any] = {
        "pipeline": "microprojets",
        "stages": ("accueil", "cts"),
        "referent_id": assistant,
        "departement": "34",
        "text": "jardins",
        "since": date(2026, 2, 2),
        "until": date(2026, 2, 3),
        "seance_id": seance,
        "late": {"contact": date(2026, 3, 13)},
        "among": select(D.c.id).where(D.c.id.in_(ids[:20])),
    }
    assert kept(database, office, Filters()) == everything
    alone = {
        name: kept(database, office, replace(Filters(), **{name: value}))
        for name, value in given.items()
    }
    assert alone["pipeline"] == everything - {other}
    assert alone["seance_id"] == set(inscribed)
    assert alone["among"] == set(ids[:20])
    assert all(0 < len(found) < len(everything) for found in alone.values())
    for first, second in combinations(given, 2):
        filters = replace(Filters(), **{first: given[first], second: given[second]})
        assert kept(database, office, filters) == alone[first] & alone[second], (first, second)


_SEANCE = {
    "comite": "CTS",
    "tenue_le": "2026-04-20T14:00",
    "lieu": "Nice",
    "cloture_inscriptions": "2026-04-10",
}


def test_dossiers_that_nobody_is_in_charge_of(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        mine = write_dossier(session, office, referent_id=office.people["assistant"].id)
        orphan = write_dossier(session, office)
    assert kept(database, office, Filters(referent_id=NOBODY)) == {orphan}
    assert kept(database, office, Filters(referent_id=office.people["assistant"].id)) == {mine}


def test_another_organisme_is_never_seen_whatever_is_asked(
    database: Database, office: Office, other_office: Office
) -> None:
    with database.unit_of_work() as session:
        foreign = write_crowd(session, other_office, 12)
    among = select(D.c.id).where(D.c.id.in_(foreign))
    stranger = other_office.people["assistant"].id
    asked = (
        Filters(),
        Filters(among=among),
        Filters(referent_id=stranger),
        Filters(text="jardins"),
        Filters(late={"contact": date(2027, 1, 1)}),
    )
    assert [kept(database, office, filters) for filters in asked] == [set()] * len(asked)


# --- Words --------------------------------------------------------------------------------------


def test_words_are_found_without_accents_nor_case_wherever_they_stand(
    database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        identity = office.identity()
        structure = create_structure(session, identity, {"nom": "Œuvre de l’Été"}, NOW)
        porteur = find_or_create_personne(session, identity, "Zoé Müller", None, None, NOW).id
        first = write_dossier(session, office, titre="Garage SOLIDAIRE à Vence", reference="MP-7")
        second = write_dossier(session, office, structure_id=structure, titre="Un garage")
        third = write_dossier(session, office, porteur_id=porteur, titre="")
    found = {
        "garage": {first, second},
        "SOLIDAIRE à": {first},
        "  vence   garage ": {first},
        "solid": {first},
        "oeuvre": {second},
        "l’été garage": {second},
        "muller": {third},
        "ZOÉ": {third},
        "mp-7": {first},
        "MP-7 vence": {first},
        "garage muller": set(),
        "": {first, second, third},
        "   ": {first, second, third},
    }
    for text, ids in found.items():
        assert kept(database, office, Filters(text=text)) == ids, text


@pytest.mark.parametrize("sign", ["%", "_", "\\", "/", "'", '"', "[", "*", "?"])
def test_signs_that_databases_take_for_something_else_are_only_signs(
    database: Database, office: Office, sign: str
) -> None:
    with database.unit_of_work() as session:
        wanted = write_dossier(session, office, titre=f"Remise de 10{sign}5")
        write_dossier(session, office, titre="Remise de 10x5")
        write_dossier(session, office, titre="")
    assert kept(database, office, Filters(text=sign)) == {wanted}
    assert kept(database, office, Filters(text=f"10{sign}5")) == {wanted}


def test_a_search_as_long_as_one_likes_is_cut(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        wanted = write_dossier(session, office, titre="a" * 100)
        write_dossier(session, office, titre="b")
    assert kept(database, office, Filters(text="a" * 5000)) == {wanted}


# --- Late ---------------------------------------------------------------------------------------


def test_a_dossier_is_late_from_the_day_after_its_delay_in_paris(
    database: Database, office: Office, microprojets: Pipeline
) -> None:
    limits = late_before(microprojets, date(2026, 3, 12), Customs("metropole"))
    # Fifteen working days before the 12th of March.
    assert limits["contact"] == date(2026, 2, 19)
    assert "suivi" not in limits
    assert "clos" not in limits
    # 23:30 in Paris on the 18th is late; half past midnight on the 19th is not.
    moments = {
        datetime(2026, 2, 18, 22, 30, tzinfo=UTC): True,
        datetime(2026, 2, 18, 23, 30, tzinfo=UTC): False,
    }
    with database.unit_of_work() as session:
        written = {
            write_dossier(session, office, stage_since=moment): late
            for moment, late in moments.items()
        }
        write_dossier(session, office, stage="clos", stage_since=datetime(2020, 1, 1, tzinfo=UTC))
    late = {id for id, is_late in written.items() if is_late}
    assert kept(database, office, Filters(late=limits)) == late
    assert is_late(limits, "contact", date(2026, 2, 18))
    assert not is_late(limits, "contact", date(2026, 2, 19))
    assert not is_late(limits, "clos", date(2020, 1, 1))


def test_nothing_is_late_in_a_pipeline_without_delays(database: Database, office: Office) -> None:
    with database.unit_of_work() as session:
        write_dossier(session, office, stage_since=datetime(2020, 1, 1, tzinfo=UTC))
    assert kept(database, office, Filters(late={})) == set()


def test_an_organisme_sets_how_long_a_dossier_may_stand_in_a_stage(
    database: Database, engine: Engine, office: Office, microprojets: Pipeline
) -> None:
    types, today = engine.vocabulary.field_types, date(2026, 3, 12)
    asked = {"sans_mouvement_contact": "2", "sans_mouvement_accueil": "0"}
    with database.unit_of_work() as session:
        change_parameters(session, types, office.identity(), microprojets, asked, NOW)
    with database.reading() as session:
        limits = late_before(microprojets, today, customs_of(session.connection(), office.id))
    usual = late_before(microprojets, today, Customs("metropole"))
    assert limits["contact"] == date(2026, 3, 10)
    assert "accueil" in usual
    assert "accueil" not in limits
    assert limits["accompagnement"] == usual["accompagnement"]
