"""What can be done, what cannot and why, and the move itself: on toy pipelines, in memory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.toys import (
    BINDER,
    CHIEF,
    NOON,
    VISITOR,
    book,
    engine_of,
    situation,
    small_pipeline,
    toy_pipeline,
)
from workflow.engine import Move, Offer
from workflow.errors import Refused, UnknownAction
from workflow.guards import Refusal
from workflow.pipeline import Reference
from workflow.subject import SYSTEM, Actor, Step, Subject, entry_seq, read_trail, write_trail

PIPELINE = toy_pipeline()
ENGINE = engine_of(PIPELINE)
LEATHER = {"cuir": "veau"}


def offers(subject: Subject, actor: Actor = BINDER, **facts: Any) -> dict[str, Offer]:
    found = ENGINE.actions(situation(subject, PIPELINE, actor, **facts))
    return {offer.action.key: offer for offer in found}


def refusals(subject: Subject, key: str, actor: Actor = BINDER, **given: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        apply(subject, key, actor, **given)
    return [refusal.message for refusal in caught.value.refusals]


def apply(
    subject: Subject,
    key: str,
    actor: Actor = BINDER,
    values: dict[str, Any] | None = None,
    reason: str | None = None,
    **facts: Any,
) -> Move:
    return ENGINE.apply(situation(subject, PIPELINE, actor, **facts), key, values or {}, reason)


def follow(subject: Subject, move: Move) -> Move:
    """What a floor above does with a move: it keeps the trail and counts the entry."""
    subject.trail = move.trail
    subject.seq += 1
    return move


# --- What is offered ----------------------------------------------------------------------------


def test_the_actions_of_a_stage_come_in_the_order_of_the_file() -> None:
    assert list(offers(book(PIPELINE))) == ["secher", "relier", "perdre", "corriger"]
    assert list(offers(book(PIPELINE, "rendu"))) == ["corriger"]


def test_an_action_whose_guards_all_pass_is_allowed_and_says_where_it_leads() -> None:
    offer = offers(book(PIPELINE))["secher"]
    assert offer.allowed
    assert offer.to == "sechage"
    assert offer.refusals == ()


def test_a_refused_action_gives_all_its_reasons_at_once() -> None:
    offer = offers(book(PIPELINE), VISITOR, present=False, encre_fraiche=True)["secher"]
    assert offer.role_missing
    assert offer.refusals == (
        Refusal("role", "Action réservée : Relieur."),
        Refusal("livre_absent", "Le livre n'est pas à l'atelier."),
        Refusal("encre", "L'encre coulerait."),
    )


def test_a_reason_says_where_it_can_be_mended() -> None:
    refusal = offers(book(PIPELINE), humidite=9)["relier"].refusals[0]
    assert (refusal.code, refusal.field) == ("humide", "etat.titre")


def test_no_role_declared_means_refused() -> None:
    pipeline = small_pipeline("a b!", [{"key": "avancer", "from": "a", "to": "b", "roles": []}])
    engine, subject = engine_of(pipeline), book(pipeline)
    assert engine.actions(situation(subject, pipeline, CHIEF)) == ()
    with pytest.raises(Refused) as caught:
        engine.apply(situation(subject, pipeline, CHIEF), "avancer", {})
    assert caught.value.refusals == (Refusal("role", "Cette action n'est ouverte à personne."),)


def test_several_roles_are_listed_in_french() -> None:
    offer = offers(book(PIPELINE), VISITOR)["relier"]
    assert offer.refusals[0].message == "Action réservée : Relieur et Parrain."


def test_a_role_may_be_held_on_the_very_subject() -> None:
    own = book(PIPELINE, relative={"parrain": VISITOR.id})
    other = book(PIPELINE, relative={"parrain": BINDER.id})
    assert offers(own, VISITOR)["relier"].allowed
    assert offers(other, VISITOR)["relier"].role_missing
    assert offers(book(PIPELINE, relative={"parrain": None}), VISITOR)["relier"].role_missing


def test_nobody_holds_a_relative_role_by_having_no_account() -> None:
    orphan = book(PIPELINE, relative={"parrain": None})
    assert offers(orphan, SYSTEM)["relier"].role_missing


def test_a_final_stage_may_be_left_for_where_one_came_from() -> None:
    lost = book(PIPELINE, "perdu", trail=(Step(1, "recu"), Step(4, "sechage"), Step(6, "perdu")))
    offer = offers(lost)["retrouver"]
    assert offer.allowed
    assert offer.to == "sechage"


def test_there_is_no_going_back_from_the_first_entry() -> None:
    offer = offers(book(PIPELINE), CHIEF)["corriger"]
    assert offer.to is None
    assert [refusal.code for refusal in offer.refusals] == ["aucune_etape_precedente"]
    assert refusals(book(PIPELINE), "corriger", CHIEF) == [
        "Il n'y a aucune étape à laquelle revenir."
    ]


def test_only_the_facts_that_guards_declare_are_needed() -> None:
    assert ENGINE.facts_needed(book(PIPELINE)) == {"present", "encre_fraiche", "humidite"}
    assert ENGINE.facts_needed(book(PIPELINE), "relier") == {"humidite"}
    assert ENGINE.facts_needed(book(PIPELINE, "rendu")) == frozenset()


def test_a_fact_that_was_not_loaded_is_a_fault_of_code() -> None:
    attempt = situation(book(PIPELINE), PIPELINE)
    attempt.facts = {}
    with pytest.raises(KeyError):
        ENGINE.actions(attempt)


def test_a_reminders_conditions_are_guards_too() -> None:
    dry = (Reference.model_validate("livre_sec"), Reference.model_validate("toujours"))
    assert ENGINE.against(situation(book(PIPELINE), PIPELINE), dry) == ()
    (refusal,) = ENGINE.against(situation(book(PIPELINE), PIPELINE, humidite=9), dry)
    assert refusal.code == "humide"
    assert ENGINE.against(situation(book(PIPELINE), PIPELINE), ()) == ()


# --- The move -----------------------------------------------------------------------------------


def test_a_move_tells_everything_that_is_recorded_of_it() -> None:
    subject = book(PIPELINE)
    move = apply(subject, "relier", values={"cuir": "veau", "prix": 4500})
    assert subject.stage == "reliure"
    assert (move.action.key, move.from_stage, move.to_stage) == ("relier", "recu", "reliure")
    assert (move.actor, move.role, move.at) == (BINDER, "relieur", NOON)
    assert (move.first_entry, move.corrects, move.reason) == (True, None, None)
    assert move.values == {"cuir": "veau", "prix": 4500}
    assert move.trail == (Step(1, "recu"), Step(2, "reliure"))


def test_a_refused_move_changes_nothing() -> None:
    subject = book(PIPELINE)
    assert refusals(subject, "relier", VISITOR, humidite=9) == [
        "Action réservée : Relieur et Parrain.",
        "Il manque « Cuir ».",
        "Le papier est encore humide.",
    ]
    assert subject.stage == "recu"
    assert subject.trail == (Step(1, "recu"),)


def test_a_reason_that_is_owed_is_asked_for() -> None:
    bound = book(PIPELINE, "reliure")
    assert refusals(bound, "rendre", CHIEF) == ["Indiquez le motif."]
    assert refusals(bound, "rendre", CHIEF, reason="") == ["Indiquez le motif."]
    assert apply(bound, "rendre", CHIEF, reason="Terminé").reason == "Terminé"


def test_an_answer_may_be_no_or_zero_and_is_still_an_answer() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {
                "key": "avancer",
                "from": "a",
                "to": "b",
                "field": [
                    {"key": "accord", "label": "Accord", "type": "oui_non", "required": True},
                    {"key": "reste", "label": "Reste", "type": "montant", "required": True},
                ],
            }
        ],
    )
    values = {"accord": False, "reste": 0}
    move = engine_of(pipeline).apply(situation(book(pipeline), pipeline), "avancer", values)
    assert move.values == values


def test_a_move_may_empty_answers_that_no_longer_hold() -> None:
    field = {"key": "cuir", "label": "Cuir", "type": "texte"}
    forget = {"key": "oublier", "from": "a", "to": "b", "clears": ["cuir"]}
    pipeline = small_pipeline("a b!", [forget, {**forget, "key": "garder", "field": [field]}])
    engine = engine_of(pipeline)
    assert engine.apply(situation(book(pipeline), pipeline), "oublier", {}).values == {"cuir": None}
    kept = engine.apply(situation(book(pipeline), pipeline), "garder", LEATHER)
    assert kept.values == LEATHER


def test_an_action_of_another_stage_is_refused_by_its_name_and_an_unknown_one_is_not_found() -> (
    None
):
    with pytest.raises(Refused, match="« Rendre » n'est pas possible") as caught:
        apply(book(PIPELINE), "rendre", CHIEF)
    assert caught.value.refusals == (
        Refusal("etape", "Ce n'est pas une action de l'étape « Reçu »."),
    )
    with pytest.raises(UnknownAction, match="« voler »"):
        apply(book(PIPELINE), "voler")


@pytest.mark.parametrize(
    ("actor", "relative", "role"),
    [
        (BINDER, {}, "relieur"),
        (CHIEF, {}, "chef"),
        (VISITOR, {"parrain": VISITOR.id}, "parrain"),
        (BINDER, {"parrain": BINDER.id}, "relieur"),
    ],
    ids=["own role", "one that stands in for it", "held on the subject", "own role first"],
)
def test_the_role_recorded_is_the_actors_own_at_that_time(
    actor: Actor, relative: dict[str, int | None], role: str
) -> None:
    assert apply(book(PIPELINE, relative=relative), "relier", actor, LEATHER).role == role


def test_moving_on_the_spot_is_a_move_but_not_a_first_entry() -> None:
    subject = book(PIPELINE, "reliure")
    move = apply(subject, "reprendre")
    assert subject.stage == "reliure"
    assert not move.first_entry
    assert move.trail == (Step(1, "recu"), Step(2, "reliure"), Step(3, "reliure"))
    assert entry_seq(move.trail) == 2


# --- Going back ---------------------------------------------------------------------------------


def test_coming_back_is_a_move_of_its_own_and_one_may_leave_again() -> None:
    subject = book(PIPELINE, "sechage")
    follow(subject, apply(subject, "perdre"))
    back = follow(subject, apply(subject, "retrouver"))
    assert (back.from_stage, back.to_stage, back.first_entry) == ("perdu", "sechage", False)
    assert subject.came_from == "perdu"
    again = follow(subject, apply(subject, "perdre"))
    assert not again.first_entry
    assert subject.came_from == "sechage"


def test_a_correction_takes_the_latest_move_off_and_the_stage_can_be_entered_first_again() -> None:
    subject = book(PIPELINE)
    first = follow(subject, apply(subject, "secher"))
    taken_back = follow(subject, apply(subject, "corriger", CHIEF))
    assert (taken_back.to_stage, taken_back.corrects) == ("recu", 2)
    assert not taken_back.first_entry
    assert subject.trail == (Step(1, "recu"),)
    again = follow(subject, apply(subject, "secher"))
    assert first.first_entry
    assert again.first_entry
    assert subject.trail == (Step(1, "recu"), Step(4, "sechage"))


def test_corrections_go_back_move_by_move_to_where_each_came_from() -> None:
    subject = book(PIPELINE)
    for key, actor in (("secher", BINDER), ("perdre", BINDER), ("retrouver", BINDER)):
        follow(subject, apply(subject, key, actor))
    stages = []
    for _ in range(3):
        move = follow(subject, apply(subject, "corriger", CHIEF))
        stages.append((move.to_stage, move.corrects))
    assert stages == [("perdu", 4), ("sechage", 3), ("recu", 2)]
    assert refusals(subject, "corriger", CHIEF) == ["Il n'y a aucune étape à laquelle revenir."]


def test_a_corrected_move_on_the_spot_leaves_the_subject_there() -> None:
    subject = book(PIPELINE, "reliure")
    follow(subject, apply(subject, "reprendre"))
    move = follow(subject, apply(subject, "corriger", CHIEF))
    assert (move.from_stage, move.to_stage, move.corrects) == ("reliure", "reliure", 3)
    assert subject.trail == (Step(1, "recu"), Step(2, "reliure"))


def test_a_trail_is_kept_as_text() -> None:
    steps = (Step(1, "recu"), Step(12, "sechage"))
    assert write_trail(steps) == "1:recu>12:sechage"
    assert read_trail("1:recu>12:sechage") == steps
    assert read_trail("") == ()
    assert entry_seq(()) == 0
