"""One campaign: an installation, its walkers, and whatever is killed under them meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.composition import default_engine
from grants.dossiers.opening import Opening, open_dossier
from grants.organisation.people import find_or_create_personne
from tests.builders.offices import PASSWORD, make_office
from tests.faults.evidence import faults_of
from tests.faults.program import LOG, Program, free_port, listens, program, wait_for
from tests.faults.walkers import Asked, OwnDossier, Tally, Walker
from workflow.database import Database

WALKERS = 4
OWNED = 5


@dataclass
class Campaign:
    """Walkers at work on one database, through one server or several."""

    program: Program
    walkers: list[Walker]
    tally: Tally
    servers: dict[int, int]
    broken: str
    log: Path

    def suffer(self, blows: Sequence[Callable[[], None]], rng: random.Random) -> None:
        """Take these blows in any order, each at a moment among the moves."""
        moments = sorted(rng.sample(range(1, self.tally.wanted), len(blows)))
        for at, blow in zip(moments, rng.sample(blows, len(blows)), strict=True):
            self.tally.wait(at)
            time.sleep(rng.uniform(0, 0.01))
            blow()

    def kill(self) -> None:
        """Kill every server, and start each again at once."""
        for port in self.servers:
            self._kill(port)

    def kill_one(self, rng: random.Random) -> Callable[[], None]:
        """The killing of one server, another each time."""
        return lambda: self._kill(rng.choice([*self.servers]))

    def _kill(self, port: int) -> None:
        self.program.kill(self.servers[port])
        self.servers[port] = self.program.start(port, self.broken)

    def keep_up(self) -> None:
        """What the keeper of a real server does (docs/exploitation.md, `Restart=on-failure`).

        One that was starting while its database was away has stopped, and is started again.
        """
        for port in self.servers:
            if not listens(port, within_s=5):
                self._kill(port)

    def finish(self) -> None:
        """Wait for the last move."""
        for walker in self.walkers:
            walker.join(timeout=300)
            assert not walker.is_alive(), "a walker never came back"

    @property
    def moves(self) -> list[Asked]:
        """Everything that was asked for."""
        return [asked for walker in self.walkers for asked in walker.moves]

    @property
    def faults(self) -> list[str]:
        """What the walkers were wrongly told, and the incidents that the servers noted."""
        log = self.log.read_text("utf-8").splitlines()
        noted = [line for line in log if '"incident"' in line or "Traceback" in line]
        return [fault for walker in self.walkers for fault in walker.faults] + noted


@contextmanager
def campaign(
    database_url: str,
    folder: Path,
    rng: random.Random,
    wanted: int,
    *,
    servers: int = 1,
    broken: str = "",
) -> Generator[Campaign]:
    """Everybody signed in and walking, until that many moves were acknowledged."""
    owned, shared = _dossiers(database_url, WALKERS * OWNED)
    tally = Tally(wanted)
    with program(database_url, folder) as running:
        ports = [free_port() for _ in range(servers)]
        pids = {port: running.start(port, broken) for port in ports}
        walkers = [
            Walker(
                ports[number % servers],
                "direction@aide34.example",
                PASSWORD,
                tally,
                random.Random(rng.random()),
                owned[number::WALKERS],
                shared,
            )
            for number in range(WALKERS)
        ]
        for port in ports:
            wait_for(port)
        for walker in walkers:
            walker.sign_in()
        for walker in walkers:
            walker.start()
        yield Campaign(running, walkers, tally, pids, broken, folder / LOG)


def found_faults(database_url: str, moves: list[Asked]) -> list[str]:
    """What the database says of the moves."""
    database = Database(database_url)
    try:
        with database.reading() as session:
            return faults_of(session.connection(), moves)
    finally:
        database.dispose()


def _dossiers(database_url: str, number: int) -> tuple[list[OwnDossier], int]:
    """An organisme, that many dossiers for walkers of their own, and one for all of them."""
    now, engine = datetime.now(UTC), default_engine()
    database = Database(database_url)
    with database.unit_of_work() as session:
        identity = make_office(session).identity()
        porteur = find_or_create_personne(
            session, identity, "Anne Essai", "anne@example.org", None, now
        )
        opening = Opening("microprojets", now.date(), porteur.id, values={"titre": "Jardin"})
        ids = [open_dossier(session, engine, identity, opening, now).id for _ in range(number + 1)]
    database.dispose()
    return [OwnDossier(id) for id in ids[1:]], ids[0]
