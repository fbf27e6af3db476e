"""A séance is planned and moved; the dossiers inscribed to it follow its date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from api.composition import default_engine
from grants.comites.chain import SEANCES
from grants.comites.seances import create_seance, modify_seance
from grants.organisation.identity import ReadOnly
from tests.builders.bureau import Bureau
from tests.builders.offices import NOW, Office
from tests.builders.registers import events, row_of, story, unsound
from workflow.database import Database, table_of
from workflow.echeance_table import Echeance
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound, Stale

FORM = {
    "comite": "CTS",
    "tenue_le": "2026-04-16T14:00",
    "lieu": "Maison des initiatives",
    "cloture_inscriptions": "2026-04-02",
}
APPUI: dict[str, Any] = {"comite": "Comité d'appui"}


ELIGIBLE = ("statut_ess", "territoire_eligible", "lien_emploi", "sans_autre_aide_ue")


def planned(database: Database, office: Office, **answers: str) -> int:
    engine = default_engine()
    with database.unit_of_work() as session:
        return create_seance(session, engine, office.identity(), {**FORM, **answers}, NOW)


def moved(
    database: Database,
    engine: Engine,
    office: Office,
    id: int,
    now: datetime = NOW,
    version: int | None = None,
    **answers: Any,
) -> bool:
    with database.unit_of_work() as session:
        form = {**FORM, **answers}
        return modify_seance(session, engine, office.identity(), id, form, now, version)


@pytest.fixture
def bureau(database: Database, engine: Engine, office: Office) -> Bureau:
    return Bureau(database, engine, office.identity(), office.identity("charge_de_mission"))


def taken_to_the_comite(bureau: Bureau) -> int:
    """A microprojet inscribed to a séance in ten days; the séance's id."""
    bureau.open("microprojets", montant_demande=1_000_000, cout_total=1_000_000)
    bureau.do("accueillir", rendez_vous=f"{bureau.now + timedelta(days=1):%Y-%m-%dT%H:%M}")
    bureau.fill(
        "accueil",
        compte_rendu="Reçue.",
        effectif_etp="1",
        **dict.fromkeys(ELIGIBLE, "oui"),
    )
    bureau.do("accompagner")
    bureau.fill(
        "projet",
        public_vise="Habitants",
        emplois_crees="1",
        date_debut="2026-09-01",
        date_fin="2027-06-30",
    )
    seance = bureau.seance()
    bureau.bring_pieces()
    bureau.do("inscrire_cts", seance=seance)
    return int(seance)


def test_a_seance_is_kept_in_utc_with_the_paris_hour_that_was_typed(
    database: Database, office: Office
) -> None:
    id = planned(database, office)
    row = row_of(database, SEANCES, office.id, id)
    assert row["tenue_le"].isoformat() == "2026-04-16T12:00:00+00:00"
    assert row["cloture_inscriptions"].isoformat() == "2026-04-02"
    assert events(database, SEANCES, id) == ["seance_creee"]


def test_inscriptions_may_close_on_the_very_day_of_the_seance(
    database: Database, office: Office
) -> None:
    assert planned(database, office, cloture_inscriptions="2026-04-16")


def test_inscriptions_never_close_after_the_seance(
    database: Database, engine: Engine, office: Office
) -> None:
    with pytest.raises(Invalid) as raised:
        planned(database, office, cloture_inscriptions="2026-04-17")
    assert "le jour de la séance au plus tard" in raised.value.faults["cloture_inscriptions"]
    id = planned(database, office)
    with pytest.raises(Invalid) as raised:
        moved(database, engine, office, id, tenue_le="2026-04-01T14:00")
    assert set(raised.value.faults) == {"cloture_inscriptions"}


def test_every_fault_of_a_seance_is_named_at_once(database: Database, office: Office) -> None:
    with pytest.raises(Invalid) as raised:
        planned(
            database,
            office,
            comite="",
            tenue_le="2026-03-29T02:30",
            lieu="x" * 301,
            cloture_inscriptions="30/02/2026",
        )
    assert set(raised.value.faults) == {"comite", "tenue_le", "lieu", "cloture_inscriptions"}


