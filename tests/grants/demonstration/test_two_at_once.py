from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.composition import default_engine
from grants.demonstration.donnees import charger_2009
from grants.demonstration.replay import DemonstrationAlreadyThere, load_demonstration
from grants.dossiers.pieces.storage import Storage
from grants.organisation.founding import create_organisme, wait_for_other_starts
from workflow.database import Database

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def test_a_demonstration_that_another_server_is_loading_is_waited_for(
    postgresql_url: str, tmp_path: Path
) -> None:
    files = Storage(tmp_path)
    database, name = Database(postgresql_url), charger_2009().organisme.nom
    with ThreadPoolExecutor(1) as elsewhere:
        with database.unit_of_work() as first:
            wait_for_other_starts(first.connection())
            create_organisme(first.connection(), {"nom": name}, NOW)
            second = elsewhere.submit(
                load_demonstration, database, default_engine(), NOW, files, only="2009"
            )
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        with pytest.raises(DemonstrationAlreadyThere):
            second.result(timeout=30)
    database.dispose()
