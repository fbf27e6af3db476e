"""A pipeline as data: frozen, small, and found again by its keys."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.builders.toys import small_pipeline, toy_pipeline
from workflow.calendar import Delay
from workflow.pipeline import Choice, Parameter, Reference, ReminderRule, Stage


def test_nothing_of_a_pipeline_can_be_changed() -> None:
    pipeline = toy_pipeline()
    with pytest.raises(ValidationError):
        pipeline.version = 2  # ty: ignore[invalid-assignment]
    with pytest.raises(ValidationError):
        pipeline.stages[0].label = "Autre"  # ty: ignore[invalid-assignment]


def test_stages_sheets_and_actions_are_found_by_key() -> None:
    pipeline = toy_pipeline()
    assert pipeline.stage("sechage").label == "Séchage"
    with pytest.raises(KeyError):
        pipeline.stage("absente")
    sheet = pipeline.sheet("etat")
    assert sheet is not None
    assert sheet.label == "État du livre"
    assert pipeline.sheet("absente") is None
    assert pipeline.action("absente") is None
    assert [field.key for field in pipeline.every_field()] == ["titre", "cuir", "prix"]


def test_actions_that_share_a_key_are_told_apart_by_the_stage_they_leave() -> None:
    pipeline = small_pipeline(
        "a b c!",
        [
            {"key": "avancer", "from": "a", "to": "b"},
            {"key": "avancer", "from": "b", "to": "c"},
        ],
    )
    first, second = pipeline.actions
    assert pipeline.action("avancer", "a") is first
    assert pipeline.action("avancer", "b") is second
    assert pipeline.action("avancer") is first


def test_the_system_takes_what_is_automatic_or_timed() -> None:
    pipeline = small_pipeline(
        "a b!",
        [
            {"key": "par_quelqu_un", "from": "a", "to": "b"},
            {"key": "seule", "from": "a", "to": "b", "automatic": True},
            {"key": "plus_tard", "from": "a", "to": "b", "timer": {"after": "2 jours ouvrés"}},
        ],
    )
    assert [action.by_system for action in pipeline.actions] == [False, True, True]
    timer = pipeline.actions[2].timer
    assert timer is not None
    assert timer.after == Delay(2, working=True)


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [("complete", "complete", None), ("fiche(projet)", "fiche", "projet")],
)
def test_a_reference_is_a_name_and_perhaps_an_argument(
    text: str, name: str, argument: str | None
) -> None:
    reference = Reference.model_validate(text)
    assert (reference.name, reference.argument) == (name, argument)
    assert str(reference) == text


@pytest.mark.parametrize("text", ["", "Nom", "nom()", "nom(a, b)", "nom (a)", "nom(a)(b)", "é"])
def test_a_reference_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValidationError, match="ne s'écrit pas nom ou nom"):
        Reference.model_validate(text)


def test_parameters_are_a_table_by_key() -> None:
    pipeline = toy_pipeline()
    assert [parameter.key for parameter in pipeline.parameters] == [
        "sechage",
        *(f"relance_{rule.key}" for stage in pipeline.stages for rule in stage.reminders),
    ]
    field = pipeline.parameters[0].as_field()
    assert (field.key, field.label, field.type, field.required) == (
        "sechage",
        "Jours de séchage",
        "entier",
        False,
    )


def test_a_parameter_asks_with_its_own_limits() -> None:
    choices = (Choice(key="a", label="A"),)
    parameter = Parameter(key="n", label="N", type="choix", choices=choices, minimum=1, maximum=2)
    field = parameter.as_field()
    assert (field.minimum, field.maximum) == (1, 2)
    assert field.choices[0].label == "A"


def test_a_reminder_says_when_and_what() -> None:
    with pytest.raises(ValidationError, match="soit « at », soit « every »"):
        ReminderRule.model_validate({"key": "r", "label": "R", "letter": "avis"})
    with pytest.raises(ValidationError, match="une lettre"):
        ReminderRule.model_validate({"key": "r", "label": "R", "at": ["1 jour"]})


def test_a_label_is_stripped_and_not_empty() -> None:
    assert Stage(key="a", label="  Accueil ", phase="p").label == "Accueil"
    with pytest.raises(ValidationError):
        Stage(key="a", label="   ", phase="p")


@pytest.mark.parametrize("key", ["", "*", "@precedente", "9a", "Accueil", "a-b", "a" * 41])
def test_a_stage_has_a_plain_key(key: str) -> None:
    with pytest.raises(ValidationError):
        Stage(key=key, label="A", phase="p")
