"""All of a move or nothing of it, and what the software then does by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from grants.dossiers import advance as module
from grants.dossiers.advance import AutomaticLoop, follow_event
from grants.dossiers.reading import read_subject
from notifications.courrier_table import Courrier
from tests.builders.dossiers import Counter
from tests.builders.toys import small_pipeline
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import Invalid
from workflow.loader import Catalogue, LoadedPipeline
from workflow.machine import PipelineMachine
from workflow.pipeline import Pipeline


@pytest.mark.parametrize(
    "table", ["dossier", "journal", "journal_payload", "echeance", "courrier", "rendez_vous"]
)
def test_everything_that_a_move_writes_dies_with_its_rollback(counter: Counter, table: str) -> None:
    counter.open()
    before = _rows(counter, table)
    with pytest.raises(ZeroDivisionError):
        _move_and_fail(counter)
    assert _rows(counter, table) == before
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert _rows(counter, table) != before


def _move_and_fail(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        counter.do_in(session, "accueillir", rendez_vous="2026-03-20T10:30")
        raise ZeroDivisionError


def _rows(counter: Counter, table: str) -> list[tuple[Any, ...]]:
    with counter.database.reading() as session:
        query = text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        return [tuple(row) for row in session.connection().execute(query)]


def test_an_effect_that_fails_takes_the_move_with_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.open()
    before = counter.read()

    def fail(_context: object) -> None:
        raise ZeroDivisionError

    real = counter.engine.vocabulary.effects["fixer_rendez_vous"]
    broken = type(real)(real.name, fail)
    monkeypatch.setitem(counter.engine.vocabulary.effects, real.name, broken)
    with pytest.raises(ZeroDivisionError):
        counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert counter.read() == before
    assert counter.letters() == []


def test_advance_never_commits(counter: Counter) -> None:
    counter.open()
    with counter.database.unit_of_work() as session:
        counter.do_in(session, "accueillir", rendez_vous="2026-03-20T10:30")
        assert counter.read().stage == "contact"
    assert counter.read().stage == "accueil"


# --- What the software does by itself -------------------------------------------------------------


def engine_over(engine: Engine, pipeline: Pipeline) -> Engine:
    loaded = LoadedPipeline(pipeline, PipelineMachine(pipeline), "", "jouet.toml")
    return Engine(engine.vocabulary, Catalogue([loaded]))


def by_itself(*guarded: str) -> Pipeline:
    return small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b", "roles": ["charge_de_mission"]},
            {"key": "filer", "from": "b", "to": "c", "automatic": True, "guards": guarded},
        ],
    )


def test_an_automatic_action_follows_in_the_same_transaction(counter: Counter) -> None:
    counter.engine = engine_over(counter.engine, by_itself())
    counter.open("jouet")
    done = counter.do("avancer")
    assert (done.stage, [move.action.key for move in done.moves]) == ("c", ["avancer", "filer"])
    lines = counter.lines()
    assert [(line.event, line.role, line.actor_name) for line in lines[1:]] == [
        ("avancer", "charge_de_mission", "Chargé de mission de Aide 34"),
        ("filer", "systeme", "Microprojets"),
    ]


def test_an_automatic_action_waits_for_its_guards(counter: Counter) -> None:
    counter.engine = engine_over(counter.engine, by_itself("sans_rendez_vous"))
    counter.open("jouet")
    assert counter.do("avancer").stage == "c"
    counter.engine = engine_over(counter.engine, by_itself("aide_sous_plafond", "structure_connue"))
    counter.open("jouet", structure_id=None)
    assert counter.do("avancer").stage == "b"


def test_a_loop_of_automatic_actions_is_stopped_and_nothing_is_kept(counter: Counter) -> None:
    looping = small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b", "roles": ["charge_de_mission"]},
            {"key": "aller", "from": "b", "to": "a", "automatic": True},
            {"key": "venir", "from": "a", "to": "c", "automatic": True, "guards": ["seance_tenue"]},
            {"key": "tourner", "from": "a", "to": "b", "automatic": True},
        ],
    )
    counter.engine = engine_over(counter.engine, looping)
    with pytest.raises(AutomaticLoop, match="jouet"):
        counter.open("jouet")
    with counter.database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM dossier")).scalar() == 0


def test_a_named_event_restarts_a_timed_action(counter: Counter) -> None:
    timed = small_pipeline(
        "a b!",
        [
            {
                "key": "expirer",
                "from": "a",
                "to": "b",
                "timer": {"after": "10 jours", "restart_on": ["note_ajoutee"]},
            }
        ],
    )
    counter.engine = engine_over(counter.engine, timed)
    counter.open("jouet")
    assert counter.still_open() == [("expirer", 1, date(2026, 3, 23))]
    counter.wait(days=5)
    with counter.database.unit_of_work() as session:
        connection = session.connection()
        id = counter.dossier
        subject = read_subject(connection, counter.engine, counter.office.id, id, lock=True)
        follow_event(connection, counter.engine, subject, "note_ajoutee", counter.now)
    assert counter.still_open() == [("expirer", 2, date(2026, 3, 27))]


def test_only_the_declared_facts_are_loaded(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.open()
    loaded: list[str] = []
    real = module.situation_of

    def spying(*arguments: Any) -> Any:
        loaded.extend(arguments[-1])
        return real(*arguments)

    monkeypatch.setattr(module, "situation_of", spying)
    counter.do("accueillir", rendez_vous="2026-03-20T10:30")
    assert loaded == []
    counter.take_to("accompagnement")
    counter.fill("projet")
    counter.finance()
    counter.bring_pieces()
    loaded.clear()
    counter.do("inscrire_cts", seance=str(counter.plan_seance()))
    assert set(loaded) == {"clotures_des_seances", "financements", "pieces"}


def test_a_letter_row_is_written_once_for_each_move(counter: Counter) -> None:
    counter.take_to("cts")
    other = counter.plan_seance(days=60)
    counter.do("changer_de_seance", reason="Report.", seance=str(other))
    table = table_of(Courrier)
    with counter.database.reading() as session:
        query = select(table.c.letter, table.c.subject_seq).where(
            table.c.letter == "invitation_cts"
        )
        seqs = [row.subject_seq for row in session.connection().execute(query)]
    assert len(seqs) == len(set(seqs)) == 2


def test_what_is_typed_on_a_sheet_is_what_the_rules_read(counter: Counter) -> None:
    counter.take_to("accueil")
    counter.fill("accueil", statut_ess="non", effectif_etp="5,01")
    assert counter.refusals("accompagner") == [
        "Condition non remplie : « Structure de l’économie sociale et solidaire ».",
        "La structure compte 5,01 ETP ; le maximum est 5.",
    ]
    with pytest.raises(Invalid):
        counter.fill("accueil", effectif_etp="beaucoup")
