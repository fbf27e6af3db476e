"""The pages of séances: those to come and those held, planned, moved, read by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from grants.comites.agenda import put_on_agenda
from tests.builders.offices import NOW, Holdings, Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import Database

FORM = {
    "comite": "CTS",
    "tenue_le": "2026-05-14T14:00",
    "lieu": "Maison des initiatives",
    "cloture_inscriptions": "2026-04-30",
}


@pytest.fixture
def charge(visitor: Visitor, office: Office) -> Visitor:
    return visitor.enter(office.people["charge_de_mission"], office.id)


@pytest.fixture
def lecteur(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["lecteur"], office.id)


def version_on(html: str) -> str:
    found = re.search(r'name="lock_version" value="(\d+)"', html)
    assert found
    return found[1]


def test_without_a_seance_the_page_says_what_to_do(charge: Visitor, lecteur: Visitor) -> None:
    assert "Prévoir une séance" in charge.get("/seances").text
    shown = lecteur.get("/seances").text
    assert "Aucune séance n’est prévue" in shown
    assert "Prévoir une séance" not in shown


def test_a_seance_is_planned_and_read(charge: Visitor, lecteur: Visitor) -> None:
    url = charge.post("/seances/nouvelle", FORM).headers["location"]
    for reader in (charge, lecteur):
        shown = reader.get(url).text
        assert "CTS du 14 mai 2026" in shown
        assert "Maison des initiatives" in shown
        assert "Aucun dossier n’est encore inscrit" in shown
    assert "Modifier la séance" in charge.get(url).text
    assert "Modifier la séance" not in lecteur.get(url).text


def test_a_held_seance_leaves_the_ones_to_come(
    charge: Visitor, clock: Clock, new_visitor: Callable[..., Visitor], office: Office
) -> None:
    charge.post("/seances/nouvelle", FORM)
    assert "Inscriptions ouvertes" in charge.get("/seances").text
    clock.advance(days=40)
    later = new_visitor().enter(office.people["direction"], office.id)
    assert "Clôture dans 9\u00a0jours" in later.get("/seances").text
    clock.advance(days=12)
    later = new_visitor().enter(office.people["direction"], office.id)
    assert "Inscriptions closes" in later.get("/seances").text
    clock.advance(days=20)
    later = new_visitor().enter(office.people["direction"], office.id)
    shown = later.get("/seances").text
    assert "Tenue" in shown
    assert "Aucune séance n’est prévue" in shown


def test_a_new_seance_is_proposed_where_the_latest_one_was(charge: Visitor) -> None:
    charge.post("/seances/nouvelle", {**FORM, "comite": "Comité d'appui"})
    shown = charge.get("/seances/nouvelle").text
    assert 'value="Maison des initiatives"' in shown
    assert 'value="Comité d&#39;appui"' in shown


def test_a_seance_whose_inscriptions_would_close_after_it_comes_back(charge: Visitor) -> None:
    answer = charge.post("/seances/nouvelle", {**FORM, "cloture_inscriptions": "2026-05-15"})
    assert answer.status_code == 422
    assert "le jour de la séance au plus tard" in answer.text
    assert 'value="2026-05-15"' in answer.text


def test_a_seance_is_moved_unless_somebody_did_so_meanwhile(
    charge: Visitor, holds: Holdings
) -> None:
    url = f"/seances/{holds.seance}/modifier"
    version = version_on(charge.get(url).text)
    moved = charge.post(url, {**FORM, "lieu": "Nîmes", "lock_version": version})
    assert moved.status_code == 303
    stale = charge.post(url, {**FORM, "lieu": "Alès", "lock_version": version})
    assert stale.status_code == 409
    assert 'value="Alès"' in stale.text
    assert version_on(stale.text) != version
    shown = charge.get(f"/seances/{holds.seance}").text
    assert "Nîmes" in shown
    assert "Séance modifiée" in shown


def test_a_seance_shows_the_dossiers_inscribed_to_it(
    charge: Visitor, holds: Holdings, database: Database, office: Office
) -> None:
    with database.unit_of_work() as session:
        connection, by = session.connection(), office.identity()
        put_on_agenda(connection, by, holds.seance, holds.dossier, NOW)
        connection.exec_driver_sql(
            f"UPDATE dossier SET seance_id = {holds.seance} WHERE id = {holds.dossier}"
        )
    shown = charge.get(f"/seances/{holds.seance}").text
    assert f'href="/dossiers/{holds.dossier}"' in shown
    assert f"Structure de {office.nom}" in shown
    assert '1<span class="sr-only"> dossier inscrit</span>' in charge.get("/seances").text