def test_a_moved_seance_is_journaled_with_what_it_replaced(
    database: Database, engine: Engine, office: Office
) -> None:
    id = planned(database, office)
    assert moved(database, engine, office, id, tenue_le="2026-04-23T09:30", lieu="Nîmes")
    assert story(database, SEANCES, id)[-1].content["champs"] == {
        "tenue_le": {"avant": "2026-04-16T12:00:00Z", "apres": "2026-04-23T07:30:00Z"},
        "lieu": {"avant": "Maison des initiatives", "apres": "Nîmes"},
    }
    assert not moved(database, engine, office, id, tenue_le="2026-04-23T09:30", lieu="Nîmes")


def test_a_seance_changed_by_somebody_else_meanwhile_is_not_overwritten(
    database: Database, engine: Engine, office: Office
) -> None:
    id = planned(database, office)
    moved(database, engine, office, id, version=1, lieu="Nîmes")
    with pytest.raises(Stale):
        moved(database, engine, office, id, version=1, lieu="Alès")


def test_the_same_form_sent_twice_plans_one_seance(
    database: Database, engine: Engine, office: Office
) -> None:
    ids = set()
    for _ in range(2):
        with database.unit_of_work() as session:
            ids.add(
                create_seance(session, engine, office.identity(), FORM, NOW, key="clic-numero-1")
            )
    assert len(ids) == 1


def test_a_seance_that_dossiers_went_through_is_not_put_back_in_the_future(
    database: Database, engine: Engine, office: Office, bureau: Bureau
) -> None:
    id = taken_to_the_comite(bureau)
    later = bureau.now + timedelta(days=20)
    ahead = f"{later + timedelta(days=5):%Y-%m-%dT%H:%M}"
    with pytest.raises(Invalid) as raised:
        moved(database, engine, office, id, now=later, tenue_le=ahead, **APPUI)
    assert "Prévoyez une nouvelle séance" in raised.value.faults["tenue_le"]
    before = f"{later - timedelta(days=2):%Y-%m-%dT%H:%M}"
    closing = f"{later - timedelta(days=9):%Y-%m-%d}"
    assert moved(
        database,
        engine,
        office,
        id,
        now=later,
        tenue_le=before,
        cloture_inscriptions=closing,
        **APPUI,
    )


def test_the_reminders_of_inscribed_dossiers_follow_a_moved_seance(
    database: Database, engine: Engine, office: Office, bureau: Bureau
) -> None:
    id = taken_to_the_comite(bureau)
    held = row_of(database, SEANCES, office.id, id)["tenue_le"]
    # So close that the reminder, seven working days before, would be in the past.
    assert anchors(database, bureau.dossier) == {}
    for days in (30, 37):
        later = held + timedelta(days=days)
        moved(database, engine, office, id, tenue_le=f"{later:%Y-%m-%dT%H:%M}", **APPUI)
        assert anchors(database, bureau.dossier) == {"porteur_invite": later.date()}


def test_a_seance_where_dossiers_are_inscribed_cannot_be_deleted(
    database: Database, bureau: Bureau
) -> None:
    id = taken_to_the_comite(bureau)
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.connection().execute(SEANCES.table.delete().where(SEANCES.table.c.id == id))


def test_a_foreign_seance_does_not_exist(
    database: Database, engine: Engine, office: Office, other_office: Office
) -> None:
    id = planned(database, office)
    for unknown in (id, 0, 2**70):
        with pytest.raises(NotFound):
            moved(database, engine, other_office, unknown)


def test_a_lecteur_changes_no_seance(database: Database, engine: Engine, office: Office) -> None:
    id = planned(database, office)
    reader = office.identity("lecteur")
    with database.unit_of_work() as session:
        with pytest.raises(ReadOnly):
            create_seance(session, engine, reader, FORM, NOW)
        with pytest.raises(ReadOnly):
            modify_seance(session, engine, reader, id, FORM, NOW)
        assert not unsound(session.connection())


def anchors(database: Database, dossier_id: int) -> dict[str, date]:
    """The day that each open reminder of a dossier hangs on, by rule."""
    rows = table_of(Echeance)
    query = select(rows.c.rule, rows.c.anchored_on).where(
        rows.c.subject_kind == "dossier",
        rows.c.subject_id == dossier_id,
        rows.c.state == "prevue",
    )
    with database.reading() as session:
        return {row.rule: row.anchored_on for row in session.connection().execute(query)}
