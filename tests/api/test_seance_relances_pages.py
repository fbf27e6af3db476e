"""A séance's reminders on screen: what will leave, held there, resumed from the agenda."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders.offices import Holdings, Office
from tests.builders.visitors import Visitor


@pytest.fixture
def charge(visitor: Visitor, office: Office) -> Visitor:
    return visitor.enter(office.people["charge_de_mission"], office.id)


def test_the_seance_says_what_comes_and_leads_to_its_reminders(
    charge: Visitor, holds: Holdings
) -> None:
    url = f"/seances/{holds.seance}"
    page = charge.get(url).text
    assert "Convoquer les membres du comité" in page
    assert f'href="{url}/relances"' in page
    shown = charge.get(f"{url}/relances").text
    assert "une tâche pour qui prépare la séance" in shown
    assert "Courriers de la séance" in shown


def test_a_reminder_is_held_on_its_page_and_resumed_from_the_agenda(
    charge: Visitor, holds: Holdings
) -> None:
    url = f"/seances/{holds.seance}/relances"
    held = charge.post(f"{url}/{holds.rappel}/suspendre", {})
    assert (held.status_code, held.headers["location"]) == (303, url)
    assert "en pause" in charge.get(url).text
    assert "en pause" in charge.get(f"/seances/{holds.seance}").text
    agenda = "/agenda?mois=2026-03&forme=liste"
    assert f"{url}/{holds.rappel}/reprendre" in charge.get(agenda).text
    back = charge.post(f"{url}/{holds.rappel}/reprendre", {"retour": agenda})
    assert back.headers["location"] == agenda
    assert ">en pause<" not in charge.get(url).text


def test_a_reminder_of_a_dossier_is_none_of_a_seance(charge: Visitor, holds: Holdings) -> None:
    url = f"/seances/{holds.seance}/relances/{holds.echeance}/suspendre"
    assert charge.post(url, {}).status_code == 404


def test_a_lecteur_reads_them_and_touches_none(
    new_visitor: Callable[..., Visitor], office: Office, holds: Holdings
) -> None:
    lecteur = new_visitor().enter(office.people["lecteur"], office.id)
    url = f"/seances/{holds.seance}/relances"
    assert "Mettre en pause" not in lecteur.get(url).text
    assert lecteur.post(f"{url}/{holds.rappel}/suspendre", {}).status_code == 403
