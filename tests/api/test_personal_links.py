"""A member comes in by a link: what opens it, what uses it up, what ends it, what renews it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from api.house import House
from api.mailing import LetterTick
from grants.comites.liens import forget_links
from grants.comites.membres import MembreLine, modify_membre
from grants.comites.tables import Seance
from grants.organisation.acces import LINK_LIFE
from grants.organisation.acces_tables import Acces
from grants.organisation.roles import CHARGE_DE_MISSION, LECTEUR
from notifications.courrier_table import Courrier
from notifications.transports import MemoryTransport
from tests.builders.comites import Sitting, assemble
from tests.builders.dossiers import Counter
from tests.builders.offices import Office
from tests.builders.visitors import Clock, Visitor
from workflow.database import Database, table_of
from workflow.journal_reading import lines_of

_A, _M, _S = table_of(Acces), table_of(Courrier), table_of(Seance)
_LINK = re.compile(r"http://127\.0\.0\.1:8000(/acces/[0-9a-f]{64})")


@pytest.fixture
def sitting(counter: Counter, clock: Clock) -> Sitting:
    """A séance of one dossier and three members, convened for in three weeks."""
    counter.now = clock.now - timedelta(days=9)
    found = assemble(
        counter, ["Les Jardins du Lez"], ["Camille Aubrac", "Dany Belmont", "Lou Delmas"]
    )
    clock.now = counter.now
    return found


@pytest.fixture
def member(sitting: Sitting) -> MembreLine:
    """One of them, who does not preside."""
    return next(each for each in sitting.hearing.members() if each.nom == "Dany Belmont")


@pytest.fixture
def link(sitting: Sitting, member: MembreLine, clock: Clock) -> str:
    """The member's link."""
    return sitting.link(member, clock())


def inside(sitting: Sitting) -> str:
    return f"/ma-seance/{sitting.hearing.seance}"


def tick(app: FastAPI, clock: Clock) -> MemoryTransport:
    """The clock writes and sends what is due, into memory."""
    house, sent = app.state.house, MemoryTransport()
    assert isinstance(house, House)
    LetterTick(house.settings, house.database, house.engine, clock).sending_by(sent)(clock())
    return sent


def texts(sent: MemoryTransport) -> list[str]:
    bodies = [parcel.message.get_body(("plain",)) for parcel in sent.parcels]
    return [body.get_content() for body in bodies if body is not None]


def events(sitting: Sitting, *wanted: str) -> list[str]:
    with sitting.hearing.database.reading() as session:
        lines = lines_of(session.connection(), "seance", sitting.hearing.seance)
    return [line.event for line in reversed(lines) if line.event in wanted]


def test_looking_uses_nothing_up_and_a_click_opens_one_browser(
    visitor: Visitor, new_visitor: Callable[[], Visitor], sitting: Sitting, link: str
) -> None:
    scanner = new_visitor()
    for _ in range(3):
        assert "Ouvrir ma page du comité" in scanner.get(link).text
    assert scanner.client.post(link).status_code == 403
    assert scanner.get(inside(sitting)).headers["location"] == "/acces"
    answer = visitor.post(link)
    assert answer.headers["location"] == inside(sitting)
    assert "Dany Belmont" in visitor.get(inside(sitting)).text
    # Whoever opens the same e-mail again, where he came in, goes straight on.
    assert visitor.get(link).headers["location"] == inside(sitting)
    late = new_visitor()
    assert "Ce lien a déjà servi" in late.get(link).text
    assert "Ce lien a déjà servi" in late.post(link).text
    assert late.get(inside(sitting)).status_code == 303
    assert events(sitting, "acces_ouvert") == ["acces_ouvert"]


def test_a_spent_link_sends_a_new_one_in_one_tap_to_the_same_address(
    app: FastAPI,
    database: Database,
    new_visitor: Callable[[], Visitor],
    sitting: Sitting,
    member: MembreLine,
    link: str,
    clock: Clock,
) -> None:
    new_visitor().post(link)
    clock.now = sitting.hearing.now - timedelta(days=4)
    convened = {one[1] for text in texts(tick(app, clock)) if (one := _LINK.search(text))}
    assert len(convened) == len(sitting.hearing.members()), "each convocation has its own link"
    late = new_visitor()
    shown = late.get(link).text
    assert member.email is not None
    assert member.email not in shown, "whoever found the link does not learn the address"
    for _ in range(2):
        assert "C’est envoyé" in late.post(f"{link}/nouveau").text
    assert events(sitting, "lien_envoye") == ["lien_envoye"]
    sent = tick(app, clock)
    assert [parcel.recipient for parcel in sent.parcels] == [member.email]
    (text,) = texts(sent)
    found = _LINK.search(text)
    assert found is not None
    with database.reading() as session:
        connection = session.connection()
        kept = connection.execute(select(_M.c.body_text, _M.c.body_html, _M.c.context)).all()
        digests = connection.execute(select(_A.c.digest)).scalars().all()
    secret = found[1].removeprefix("/acces/")
    assert not any(secret in str(part) for row in kept for part in row)
    assert secret not in digests
    assert late.post(found[1]).headers["location"] == inside(sitting)


