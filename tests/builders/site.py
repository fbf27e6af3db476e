"""A whole installation on a loopback port, with one organisme and a person for each role."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.composition import default_engine
from api.main import create_app
from api.rendering import Pages
from api.settings import Settings
from grants.comites.tables import Comite, Passage, Seance
from grants.organisation.identity import Identity
from grants.organisation.roles import DIRECTION
from grants.organisation.tables import Adhesion, Compte, Organisme
from tests.builders.hearings import hold
from tests.builders.offices import QUICK_PASSWORDS
from workflow.database import Database
from workflow.engine import Engine

PASSWORD = "campanule-sauvage-06"
PEOPLE = {
    "direction": "Odile Marchetti",
    "charge_de_mission": "Bastien Roumier",
    "assistant": "Nadège Vialle",
    "lecteur": "Hugo Cesarin",
}
_START_SECONDS = 20
_SECRET = SecretStr("s" * 64)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the installation answers, and what its pages stand on."""

    url: str
    database: Database
    engine: Engine
    organisme_id: int
    comptes: dict[str, int]
    files_folder: Path

    def email(self, role: str) -> str:
        """The address that the person of a role signs in with."""
        return f"{role}@atelier.example"

    def identity(self, role: str = "direction") -> Identity:
        """The person of a role, as services know her."""
        return Identity(self.organisme_id, self.comptes[role], PEOPLE[role], role)


@cache
def _pages() -> Pages:
    """The templates, read once for all the installations of a process."""
    return Pages()


@contextmanager
def running_site(database_url: str, data_folder: Path) -> Generator[Site]:
    """Serve an installation until the block ends."""
    settings = Settings(data_folder=data_folder, database_url=database_url, secret=_SECRET)
    database, engine = Database(database_url), default_engine()
    with database.unit_of_work() as session:
        organisme_id, comptes = people_of(session)
    app = create_app(
        settings, database=database, engine=engine, passwords=QUICK_PASSWORDS, pages=_pages()
    )
    try:
        with answering(app) as url:
            yield Site(url, database, engine, organisme_id, comptes, settings.files_folder)
    finally:
        database.dispose()


@contextmanager
def answering(app: FastAPI) -> Generator[str]:
    """The address where an application answers, until the block ends."""
    port = _free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(server)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def people_of(session: Session) -> tuple[int, dict[str, int]]:
    """An organisme, its people by role, and two séances: one held, one to come."""
    now = datetime.now(UTC)
    organisme = Organisme(nom="L'Atelier des Possibles", departements="06", cree_le=now)
    session.add(organisme)
    session.flush()
    assert organisme.id is not None
    hashed = QUICK_PASSWORDS.hash(PASSWORD)
    comptes: dict[str, int] = {}
    for role, nom in PEOPLE.items():
        compte = Compte(email=f"{role}@atelier.example", nom=nom, mot_de_passe=hashed, cree_le=now)
        session.add(compte)
        session.flush()
        assert compte.id is not None
        comptes[role] = compte.id
        session.add(Adhesion(organisme_id=organisme.id, compte_id=compte.id, role=role))
    comite = Comite(organisme_id=organisme.id, nom="CTS", nature="decision")
    session.add(comite)
    session.flush()
    assert comite.id is not None
    for days, closing in ((30, 15), (-3, -18)):
        session.add(
            Seance(
                organisme_id=organisme.id,
                comite_id=comite.id,
                pipeline="seance",
                pipeline_version=1,
                stage="preparation" if days > 0 else "convoquee",
                stage_since=now,
                trail="1:preparation",
                tenue_le=now + timedelta(days=days),
                lieu="Maison des associations",
                cloture_inscriptions=(now + timedelta(days=closing)).date(),
            )
        )
    session.flush()
    return organisme.id, comptes


def hold_seances(database: Database, granted: int) -> None:
    """The day of every séance has come: each of its dossiers is selected, for that many cents."""
    with database.unit_of_work() as session:
        held = datetime.now(UTC) - timedelta(hours=2)
        session.execute(update(Seance).where(col(Seance.tenue_le) > held).values(tenue_le=held))
        query = select(Passage.seance_id, Passage.dossier_id).where(col(Passage.etat) == "attendu")
        waiting = session.exec(query).all()
        chief = session.exec(select(Adhesion, Compte).join(Compte)).first()
        assert chief is not None, "somebody works there"
        by = Identity(chief[0].organisme_id, chief[0].compte_id, chief[1].nom, DIRECTION)
    for seance, dossier in waiting:
        hold(database, default_engine(), by, seance, {dossier: ("retenu", granted)})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(server: uvicorn.Server) -> None:
    for _ in range(_START_SECONDS * 20):
        if server.started:
            return
        time.sleep(0.05)
    raise AssertionError("the installation did not start")
