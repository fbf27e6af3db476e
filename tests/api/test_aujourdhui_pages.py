"""« Aujourd'hui » : where everybody begins, whose morning it shows, and at what cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from grants.dossiers.taches.service import NewTask, create_task
from tests.builders.counting import statements_of
from tests.builders.crowd import write_dossier
from tests.builders.dossiers import Counter
from tests.builders.offices import NOW, Office
from tests.builders.reading import links, said
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.database import Database

TODAY = "/aujourdhui"


@pytest.fixture
def direction(new_visitor: Callable[..., Visitor], office: Office) -> Visitor:
    return new_visitor().enter(office.people["direction"], office.id)


def give(counter: Counter, titre: str, day: str, pour: str = "charge_de_mission") -> int:
    compte = counter.office.people[pour].id
    raw = {"titre": titre, "pour": str(compte), "pour_le": day}
    with counter.database.unit_of_work() as session:
        return create_task(session, counter.engine, counter.charge, NewTask(raw), counter.now)


def later(visitor: Visitor, counter: Counter, clock: Clock, now: datetime) -> Answer:
    """The page at another moment, by whoever has just come in again."""
    clock.now = now
    visitor.enter(counter.office.people["charge_de_mission"], counter.office.id)
    return visitor.get(TODAY)


def sections(answer: Answer) -> dict[str, str]:
    """The words of each section, by its key."""
    found = re.finditer(
        r'<section class="card" id="([a-z-]+)".*?</section>', answer.text, re.DOTALL
    )
    return {each[1]: re.sub(r"<[^>]+>|\s+", " ", each[0]) for each in found}


# --- Where everybody begins ---------------------------------------------------------------------


def test_everybody_begins_there(charge: Visitor) -> None:
    assert charge.get("/").headers["location"] == TODAY
    answer = charge.get(TODAY)
    assert answer.status_code == 200
    assert links(answer)[2][1] == TODAY  # after the skip link and the logo
    assert "Jeudi 12 mars 2026" in said(answer)


def test_an_organisme_without_dossiers_is_told_how_to_begin(
    charge: Visitor, direction: Visitor, lecteur: Visitor
) -> None:
    assert "Bienvenue" in said(charge.get(TODAY))
    assert ("Inviter l’équipe", "/parametres/equipe") in links(direction.get(TODAY))
    assert "/dossiers/nouveau" not in [url for _, url in links(lecteur.get(TODAY))]


def test_who_has_no_dossier_is_told_where_they_are(counter: Counter, charge: Visitor) -> None:
    counter.open(referent_id=None)
    answer = charge.get(TODAY)
    assert "Aucun dossier confié" in said(answer)
    assert ("Ce qui attend tout le monde", f"{TODAY}?pour=tous") in links(answer)


def test_who_has_done_everything_is_told_so(
    counter: Counter, charge: Visitor, clock: Clock
) -> None:
    counter.take_to("suivi")
    assert "Rien n'attend" in said(later(charge, counter, clock, counter.now))


# --- What it shows ------------------------------------------------------------------------------


def test_what_is_late_comes_first_then_today_then_the_week(
    counter: Counter, charge: Visitor, clock: Clock
) -> None:
    give(counter, "Relire le budget", "2026-03-12")
    give(counter, "Appeler la mairie", "2026-03-13")
    give(counter, "Préparer la visite", "2026-03-16")
    give(counter, "Faire le point du printemps", "2026-06-01")
    answer = later(charge, counter, clock, NOW + timedelta(days=1))
    found = sections(answer)
    assert list(found) == ["retard", "jour", "semaine", "plus-tard"]
    assert "Relire le budget" in found["retard"]
    assert "hier" in found["retard"]
    assert "Appeler la mairie" in found["jour"]
    assert "dans 3 jours" in found["semaine"]
    assert "Faire le point du printemps" in found["plus-tard"]
    assert "1 chose en retard, 1 chose pour aujourd'hui" in said(answer)


def test_appointments_dates_and_dossiers_are_shown_with_their_dossier(
    counter: Counter, charge: Visitor, clock: Clock
) -> None:
    counter.open()
    counter.do("accueillir", rendez_vous="2026-03-17T10:00", lieu_rendez_vous="Au siège")
    reference = counter.read().row["reference"]
    found = sections(charge.get(TODAY))
    assert "Rendez-vous" in found["semaine"]
    assert "Au siège" in found["semaine"]
    assert reference in found["semaine"]
    counter.wait(days=8)
    counter.fill("accueil")
    answer = later(charge, counter, clock, counter.now)
    assert "Commencer l’accompagnement" in sections(answer)["prets"]
    answer = later(charge, counter, clock, counter.wait(days=60))
    assert "à cette étape" in sections(answer)["immobiles"]


def test_a_late_reminder_is_told_once(counter: Counter, charge: Visitor, clock: Clock) -> None:
    counter.open()
    late = sections(later(charge, counter, clock, NOW + timedelta(days=46)))["retard"]
    assert late.count("Proposer un rendez-vous d’accueil") == 1


# --- Whose --------------------------------------------------------------------------------------


def test_one_sees_ones_own_a_colleagues_or_everybodys(
    counter: Counter, charge: Visitor, direction: Visitor, lecteur: Visitor
) -> None:
    give(counter, "Pour Charge", "2026-03-12")
    give(counter, "Pour Assistant", "2026-03-12", "assistant")
    assistant = counter.office.people["assistant"].id

    def shown(visitor: Visitor, url: str = TODAY) -> list[str]:
        words = said(visitor.get(url))
        return [each for each in ("Pour Charge", "Pour Assistant") if each in words]

    assert shown(charge) == ["Pour Charge"]
    assert shown(charge, f"{TODAY}?pour={assistant}") == ["Pour Assistant"]
    assert shown(charge, f"{TODAY}?pour=tous") == ["Pour Charge", "Pour Assistant"]
    assert shown(charge, f"{TODAY}?pour=personne") == []
    assert shown(direction) == ["Pour Charge", "Pour Assistant"]
    assert shown(direction, f"{TODAY}?pour=moi") == []
    assert shown(lecteur) == ["Pour Charge", "Pour Assistant"]


@pytest.mark.parametrize("word", ["", "x", "-1", "9" * 40, "0", "٣", "1.5", "<b>"])
def test_any_word_in_the_address_shows_a_page(charge: Visitor, word: str) -> None:
    assert charge.get(f"{TODAY}?pour={word}").status_code == 200


def test_another_organisme_is_never_seen(
    counter: Counter, other_office: Office, charge: Visitor, database: Database
) -> None:
    theirs = Counter(database, counter.engine, other_office)
    theirs.open(referent_id=None)
    give(theirs, "Chez eux", "2026-03-12")
    stranger = other_office.people["charge_de_mission"].id
    for whose in ("moi", "tous", "personne", str(stranger)):
        answer = charge.get(f"{TODAY}?pour={whose}")
        assert "Chez eux" not in answer.text
        assert other_office.nom not in answer.text


def test_the_lecteur_sees_and_has_nothing_to_press(counter: Counter, lecteur: Visitor) -> None:
    give(counter, "Rappeler", "2026-03-12")
    answer = lecteur.get(TODAY)
    assert "Rappeler" in said(answer)
    main = answer.text[answer.text.index("<main") : answer.text.index("</main")]
    assert 'method="post"' not in main
    assert "/taches/" not in main


# --- What it costs ------------------------------------------------------------------------------


def test_the_number_of_statements_never_grows(
    counter: Counter, charge: Visitor, database: Database, clock: Clock
) -> None:
    def cost(url: str) -> int:
        with statements_of(database) as sent:
            assert charge.get(url).status_code == 200
        return len(sent)

    def fill(some: int) -> None:
        for n in range(some):
            counter.open()
            give(counter, f"Tâche {n}", "2026-03-12")
        with database.unit_of_work() as session:
            for n in range(some):
                write_dossier(
                    session,
                    counter.office,
                    stage_since=NOW - timedelta(days=90 + n),
                    referent_id=counter.charge.compte_id,
                )

    clock.now = NOW
    fill(1)
    urls = [TODAY, f"{TODAY}?pour=tous"]
    few = [cost(url) for url in urls]
    fill(40)
    assert [cost(url) for url in urls] == few
    assert max(few) <= 20
    answer = charge.get(TODAY)
    assert "Les 30 premiers sont montrés" in said(answer)
