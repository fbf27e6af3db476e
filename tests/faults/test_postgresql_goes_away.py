"""PostgreSQL refuses, cuts or stops under requests: a page in French says so, nothing is half
written, and work goes on by itself when the fault is over."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from api.migrate import upgrade
from api.rendering import Pages
from grants.dossiers import advance as moving
from tests.builders.addresses import READ, WRITTEN
from tests.builders.contents import contents
from tests.builders.postgres import PostgresServer
from tests.faults.serving import ELSEWHERE, Served, serving, told


@pytest.fixture
def on_postgresql(postgresql_url: str, tmp_path: Path, pages: Pages) -> Generator[Served]:
    with serving(postgresql_url, tmp_path, pages) as found:
        yield found


# --- What PostgreSQL may answer ---------------------------------------------------------------

STATES = {
    "disk full": ("53100", "Le disque est plein"),
    "too many connections": ("53300", "est occupée"),
    "lock not available": ("55P03", "est occupée"),
    "deadlock": ("40P01", "est occupée"),
    "serialization": ("40001", "est occupée"),
    "read only": ("25006", "en lecture seule"),
    "query cancelled": ("57014", "ne répond pas"),
    "shutting down": ("57P01", "ne répond pas"),
    "input or output": ("58030", "ne répond pas"),
    "data corrupted": ("XX001", "n'est pas une base de données en bon état"),
}


@pytest.mark.parametrize(
    ("table", "state", "sentence"),
    [
        *(("journal", *each) for each in STATES.values()),
        *((table, *STATES["disk full"]) for table in ("dossier", "echeance", "courrier")),
    ],
)
def test_whatever_postgresql_refuses_is_told_and_nothing_is_half_written(
    on_postgresql: Served, table: str, state: str, sentence: str
) -> None:
    refuse = f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'au milieu' USING ERRCODE = '{state}'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse();
    """
    before = contents(on_postgresql.database)
    with beside(on_postgresql) as other:
        other.execute(refuse.encode())
        assert told(on_postgresql.move(), sentence)
        assert contents(on_postgresql.database) == before
        other.execute("DROP FUNCTION refuse CASCADE")
    assert on_postgresql.move().status_code == 303
    assert on_postgresql.is_sound()


@contextmanager
def beside(served: Served) -> Generator[psycopg.Connection]:
    """Another client of the same server."""
    with psycopg.connect(served.url.replace("+psycopg", ""), autocommit=True) as other:
        yield other


def cut(served: Served) -> None:
    """Cut every connection of the application, as a restart of the server would."""
    with beside(served) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("step", ["read", "append", "store_move", "enqueue", "plan_stage"])
def test_a_connection_cut_at_any_step_of_a_move_leaves_nothing_of_it(
    on_postgresql: Served, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    owner = {"read": moving.correction, "append": moving.journal, "enqueue": moving.outbox}
    real = getattr(owner.get(step, moving), step)

    def cut_then_go_on(*arguments: Any, **named: Any) -> Any:
        cut(on_postgresql)
        return real(*arguments, **named)

    before = contents(on_postgresql.database)
    with monkeypatch.context() as patch:
        patch.setattr(owner.get(step, moving), step, cut_then_go_on)
        assert told(on_postgresql.move(), "Rien n'a été enregistré")
    assert contents(on_postgresql.database) == before
    assert on_postgresql.move().status_code == 303
    assert on_postgresql.is_sound()


def test_a_connection_cut_while_it_commits_is_not_said_to_have_kept_nothing(
    on_postgresql: Served,
) -> None:
    """The commit may have been done: only the page can tell."""

    def cut_first(_connection: Any) -> None:
        cut(on_postgresql)

    engine = on_postgresql.database.engine
    event.listen(engine, "commit", cut_first)
    answer = on_postgresql.move()
    event.remove(engine, "commit", cut_first)

    assert told(answer, "pendant l'enregistrement")
    assert "Rien n'a été enregistré" not in answer.text.replace("’", "'")
    assert on_postgresql.move().status_code == 303
    assert on_postgresql.is_sound()


def test_every_page_says_that_the_server_is_down_and_comes_back_with_it(
    durable_postgresql: PostgresServer, tmp_path: Path, pages: Pages
) -> None:
    url = durable_postgresql.url()
    upgrade(url)
    with serving(url, tmp_path, pages) as served:
        before = contents(served.database)
        durable_postgresql.stop()
        for address in (*READ, *WRITTEN):
            answer = served.ask(address)
            assert told(answer, "ne répond pas") or address.path in (*ELSEWHERE, "/healthz")
        assert served.visitor.get("/healthz").status_code == 503
        assert served.visitor.get("/static/app.js").status_code == 200
        durable_postgresql.start()
        assert contents(served.database) == before
        assert served.move().status_code == 303
        assert served.is_sound()
