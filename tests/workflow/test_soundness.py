"""Each way in which a well-formed file can be wrong, told by its exact sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.toys import WORKSHOP, small_pipeline, toy_pipeline, toy_vocabulary
from workflow.pipeline import Piece, Pipeline
from workflow.soundness import faults_of

KNOWN_ROLES = "connus : chef, parrain, relieur"


def told(pipeline: Pipeline) -> list[str]:
    found = faults_of(pipeline, toy_vocabulary())
    return [f"{key} : {problem} → {remedy}" for key, problem, remedy in found]


def with_action(**changes: Any) -> Pipeline:
    """« a → b » by an action that has these keys besides, or instead."""
    return small_pipeline("a b!", [{"key": "avancer", "from": "a", "to": "b", **changes}])


def with_field(**field: Any) -> Pipeline:
    return with_action(field=[{"key": "question", "label": "Question", **field}])


def with_(pipeline: Pipeline, **changes: Any) -> Pipeline:
    return Pipeline.model_validate(pipeline.model_dump(by_alias=True) | changes)


def a_sheet(*fields: str) -> dict[str, Any]:
    return {
        "key": "fiche",
        "label": "Fiche",
        "field": [{"key": key, "label": key, "type": "texte"} for key in fields],
    }


def with_reminder(**rule: Any) -> Pipeline:
    given = {"key": "rappel", "label": "Rappel", "at": ["1 jour"], "letter": "avis", "to": "chef"}
    stage = {"key": "a", "label": "A", "phase": "p", "reminder": [{**given, **rule}]}
    return with_(
        with_action(), stage=[stage, {"key": "b", "label": "B", "phase": "p", "final": True}]
    )


def with_pieces(*pieces: dict[str, Any], **action: Any) -> Pipeline:
    shown = tuple(Piece.model_validate({"label": "Pièce", **piece}) for piece in pieces)
    return with_action(**action).model_copy(update={"pieces": shown})


def test_a_piece_waits_for_moves_of_the_file() -> None:
    assert told(with_pieces({"key": "statuts", "required_for": ["avancer"]})) == []
    assert told(with_pieces({"key": "rib", "required_for": ["partir", "avancer", "avancer"]})) == [
        "piece.rib.required_for : action inconnue « partir » → nommez une [[action]] du fichier",
        "piece.rib.required_for : « avancer » est écrit deux fois → gardez-en un seul",
    ]
    assert told(with_pieces({"key": "rib"}, {"key": "rib"})) == [
        "piece.rib : clé déclarée deux fois → gardez-en une seule"
    ]
    timed = {"timer": {"after": "3 jours"}, "roles": []}
    waiting = with_pieces({"key": "rib", "required_for": ["avancer"]}, **timed)
    assert told(waiting) == [
        "piece.rib.required_for : « avancer » se fait à une date, sans attendre personne"
        " → nommez une action que quelqu'un fait"
    ]


def test_the_workshop_is_sound() -> None:
    assert told(toy_pipeline(WORKSHOP)) == []


# --- The graph ----------------------------------------------------------------------------------


def test_unknown_stages_are_told_wherever_they_are_named() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "avancer", "from": ["a", "c"], "to": "b"},
            {"key": "filer", "from": "*final", "to": "d"},
        ],
        initial="debut",
    )
    origins = "nommez une étape du fichier, « * » ou « *non_final »"
    assert told(pipeline) == [
        "initial : étape inconnue « debut » → nommez une étape du fichier",
        f"action.avancer.from : étape inconnue « c » → {origins}",
        f"action.filer.from : étape inconnue « *final » → {origins}",
        "action.filer.to : étape inconnue « d » → nommez une étape du fichier ou « @precedente »",
    ]


def test_a_wildcard_is_no_destination() -> None:
    assert told(with_action(to="*"))[0] == (
        "action.avancer.to : étape inconnue « * » → nommez une étape du fichier ou « @precedente »"
    )


def test_an_unreachable_stage_is_told() -> None:
    pipeline = small_pipeline(
        "a b! c",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "revenir", "from": "c", "to": "a"},
        ],
    )
    assert told(pipeline) == [
        "stage.c : aucune action n'y mène → ajoutez une action, ou retirez l'étape"
    ]


def test_a_dead_end_that_is_not_final_is_told() -> None:
    pipeline = small_pipeline("a b", [{"key": "avancer", "from": "a", "to": "b"}])
    assert "stage.b : impasse : aucune action n'en sort → ajoutez une action ou final = true" in (
        told(pipeline)
    )


def test_turning_on_the_spot_or_being_corrected_is_no_way_out() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "finir", "from": "a", "to": "c"},
            {"key": "attendre", "from": "b", "to": "b"},
            {"key": "corriger", "from": "*", "to": "@precedente", "corrects": True},
        ],
    )
    assert told(pipeline) == [
        "stage.b : impasse : aucune action n'en sort → ajoutez une action ou final = true"
    ]


def test_stages_from_which_no_end_can_be_reached_are_told() -> None:
    pipeline = small_pipeline(
        "a b c d!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "aller", "from": "b", "to": "c"},
            {"key": "venir", "from": "c", "to": "b"},
            {"key": "finir", "from": "a", "to": "d"},
        ],
    )
    sentence = (
        "aucune suite d'actions ne mène d'ici à une fin"
        " → ajoutez une action qui mène à une étape finale"
    )
    assert told(pipeline) == [f"stage.b : {sentence}", f"stage.c : {sentence}"]


def test_a_final_stage_may_have_a_way_out() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "rouvrir", "from": "b", "to": "@precedente"},
        ],
    )
    assert told(pipeline) == []


def test_two_actions_of_one_key_may_not_leave_the_same_stage() -> None:
    pipeline = small_pipeline(
        "a b! c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "avancer", "from": "*", "to": "c"},
        ],
    )
    assert told(pipeline) == [
        "action.avancer : deux actions de cette clé quittent « a » → renommez l'une des deux"
    ]


def test_one_key_may_name_one_action_in_each_stage() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "avancer", "from": "b", "to": "c"},
        ],
    )
    assert told(pipeline) == []


def test_an_action_that_leaves_no_stage_or_one_twice_is_told() -> None:
    assert told(with_action(**{"from": []}))[0] == (
        "action.avancer.from : aucune étape de départ → nommez-en au moins une"
    )
    assert told(with_action(**{"from": ["a", "a"]})) == [
        "action.avancer.from : « a » est écrit deux fois → gardez-en un seul"
    ]


def test_a_correction_leads_back_and_nowhere_else() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "corriger", "from": "b", "to": "a", "corrects": True},
        ],
    )
    assert told(pipeline) == [
        "action.corriger.to : correction vers une étape fixe"
        " → une action qui corrige mène à « @precedente »"
    ]


def test_what_is_declared_twice_is_told() -> None:
    pipeline = with_(
        with_action(letters=["avis", "avis"], roles=["chef", "chef"]),
        phase=[{"key": "p", "label": "P"}] * 2,
        stage=[{"key": "a", "label": "A", "phase": "p"}]
        + [{"key": "b", "label": "B", "phase": "p", "final": True}] * 2,
        sheet=[a_sheet("un", "un"), a_sheet("deux")],
        parameters=[{"key": "n", "label": "N", "type": "entier", "default": "1"}] * 2,
    )
    assert told(pipeline)[:7] == [
        "stage.b : clé déclarée deux fois → gardez-en une seule",
        "phase.p : clé déclarée deux fois → gardez-en une seule",
        "sheet.fiche : clé déclarée deux fois → gardez-en une seule",
        "parameters.n : clé déclarée deux fois → gardez-en une seule",
        "action.avancer.letters : « avis » est écrit deux fois → gardez-en un seul",
        "action.avancer.roles : « chef » est écrit deux fois → gardez-en un seul",
        "sheet.field.un : champ présent deux fois dans les fiches → gardez-en un seul",
    ]


def test_an_action_asks_each_field_once() -> None:
    question = {"key": "q", "label": "Q", "type": "texte"}
    assert told(with_action(field=[question, question])) == [
        "action.avancer.field.q : champ demandé deux fois → gardez-en un"
    ]


# --- What the system does by itself --------------------------------------------------------------


def test_an_automatic_action_that_turns_round_with_nothing_to_stop_it_is_told() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "aller", "from": "a", "to": "b", "automatic": True, "guards": ["jamais"]},
            {"key": "revenir", "from": "b", "to": "a", "automatic": True},
            {"key": "finir", "from": "b", "to": "c"},
        ],
    )
    assert told(pipeline) == [
        "action.revenir : automatique, elle tourne en rond depuis « b »"
        " → donnez-lui une garde qui l'arrête, ou une autre destination"
    ]


def test_an_automatic_action_on_the_spot_is_told_even_guarded() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "tourner", "from": "a", "to": "a", "automatic": True, "guards": ["jamais"]},
            {"key": "finir", "from": "a", "to": "b"},
        ],
    )
    assert [fault.split(" →")[0] for fault in told(pipeline)] == [
        "action.tourner : automatique, elle tourne en rond depuis « a »"
    ]


def test_automatic_actions_that_each_wait_for_something_may_face_each_other() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "aller", "from": "a", "to": "b", "automatic": True, "guards": ["jamais"]},
            {"key": "venir", "from": "b", "to": "a", "automatic": True, "guards": ["toujours"]},
            {"key": "finir", "from": "a", "to": "c"},
        ],
    )
    assert told(pipeline) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"automatic": True, "reason": True},
            "action.avancer : le système ne peut ni motiver ni remplir un champ obligatoire"
            " → retirez reason et required de cette action",
        ),
        (
            {
                "timer": {"after": "3 jours"},
                "field": [{"key": "q", "label": "Q", "type": "texte", "required": True}],
            },
            "action.avancer : le système ne peut ni motiver ni remplir un champ obligatoire"
            " → retirez reason et required de cette action",
        ),
        (
            {"automatic": True, "timer": {"after": "3 jours"}},
            "action.avancer : à la fois automatique et minutée"
            " → gardez automatic ou timer, l'un des deux",
        ),
        (
            {"timer": {"after": "-3 jours"}},
            "action.avancer.timer.after : délai négatif depuis l'entrée → écrivez un délai positif",
        ),
        (
            {"timer": {"after": "3 jours", "restart_on": ["pluie"], "stop_on": ["pluie"]}},
            "action.avancer.timer.restart_on : « pluie » la relance et l'arrête à la fois"
            " → gardez-le d'un seul côté",
        ),
        (
            {"timer": {"after": "3 jours", "restart_on": ["neige"]}},
            "action.avancer.timer.restart_on : fait inconnu « neige »"
            " → connus : colle_posee, pluie",
        ),
        (
            {"timer": {"after": "3 jours", "stop_on": ["neige"]}},
            "action.avancer.timer.stop_on : fait inconnu « neige » → connus : colle_posee, pluie",
        ),
        (
            {"timer": {"after": "3 jours", "anchor": "present"}},
            "action.avancer.timer.anchor : date inconnue « present »"
            " → connus : entree, promis_pour",
        ),
    ],
)
def test_what_the_system_cannot_do_alone_is_told(changes: dict[str, Any], sentence: str) -> None:
    assert told(with_action(**changes)) == [sentence]


def test_a_timer_hears_moves_on_the_spot_and_no_other_action() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "insister", "from": "a", "to": "a"},
            {
                "key": "expirer",
                "from": "a",
                "to": "b",
                "roles": [],
                "timer": {"after": "3 jours", "restart_on": ["insister"], "stop_on": ["avancer"]},
            },
        ],
    )
    assert told(pipeline) == [
        "action.expirer.timer.stop_on : fait inconnu « avancer »"
        " → connus : colle_posee, insister, pluie"
    ]


def test_the_system_corrects_nobodys_error() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {
                "key": "corriger",
                "from": "b",
                "to": "@precedente",
                "corrects": True,
                "timer": {"after": "1 jour"},
            },
        ],
    )
    assert told(pipeline) == [
        "action.corriger : le système ne corrige pas une erreur à la place d'une personne"
        " → retirez automatic, timer ou corrects"
    ]
