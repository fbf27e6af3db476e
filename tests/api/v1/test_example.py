"""The client of `docs/examples` takes a dossier from contact to clos, against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grants.organisation.jetons import ECRITURE, make_token
from tests.builders.offices import Office, make_office
from tests.builders.site import hold_seances
from tests.faults.program import ROOT, free_port, program, wait_for
from workflow.database import Database

SCRIPT = ROOT / "docs" / "examples" / "du_contact_au_solde.py"


@dataclass
class Example:
    """The script, run as the README says, by the chargé de mission."""

    url: str
    token: str

    def run(self, *arguments: str) -> tuple[int, str]:
        """What it ends with, and what it says."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), self.url, *arguments],
            env={**os.environ, "MICROPROJETS_JETON": self.token},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def served(sqlite_url: str) -> Generator[Database]:
    found = Database(sqlite_url)
    yield found
    found.dispose()


@pytest.fixture
def office_served(served: Database) -> Office:
    with served.unit_of_work() as session:
        return make_office(session)


@pytest.fixture
def example(
    served: Database, office_served: Office, sqlite_url: str, tmp_path: Path
) -> Generator[Example]:
    asked = {"nom": "Exemple", "portee": ECRITURE, "jours": "30"}
    with served.unit_of_work() as session:
        now = datetime.now(UTC) - timedelta(minutes=1)
        token = make_token(session, office_served.identity("charge_de_mission"), asked, now)
    port = free_port()
    with program(sqlite_url, tmp_path) as running:
        running.start(port)
        wait_for(port)
        yield Example(f"http://127.0.0.1:{port}", token)


def test_the_example_takes_a_dossier_from_contact_to_clos(
    example: Example, served: Database
) -> None:
    for token, sentence in (("", "Donnez un jeton"), ("mp_revoque", "Ce jeton n’est pas valable")):
        code, said = Example(example.url, token).run()
        assert code == 2, said
        assert sentence in said
    code, said = example.run()
    assert code == 3, said
    assert "La séance n’a pas encore eu lieu" in said.replace("'", "’")
    found = re.search(r"À reprendre plus tard : --dossier (\d+)", said)
    assert found, said
    assert example.run("--dossier", found[1])[0] == 3

    hold_seances(served, granted=1_500_050)
    code, said = example.run("--dossier", found[1])
    assert code == 0, said
    assert "« clos »" in said
    # A second one, for the structure that is known now.
    assert "ouvert" in example.run()[1]
