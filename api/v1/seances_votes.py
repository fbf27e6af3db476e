"""The votes of a séance, and what was decided by them."""

from __future__ import annotations

from api.decisions_at_work import apply_waiting
from api.v1.contract import Answer, Call, Subject
from api.v1.shapes.decisions import Application, Applications
from api.v1.shapes.plain import Change
from api.v1.shapes.votes import PassageVotes
from api.v1.told_seance import item_of, seen, told_votes
from grants.comites.aloud import enter_votes
from grants.comites.applying import apply_decision, to_apply
from grants.comites.closing import close_vote
from grants.comites.deports import LONGEST, come_back, declare_aside
from grants.comites.reserves import LIFT_FIELD, lift_one
from grants.comites.verdicts import DECISION_FIELDS, decide_as_written
from grants.comites.voting import open_vote
from grants.comites.withdrawing import withdraw_vote
from workflow.pipeline import Field

subject = Subject("Votes, décisions et avis")
_SEANCE = "/seances/{seance_id}"
_ONE = f"{_SEANCE}/dossiers/{{dossier_id}}"
_ASIDE = (
    Field(
        key="membre",
        label="Membre",
        type="texte",
        longest=19,
        required=True,
        help="L’id du membre.",
    ),
    Field(key="motif", label="Lien avec ce projet", type="texte", longest=LONGEST),
)


@subject.get(_ONE, "Un dossier à sa séance, voix par voix", PassageVotes, conflicts=True)
def passage(call: Call) -> PassageVotes:
    """One dossier with its votes, where they may be read. Raises NotFound, NotOnTheAgenda."""
    sight = seen(call)
    return told_votes(call, sight, item_of(call, sight))


@subject.post(f"{_ONE}/vote/ouvrir", "Ouvrir le vote sur un dossier", PassageVotes)
def begin(call: Call) -> PassageVotes:
    """Begin the vote. Raises NotFound, NotOnTheAgenda, VoteNotOpen, VoteClosed."""
    open_vote(call.session, call.identity, *_place(call), call.now)
    return passage(call)


@subject.post(f"{_ONE}/vote/clore", "Clore le vote sur un dossier", PassageVotes)
def close(call: Call) -> PassageVotes:
    """Close the vote and count it. Raises NotFound, NotOnTheAgenda, VoteNotOpen."""
    close_vote(call.session, call.house.engine, call.identity, *_place(call), call.now)
    return passage(call)


@subject.put(
    f"{_ONE}/votes",
    "Noter les votes donnés à voix haute",
    PassageVotes,
    asks=None,
    example={"choix_31": "favorable", "montant_31": "18000,00", "les_autres": "abstention"},
)
def enter(call: Call) -> PassageVotes:
    """Keep the votes given aloud. Raises NotOnTheAgenda, VoteNotOpen, VoteClosed, Invalid…"""
    enter_votes(call.session, call.identity, *_place(call), call.body, call.now)
    return passage(call)


@subject.delete(f"{_ONE}/votes/{{membre_id}}", "Retirer un vote noté à voix haute", PassageVotes)
def withdraw(call: Call) -> PassageVotes:
    """Take back a vote. Raises NotFound, NotOnTheAgenda, VoteNotOpen, VoteClosed…"""
    withdraw_vote(call.session, call.identity, (*_place(call), call.id("membre_id")), call.now)
    return passage(call)


@subject.post(
    f"{_ONE}/deports",
    "Noter un déport",
    Change,
    asks=_ASIDE,
    example={"membre": "31", "motif": "Membre du bureau de l’association"},
)
def step_aside(call: Call) -> Change:
    """A member steps aside. Raises NotFound, NotOnTheAgenda, Invalid, SeanceOver, VoteClosed."""
    asked = (call.session, call.identity, *_place(call))
    return {"change": declare_aside(*asked, call.body, call.now)}


@subject.delete(f"{_ONE}/deports/{{membre_id}}", "Retirer un déport", Change)
def step_back(call: Call) -> Change:
    """Take back a déport. Raises NotFound, NotOnTheAgenda, SeanceOver, VoteClosed."""
    asked = (call.session, call.identity, *_place(call), call.id("membre_id"))
    return {"change": come_back(*asked, call.now)}


@subject.put(
    f"{_ONE}/decision",
    "Confirmer une décision ou un avis",
    PassageVotes,
    asks=DECISION_FIELDS,
    example={"retenue": "retenu", "montant": "18000,00", "reserves": "Un bail signé"},
)
def decide_one(call: Call) -> PassageVotes:
    """Keep a decision. Raises NotFound, NotOnTheAgenda, DecisionRefused, SeanceOver, Invalid."""
    asked = (call.session, call.house.engine, call.identity, _place(call))
    decide_as_written(*asked, call.body, call.now)
    return passage(call)


@subject.post(f"{_SEANCE}/appliquer", "Appliquer toutes les décisions", Applications)
def apply_all(call: Call) -> Answer:
    """Apply every decision that waits, each in its own transaction. Raises NotFound."""
    seance_id = call.id("seance_id")
    to_apply(call.connection, call.organisme_id, seance_id)

    def work() -> Applications:
        told = apply_waiting(call.house, call.identity, call.now, seance_id)
        return {
            "applications": [
                {"dossier_id": id, "fait": done, "phrases": list(sentences)}
                for id, (done, sentences) in told.items()
            ]
        }

    return Answer(goes_on=work)


@subject.post(f"{_ONE}/appliquer", "Appliquer une décision", Application)
def apply_that_one(call: Call) -> Application:
    """Apply one decision. Raises NotFound, DecisionRefused, Refused with every reason."""
    place = _place(call)
    asked = (call.session, call.house.engine, call.identity, *place)
    moved = apply_decision(*asked, call.now)
    sentences = [each.action.done or each.action.label for each in moved.moves]
    return {"dossier_id": place[1], "fait": True, "phrases": sentences}


@subject.post(
    f"{_ONE}/reserves/{{reserve_id}}/lever",
    "Lever une réserve",
    Change,
    asks=(LIFT_FIELD,),
    example={"motif": "Le bail est signé, reçu le 3 mai."},
)
def lift(call: Call) -> Change:
    """Say that a condition is met, and how. Raises NotFound, Invalid."""
    place = (*_place(call), call.id("reserve_id"))
    asked = (call.session, call.house.engine, call.identity, place)
    return {"change": lift_one(*asked, call.body, call.now)}


def _place(call: Call) -> tuple[int, int]:
    return call.id("seance_id"), call.id("dossier_id")
