"""Members of the association: counted in the report, once each."""

from __future__ import annotations

import pytest

from grants.adherents.service import record_adherent
from grants.rapport.activite.periodes import named_period
from grants.rapport.activite.reading import read_report
from grants.structures.service import create_structure
from tests.builders.offices import NOW, Office
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Invalid


def test_the_report_counts_members_and_those_of_the_insertion(
    database: Database, engine: Engine, office: Office
) -> None:
    me = office.identity()
    with database.unit_of_work() as session:
        for nom, more in (
            ("Un", {"nature_iae": "aci"}),
            ("Deux", {}),
            ("Avant", {"fin": "2025-12-31"}),
        ):
            id = create_structure(session, me, {"nom": nom}, NOW)
            typed = {"structure_id": str(id), "debut": "2025-01-01", **more}
            record_adherent(session, engine, me, typed, NOW)
        with pytest.raises(Invalid):
            record_adherent(session, engine, me, {**typed, "debut": "2025-12-31", "fin": ""}, NOW)
    with database.reading() as session:
        about = (session.connection(), engine, office.id)
        told = {year: read_report(*about, named_period(year)) for year in ("2025", "2026")}
    figures = [
        [report.told("vie_associative", key) for key in ("adherents", "adherents_iae")]
        for report in told.values()
    ]
    assert [[each and each.value.amount for each in row] for row in figures] == [[3, 1], [2, 1]]
