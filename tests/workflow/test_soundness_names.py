"""Names that nothing answers to, fields and reminders that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.toys import ROLES, small_pipeline, toy_vocabulary
from workflow.pipeline import Pipeline
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


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"roles": []},
            "action.avancer.roles : aucun rôle ne peut la faire"
            " → ajoutez roles = […], ou automatic / timer",
        ),
        (
            {"roles": ["relieur", "roi"]},
            f"action.avancer.roles : rôle inconnu « roi » → {KNOWN_ROLES}",
        ),
        (
            {"roles": ["systeme"]},
            f"action.avancer.roles : rôle inconnu « systeme » → {KNOWN_ROLES}",
        ),
        (
            {"guards": ["absente"]},
            "action.avancer.guards : nom inconnu « absente » → connus : champ, encre_fixee, fiche,"
            " jamais, livre_present, livre_sec, toujours",
        ),
        (
            {"guards": ["jamais(etat)"]},
            "action.avancer.guards : argument inattendu ou manquant : « jamais(etat) »"
            " → écrivez jamais sans argument",
        ),
        (
            {"guards": ["fiche"]},
            "action.avancer.guards : argument inattendu ou manquant : « fiche » → écrivez fiche(…)",
        ),
        (
            {"guards": ["fiche(absente)"]},
            "action.avancer.guards : fiche inconnue « absente » → nommez une [[sheet]]",
        ),
        (
            {"guards": ["champ(absent)"]},
            "action.avancer.guards : champ inconnu « absent » → nommez un champ du fichier",
        ),
        (
            {"clears": ["absent"]},
            "action.avancer.clears : champ inconnu « absent » → nommez un champ du fichier",
        ),
        (
            {"effects": ["peindre"]},
            "action.avancer.effects : nom inconnu « peindre » → connus : colorer, dorer",
        ),
        (
            {"effects": ["dorer(absent)"]},
            "action.avancer.effects : champ inconnu « absent » → nommez un champ du fichier",
        ),
        (
            {"letters": ["faire_part"]},
            "action.avancer.letters : lettre inconnue « faire_part »"
            " → ajoutez-la au catalogue des lettres",
        ),
        (
            {"key": "pluie"},
            "action.pluie : cette clé est déjà celle d'un fait du journal"
            " → donnez une autre clé à l'action",
        ),
    ],
)
def test_a_name_that_nothing_answers_to_is_told(changes: dict[str, Any], sentence: str) -> None:
    assert told(with_action(**changes)) == [sentence]


def test_what_an_unknown_phase_or_sheet_is_asked_for_is_told() -> None:
    stages = [
        {"key": "a", "label": "A", "phase": "q", "editable": {"absente": ["chef"]}},
        {"key": "b", "label": "B", "phase": "p", "final": True, "editable": {"fiche": []}},
    ]
    assert told(with_(with_action(), stage=stages, sheet=[a_sheet("un")])) == [
        "stage.a.phase : phase inconnue « q » → déclarez-la en [[phase]]",
        "stage.a.editable : fiche inconnue « absente » → déclarez-la en [[sheet]]",
        "stage.b.editable.fiche : aucun rôle ne peut la modifier → nommez un rôle, ou retirez-la",
    ]


def test_a_sheet_is_edited_by_roles_that_exist() -> None:
    stages = [
        {"key": "a", "label": "A", "phase": "p", "editable": {"fiche": ["roi"]}},
        {"key": "b", "label": "B", "phase": "p", "final": True},
    ]
    assert told(with_(with_action(), stage=stages, sheet=[a_sheet("un")])) == [
        f"stage.a.editable.fiche : rôle inconnu « roi » → {KNOWN_ROLES}"
    ]


# --- Fields and parameters ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({"type": "texte", "longest": 0}, "longest : aucun texte n'est assez court"),
        ({"type": "montant", "minimum": 2, "maximum": 1}, "minimum : plus grand que maximum"),
        ({"type": "texte", "minimum": 2}, "minimum : sans effet sur le type « texte »"),
        ({"type": "date", "longest": 20}, "longest : sans effet sur le type « date »"),
        ({"type": "choix"}, "choices : aucun choix proposé"),
        (
            {"type": "texte", "choices": [{"key": "oui", "label": "Oui"}]},
            "choices : sans effet sur le type « texte »",
        ),
        (
            {
                "type": "choix",
                "choices": [{"key": "a", "label": "A"}, {"key": "a", "label": "Autre"}],
            },
            "choices : « a » est proposé deux fois",
        ),
        (
            {"type": "choix", "choices": [{"key": "a", "label": "A"}, {"key": "b", "label": "A"}]},
            "choices : « A » est proposé deux fois",
        ),
        ({"type": "couleur"}, "type : type inconnu « couleur »"),
    ],
)
def test_a_field_that_contradicts_itself_is_told(field: dict[str, Any], sentence: str) -> None:
    faults = told(with_field(**field))
    assert [fault.split(" →")[0] for fault in faults] == [
        f"action.avancer.field.question.{sentence}"
    ]


def test_a_field_keeps_its_type_everywhere() -> None:
    question = {"key": "un", "label": "Un", "type": "date"}
    assert told(with_(with_action(field=[question]), sheet=[a_sheet("un")])) == [
        "field.un : type « date » ici, « texte » ailleurs → un champ garde le même type partout"
    ]


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ({"type": "entier", "default": "douze"}, "default : valeur par défaut refusée"),
        ({"type": "entier", "default": 12}, "default : valeur par défaut refusée"),
        ({"type": "entier", "default": "3", "minimum": 4}, "default : valeur par défaut refusée"),
        ({"type": "entier"}, "default : il manque une valeur par défaut"),
        ({"type": "couleur", "default": "bleu"}, "type : type inconnu « couleur »"),
        (
            {"type": "choix", "default": "c", "choices": [{"key": "a", "label": "A"}]},
            "default : valeur par défaut refusée",
        ),
    ],
)
def test_a_parameter_has_a_default_that_its_own_field_accepts(
    parameter: dict[str, Any], sentence: str
) -> None:
    faults = told(with_(with_action(), parameters={"limite": {"label": "Limite", **parameter}}))
    assert [fault.split(" →")[0] for fault in faults] == [f"parameters.limite.{sentence}"]


# --- Reminders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            {"letter": "absente"},
            "letter : lettre inconnue « absente » → ajoutez-la au catalogue des lettres",
        ),
        ({"anchor": "noel"}, "anchor : date inconnue « noel » → connus : entree, promis_pour"),
        ({"to": "roi"}, f"to : rôle inconnu « roi » → {KNOWN_ROLES}"),
        (
            {"letter": None, "task": "Appeler", "task_for": "roi"},
            f"task_for : rôle inconnu « roi » → {KNOWN_ROLES}",
        ),
        (
            {"while": ["champ(absent)"]},
            "while : champ inconnu « absent » → nommez un champ du fichier",
        ),
        (
            {"at": [], "every": "0 jour"},
            "every : délai nul ou négatif → écrivez un délai positif",
        ),
        (
            {"at": ["2 jours", "2 jours"]},
            "at : « 2 jours » est écrit deux fois → gardez-en un seul",
        ),
        (
            {"at_most": 3},
            "at_most : sans effet avec « at » → retirez-le, ou écrivez « every »",
        ),
        (
            {"at": ["-2 jours"]},
            "at : délai négatif depuis l'entrée dans « a »"
            " → écrivez un délai positif, ou changez « anchor »",
        ),
    ],
)
def test_a_reminder_that_could_not_be_sent_is_told(rule: dict[str, Any], sentence: str) -> None:
    assert told(with_reminder(**rule)) == [f"stage.a.reminder.rappel.{sentence}"]


def test_a_reminder_without_a_task_needs_nobody_to_do_it() -> None:
    assert "referent" not in ROLES
    assert told(with_reminder()) == []


def test_a_stage_is_idle_after_some_time() -> None:
    stages = [
        {"key": "a", "label": "A", "phase": "p", "idle_after": "0 jour"},
        {"key": "b", "label": "B", "phase": "p", "final": True},
    ]
    assert told(with_(with_action(), stage=stages)) == [
        "stage.a.idle_after : délai nul ou négatif → écrivez un délai positif"
    ]