def test_a_letter_sent_twice_carries_the_same_link(
    app: FastAPI, database: Database, visitor: Visitor, link: str, clock: Clock
) -> None:
    tick(app, clock)
    visitor.post(f"{link}/nouveau")
    first = texts(tick(app, clock))
    with database.unit_of_work() as session:
        again = _M.update().where(_M.c.letter == "nouveau_lien")
        session.connection().execute(again.values(state="pret", sent_at=None, settled_at=None))
    assert texts(tick(app, clock)) == first


def test_a_link_waits_a_fortnight_for_its_click(visitor: Visitor, link: str, clock: Clock) -> None:
    clock.now += LINK_LIFE - timedelta(minutes=1)
    assert "Ouvrir ma page" in visitor.get(link).text
    clock.advance(minutes=1)
    assert "trop ancien" in visitor.get(link).text
    assert "trop ancien" in visitor.post(link).text


def test_a_visit_lasts_until_the_seance_closes_and_the_chairs_until_the_minutes(
    visitor: Visitor,
    new_visitor: Callable[[], Visitor],
    sitting: Sitting,
    link: str,
    clock: Clock,
) -> None:
    hearing = sitting.hearing
    chair, late = new_visitor(), sitting.link(hearing.members()[0], hearing.now)
    visitor.post(link)
    chair.post(sitting.link(hearing.members()[0], clock()))
    clock.now = hearing.now
    hearing.open()
    assert visitor.get(inside(sitting)).status_code == 200
    hearing.do("clore")
    assert visitor.get(inside(sitting)).headers["location"] == "/acces"
    assert "a pris fin" in visitor.get("/acces").text
    assert "a pris fin" in visitor.get(link).text
    assert visitor.post(f"{inside(sitting)}/quitter").status_code == 303
    assert chair.get(inside(sitting)).status_code == 200
    assert "Ouvrir ma page" in new_visitor().get(late).text


def test_whose_term_ended_comes_in_no_more(
    visitor: Visitor, sitting: Sitting, member: MembreLine, link: str
) -> None:
    visitor.post(link)
    ended = {
        "college": member.college,
        "voix": member.voix,
        "debut": member.debut.isoformat(),
        "fin": (sitting.hearing.now - timedelta(days=1)).date().isoformat(),
    }
    with sitting.hearing.database.unit_of_work() as session:
        modify_membre(session, sitting.hearing.by, member.id, ended, sitting.hearing.now)
    assert visitor.get(inside(sitting)).headers["location"] == "/acces"
    assert "plus, dans ce comité" in visitor.get("/acces").text
    assert "plus, dans ce comité" in visitor.get(link).text


def test_a_browser_is_let_into_its_own_seance_alone(
    visitor: Visitor, sitting: Sitting, counter: Counter, link: str
) -> None:
    assert visitor.get("/acces/inconnu").status_code == 404
    assert visitor.post("/acces/inconnu/nouveau").status_code == 404
    visitor.post(link)
    other = counter.plan_seance()
    (cookie,) = [each for each in visitor.client.cookies.jar if "acces" in each.name]
    name = cookie.name.replace(str(sitting.hearing.seance), str(other))
    visitor.client.cookies.set(name, str(cookie.value), "127.0.0.1")
    assert visitor.get(f"/ma-seance/{other}").headers["location"] == "/acces"
    visitor.post(f"{inside(sitting)}/quitter")
    visitor.client.cookies.set(str(cookie.name), str(cookie.value), "127.0.0.1")
    assert visitor.get(inside(sitting)).status_code == 303, "the secret serves no more"


def test_a_colleague_sends_a_member_another_link(
    app: FastAPI,
    new_visitor: Callable[[], Visitor],
    office: Office,
    sitting: Sitting,
    clock: Clock,
) -> None:
    clock.now = sitting.hearing.now - timedelta(days=4)
    tick(app, clock)
    charge, lecteur = (
        new_visitor().enter(office.people[role], office.id) for role in (CHARGE_DE_MISSION, LECTEUR)
    )
    member = sitting.hearing.members()[1]
    url = f"/seances/{sitting.hearing.seance}/presences"
    assert "Envoyer un lien" in charge.get(url).text
    assert lecteur.post(f"{url}/{member.id}/lien").status_code == 403
    assert charge.post(f"{url}/999999/lien").status_code == 404
    for _ in range(2):
        assert charge.post(f"{url}/{member.id}/lien").headers["location"] == url
    assert events(sitting, "lien_envoye") == ["lien_envoye"]
    assert [parcel.recipient for parcel in tick(app, clock).parcels] == [member.email]


def test_old_links_are_forgotten_but_not_whoever_still_sits_by_one(
    visitor: Visitor, sitting: Sitting, link: str, clock: Clock, database: Database
) -> None:
    others = sitting.hearing.members()
    sitting.link(others[0], clock())
    visitor.post(link)

    def forget(**later: float) -> int:
        return forget_links(database, clock.now + timedelta(**later), timedelta(days=90))

    assert forget(days=100) == 0, "ended less than ninety days ago"
    assert forget(days=106) == 1, "the one that nobody used; its séance is still to come"
    assert "Dany Belmont" in visitor.get(inside(sitting)).text
    assert events(sitting, "acces_ouvert") == ["acces_ouvert"], "the journal keeps who came in"
    with database.unit_of_work() as session:
        over = update(_S).where(_S.c.id == sitting.hearing.seance).values(stage="annulee")
        session.connection().execute(over)
    assert forget(days=106) == 1
    assert visitor.get(link).status_code == 404
