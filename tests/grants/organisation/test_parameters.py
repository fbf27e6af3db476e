"""An organisme sets the parameters of its pipelines; what it does not set follows the default."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.reading import parameters_in_force
from grants.organisation.identity import DirectionOnly
from grants.organisation.parameters import (
    Setting,
    change_parameters,
    reset_parameter,
    settings_of,
)
from grants.organisation.settings import ORGANISMES
from tests.builders.offices import NOW, Office
from tests.builders.registers import row_of, story, unsound
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale
from workflow.pipeline import Pipeline


@pytest.fixture
def pipeline(engine: Engine) -> Pipeline:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    return loaded.pipeline


def change(
    database: Database,
    engine: Engine,
    office: Office,
    answers: Any,
    role: str = "direction",
    version: int | None = None,
) -> tuple[str, ...]:
    types, loaded = engine.vocabulary.field_types, engine.catalogue.latest("microprojets")
    assert loaded is not None
    with database.unit_of_work() as session:
        identity = office.identity(role)
        return change_parameters(session, types, identity, loaded.pipeline, answers, NOW, version)


def setting(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline, key: str
) -> Setting:
    with database.reading() as session:
        found = settings_of(
            session.connection(), office.id, pipeline, engine.vocabulary.field_types
        )
    return next(each for each in found if each.parameter.key == key)


def test_a_parameter_follows_its_default_until_it_is_set(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    cap = setting(database, engine, office, pipeline, "plafond")
    assert (cap.value, cap.default, cap.overridden, cap.last) == (2_300_000, 2_300_000, False, None)


def test_a_value_that_is_set_is_in_force_for_this_organisme_alone(
    database: Database, engine: Engine, office: Office, other_office: Office, pipeline: Pipeline
) -> None:
    assert change(database, engine, office, {"plafond": "21 000,50"}) == ("plafond",)
    cap = setting(database, engine, office, pipeline, "plafond")
    assert (cap.value, cap.overridden) == (2_100_050, True)
    assert cap.last is not None
    assert cap.last.actor_name == office.identity().nom
    assert not setting(database, engine, other_office, pipeline, "plafond").overridden


def test_what_is_set_is_what_the_dossiers_are_ruled_by(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    change(database, engine, office, {"plafond": "15 000", "effectif_maximal": "7,5"})
    kept = row_of(database, ORGANISMES, office.id, office.id)["parametres"]
    in_force = parameters_in_force(pipeline, kept, engine.vocabulary.field_types)
    assert (in_force["plafond"], in_force["effectif_maximal"]) == (1_500_000, 750)
    with database.unit_of_work() as session:
        opening = Opening("microprojets", NOW.date())
        opened = open_dossier(session, engine, office.identity(), opening, NOW)
        assert opened.row["plafond"] == 1_500_000


def test_the_journal_tells_each_value_with_what_it_replaced(
    database: Database, engine: Engine, office: Office
) -> None:
    change(database, engine, office, {"plafond": "15 000", "base_du_plafond": "cout_total"})
    change(database, engine, office, {"plafond": "16 000"})
    told = [line.content for line in story(database, ORGANISMES, office.id)[-2:]]
    assert [content["pipeline"] for content in told] == ["microprojets"] * 2
    assert told[0]["champs"] == {
        "plafond": {"avant": 2_300_000, "apres": 1_500_000},
        "base_du_plafond": {"avant": "aide", "apres": "cout_total"},
    }
    assert told[1]["champs"] == {"plafond": {"avant": 1_500_000, "apres": 1_600_000}}


def test_the_default_typed_again_follows_the_default_again(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    change(database, engine, office, {"plafond": "15 000"})
    assert change(database, engine, office, {"plafond": "23 000"}) == ("plafond",)
    assert not setting(database, engine, office, pipeline, "plafond").overridden
    assert row_of(database, ORGANISMES, office.id, office.id)["parametres"] == "{}"


def test_going_back_to_the_default_leaves_the_other_parameters(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    types = engine.vocabulary.field_types
    change(database, engine, office, {"plafond": "15 000", "objectif_annuel": "25"})
    with database.unit_of_work() as session:
        assert reset_parameter(session, types, office.identity(), pipeline, "plafond", NOW)
        assert not reset_parameter(session, types, office.identity(), pipeline, "plafond", NOW)
        with pytest.raises(NotFound):
            reset_parameter(session, types, office.identity(), pipeline, "inconnu", NOW)
    kept = json.loads(row_of(database, ORGANISMES, office.id, office.id)["parametres"])
    assert kept == {"microprojets": {"objectif_annuel": 25}}


def test_saving_parameters_as_they_were_writes_nothing(
    database: Database, engine: Engine, office: Office
) -> None:
    before = len(story(database, ORGANISMES, office.id))
    assert change(database, engine, office, {"plafond": "23000", "effectif_maximal": "5"}) == ()
    assert len(story(database, ORGANISMES, office.id)) == before


def test_every_fault_is_named_at_once_and_nothing_is_changed(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    with pytest.raises(Invalid) as raised:
        change(
            database,
            engine,
            office,
            {
                "plafond": "0",
                "base_du_plafond": "la lune",
                "effectif_maximal": "",
                "debut_triennal": "1492",
                "objectif_annuel": "30",
                "inconnu": "x",
            },
        )
    assert set(raised.value.faults) == {
        *("plafond", "base_du_plafond", "effectif_maximal", "debut_triennal", "inconnu")
    }
    assert not setting(database, engine, office, pipeline, "objectif_annuel").overridden


def test_parameters_changed_by_somebody_else_meanwhile_are_not_overwritten(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline
) -> None:
    seen = row_of(database, ORGANISMES, office.id, office.id)["seq"]
    change(database, engine, office, {"plafond": "15 000"}, version=seen)
    with pytest.raises(Stale) as raised:
        change(database, engine, office, {"plafond": "16 000"}, version=seen)
    assert "Paramètre changé" in str(raised.value)
    assert setting(database, engine, office, pipeline, "plafond").value == 1_500_000


@pytest.mark.parametrize("role", ["charge_de_mission", "assistant", "lecteur"])
def test_only_the_direction_sets_parameters(
    database: Database, engine: Engine, office: Office, pipeline: Pipeline, role: str
) -> None:
    types = engine.vocabulary.field_types
    with pytest.raises(DirectionOnly):
        change(database, engine, office, {"plafond": "15 000"}, role)
    with database.unit_of_work() as session, pytest.raises(DirectionOnly):
        reset_parameter(session, types, office.identity(role), pipeline, "plafond", NOW)


def test_the_chain_verifies_after_parameters_changed(
    database: Database, engine: Engine, office: Office
) -> None:
    change(database, engine, office, {"plafond": "15 000"})
    with database.reading() as session:
        assert not unsound(session.connection())
