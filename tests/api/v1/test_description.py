"""The description of the API: whole, with examples that are true to it, for programs and people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import FastAPI
from jsonschema_rs import Draft202012Validator

from api.composition import default_engine
from api.v1 import OPERATIONS
from api.v1.examples import without_words
from api.v1.openapi import document
from notifications.webhooks import Delivered, deliver
from tests.builders.bearers import Program
from tests.builders.dossiers import Counter
from tests.builders.visitors import Visitor


@cache
def described() -> dict[str, Any]:
    return document(default_engine())


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described()["paths"].items():
        for method, said in methods.items():
            yield f"{method} {path}", said


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": described()["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_every_operation_is_described_once_under_its_own_name() -> None:
    assert len(list(operations())) == len(OPERATIONS)
    names = [said["operationId"] for _, said in operations()]
    assert len(set(names)) == len(names)
    for where, said in operations():
        assert said["summary"], where


def test_every_answer_has_an_example_that_is_true_to_its_shape() -> None:
    for where, said in operations():
        given = next(each for status, each in said["responses"].items() if status < "300")
        for kind, media in given["content"].items():
            if kind == "application/json":
                assert faults(media["schema"], media["example"]) == [], where


def test_every_property_of_an_answer_has_a_word_of_its_own() -> None:
    shapes = dict(described()["components"]["schemas"])
    del shapes["Probleme"]
    assert without_words(shapes) == [], "say in api/v1/examples.py what these may be"


def test_every_body_has_an_example_that_is_true_to_its_schema() -> None:
    for where, said in operations():
        media = said.get("requestBody", {}).get("content", {}).get("application/json")
        if media is not None:
            assert faults(media["schema"], media["example"]) == [], where


def test_what_is_announced_is_what_is_described(
    direction_program: Program, counter: Counter
) -> None:
    sent: list[bytes] = []
    headers: set[str] = set()

    def post(_url: str, body: bytes, told: Any) -> Delivered:
        sent.append(body)
        headers.update(told)
        return Delivered(200)

    direction_program.post("/annonces", {"url": "https://outil.exemple.fr/mouvements"})
    counter.take_to("accompagnement")
    deliver(counter.database, counter.wait(days=1), post)
    told = described()["webhooks"]["mouvement"]["post"]
    media = told["requestBody"]["content"]["application/json"]
    assert sent
    for body in (*map(json.loads, sent), media["example"]):
        assert faults(media["schema"], body) == []
        assert set(body) == set(media["schema"]["properties"])
    assert {each["name"] for each in told["parameters"]} <= headers


def test_anybody_may_read_the_description(app: FastAPI) -> None:
    visitor = Visitor(app)
    assert visitor.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    shown = visitor.get("/api/v1").text
    for operation in OPERATIONS:
        assert f"<code>{operation.method} /api/v1{operation.path}</code>" in shown
