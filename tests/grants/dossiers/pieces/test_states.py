"""A document out of date matters as long as something may still wait for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from grants.dossiers.pieces.states import PERIMEE, VALIDEE, standings
from workflow.engine import Engine

DAY = date(2026, 12, 1)
OLD: dict[str, Any] = {
    "cle": "avis_siren",
    "structure_id": 7,
    "etat": VALIDEE,
    "date_document": date(2025, 1, 2),
}


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        (None, PERIMEE),
        ("accompagnement", PERIMEE),
        ("cts", PERIMEE),  # the comité may send it back to accompagnement
        ("suivi", VALIDEE),
        ("clos", VALIDEE),
    ],
)
def test_what_served_stays_good_once_no_move_ahead_waits_for_it(
    engine: Engine, stage: str | None, state: str
) -> None:
    loaded = engine.catalogue.latest("microprojets")
    assert loaded is not None
    found = standings(loaded.pipeline, [OLD], DAY, stage)
    standing = next(each for each in found if each.piece.key == "avis_siren")
    assert standing.last_day == date(2025, 7, 2)
    assert (standing.state, standing.served) == (state, state == VALIDEE)
