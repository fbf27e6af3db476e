"""The shipped engine with toy pipelines beside it, and effects that only tests have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.builders.toys import small_pipeline
from workflow.engine import Engine
from workflow.loader import Catalogue, LoadedPipeline
from workflow.machine import PipelineMachine
from workflow.pipeline import Pipeline
from workflow.vocabulary import Effect

CHARGE = ["charge_de_mission"]


def engine_with(engine: Engine, *pipelines: Pipeline, **effects: Callable[..., Any]) -> Engine:
    """Another engine over the same vocabulary, with these pipelines too, taken as they are."""
    added = {name: Effect(name, run) for name, run in effects.items()}
    vocabulary = replace(engine.vocabulary, effects={**engine.vocabulary.effects, **added})
    toys = [LoadedPipeline(each, PipelineMachine(each), "", "jouet.toml") for each in pipelines]
    return Engine(vocabulary, Catalogue([*engine.catalogue.every(), *toys]))


def waiting_room(timer: dict[str, Any], **action: Any) -> Pipeline:
    """« a », left for « b! » by a timed action, `expirer`, or by hand for « c! », `sortir`."""
    return small_pipeline(
        "a b! c!",
        [
            {"key": "expirer", "from": "a", "to": "b", "roles": [], "timer": timer, **action},
            {"key": "sortir", "from": "a", "to": "c", "roles": CHARGE},
            {"key": "insister", "from": "a", "to": "a", "roles": CHARGE},
            {
                "key": "corriger",
                "from": "*",
                "to": "@precedente",
                "roles": CHARGE,
                "corrects": True,
            },
        ],
    )
