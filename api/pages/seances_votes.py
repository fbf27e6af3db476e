"""The votes of a séance: opened, given aloud, closed; who steps aside; the room's screen."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session
from starlette.responses import Response

from api.answering import redirect
from api.forms import Form, Posted, RowId, only, pressed, version_of
from api.house import house_of
from api.pages.asking import answers_of
from api.pages.seances_tenue import PATH, REFUSALS, came_back, show
from api.presentation.seance_dossier import ASIDE, DECIDE, hearing_page
from api.presentation.seance_head import LIST, Came, Sitting
from api.presentation.seance_salle import room_page
from api.presentation.seance_votes import ALOUD, votes_page
from api.views.chrome import Flash, Link
from api.visit import SignedIn, Visit, Writer
from api.wording import counted
from grants.comites.agenda import agenda_of
from grants.comites.aloud import enter_votes
from grants.comites.closing import close_vote
from grants.comites.comptage import SANS_QUORUM
from grants.comites.deports import come_back, declare_aside
from grants.comites.mots import Mots
from grants.comites.presences import OPEN_STAGES
from grants.comites.reading import read_sitting
from grants.comites.regles import load_regles
from grants.comites.vocabulary import ATTENDU
from grants.comites.voting import open_vote
from grants.comites.withdrawing import withdraw_vote

router = APIRouter()
HEARD = f"{PATH}/dossiers/{{dossier_id}}"
_NO_QUORUM = "le quorum n’est pas atteint"


@router.get(f"{PATH}/votes")
def votes(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """How far the vote on each dossier is."""
    return show(request, visit, seance_id, "votes", votes_page)


@router.get(f"{PATH}/salle")
def room(request: Request, visit: SignedIn, seance_id: RowId) -> Response:
    """The room's screen."""
    return show(request, visit, seance_id, "salle", room_page)


@router.get(HEARD)
def hearing(request: Request, visit: SignedIn, seance_id: RowId, dossier_id: RowId) -> Response:
    """One dossier at its séance."""
    return heard(request, visit, seance_id, dossier_id)


@router.post(f"{HEARD}/vote/ouvrir", dependencies=[Depends(pressed)])
def open_one(request: Request, visit: Writer, seance_id: RowId, dossier_id: RowId) -> Response:
    """Begin the vote on a dossier."""

    def work(session: Session) -> str:
        began = open_vote(session, visit.identity, seance_id, dossier_id, visit.now)
        return "Le vote est ouvert." if began else "Le vote était déjà ouvert."

    return attempt(request, visit, (seance_id, dossier_id), "", {}, work)


@router.post(f"{HEARD}/vote/clore", dependencies=[Depends(pressed)])
def close_one(request: Request, visit: Writer, seance_id: RowId, dossier_id: RowId) -> Response:
    """Close the vote on a dossier, and count it."""
    engine = house_of(request).engine

    def work(session: Session) -> str:
        found = close_vote(session, engine, visit.identity, seance_id, dossier_id, visit.now)
        if found.issue == SANS_QUORUM:
            return f"Le vote est clos : {_NO_QUORUM}."
        return (
            f"Le vote est clos : {words_of(session, visit, seance_id).issue(found.issue).lower()}."
        )

    return attempt(request, visit, (seance_id, dossier_id), "", {}, work, "#decision")


@router.post(f"{HEARD}/votes")
def enter(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, dossier_id: RowId
) -> Response:
    """Keep the votes given aloud."""

    def work(session: Session) -> str:
        asked = (session, visit.identity, seance_id, dossier_id)
        number = enter_votes(*asked, answers_of(form), visit.now)
        return f"{counted(number, 'vote noté', 'votes notés')}." if number else "Rien n’a changé."

    return attempt(request, visit, (seance_id, dossier_id), ALOUD, form, work)


@router.post(f"{HEARD}/votes/{{membre_id}}/retirer")
def withdraw(
    request: Request,
    visit: Writer,
    form: Posted,
    seance_id: RowId,
    dossier_id: RowId,
    membre_id: RowId,
) -> Response:
    """Take back a vote noted aloud by mistake."""
    only(form)

    def work(session: Session) -> str:
        place = (seance_id, dossier_id, membre_id)
        gone = withdraw_vote(session, visit.identity, place, visit.now, version_of(form))
        return "Le vote est retiré." if gone else "Cette voix n’avait pas voté."

    return attempt(request, visit, (seance_id, dossier_id), "", {}, work)


@router.post(f"{HEARD}/deports")
def step_aside(
    request: Request, visit: Writer, form: Posted, seance_id: RowId, dossier_id: RowId
) -> Response:
    """Note that a member steps aside on a dossier."""

    def work(session: Session) -> str:
        asked = (session, visit.identity, seance_id, dossier_id)
        declare_aside(*asked, answers_of(form), visit.now)
        return "Le déport est noté."

    return attempt(request, visit, (seance_id, dossier_id), ASIDE, form, work)


@router.post(f"{HEARD}/deports/{{membre_id}}/retirer", dependencies=[Depends(pressed)])
def step_back(
    request: Request, visit: Writer, seance_id: RowId, dossier_id: RowId, membre_id: RowId
) -> Response:
    """Take back a déport noted by mistake."""

    def work(session: Session) -> str:
        asked = (session, visit.identity, seance_id, dossier_id, membre_id)
        gone = come_back(*asked, visit.now)
        return "Le déport est retiré." if gone else "Il n’y avait pas de déport."

    return attempt(request, visit, (seance_id, dossier_id), "", {}, work)


def words_of(session: Session, visit: Visit, seance_id: int) -> Mots:
    """What that séance's comité gives."""
    asked = (session.connection(), visit.identity.organisme_id, seance_id)
    return load_regles(read_sitting(*asked, lock=False).row["regles"]).mots


def attempt(
    request: Request,
    visit: Visit,
    where: tuple[int, int],
    name: str,
    form: Form,
    work: Callable[[Session], str],
    place: str = "",
) -> Response:
    """Do something about a dossier at its séance; refused, its page tells every reason.

    `place`: where on the page what follows is to be done.
    """
    seance_id, dossier_id = where
    try:
        with house_of(request).database.unit_of_work() as session:
            said = work(session)
    except REFUSALS as error:
        return heard(request, visit, seance_id, dossier_id, came_back(error, name, form))
    following = _following(request, visit, seance_id) if name == DECIDE else None
    url = f"{LIST}/{seance_id}/dossiers/{dossier_id}{place}"
    return redirect(request, url, Flash(text=said, link=following))


def _following(request: Request, visit: Visit, seance_id: int) -> Link | None:
    """Once a decision is taken: the next dossier to be heard."""
    with house_of(request).database.reading() as session:
        connection = session.connection()
        sitting = read_sitting(connection, visit.identity.organisme_id, seance_id, lock=False)
        if sitting.stage not in OPEN_STAGES:
            return None
        waiting = (row for row in agenda_of(connection, seance_id) if row["etat"] == ATTENDU)
        row = next(waiting, None)
    if row is None:
        return None
    url = f"{LIST}/{seance_id}/dossiers/{row['dossier_id']}"
    return Link(label="Passer au dossier suivant", url=url)


def heard(
    request: Request, visit: Visit, seance_id: int, dossier_id: int, came: Came | None = None
) -> Response:
    """The page on which a dossier is heard."""

    def draw(sitting: Sitting) -> object:
        return hearing_page(sitting, dossier_id)

    return show(request, visit, seance_id, "dossier", draw, came)
