"""Bad answers to every form: told beside their fields in French, kept as typed, never written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from grants.organisation.roles import DIRECTION
from tests.builders.bad_values import BAD, bad_of, most_bad
from tests.builders.contents import contents
from tests.builders.every_form import EveryForm, every_form
from tests.builders.offices import Holdings, Office
from tests.builders.shown_forms import shown_form
from tests.builders.visitors import Answer, Visitor
from workflow.database import Database

# Each form is tried with some of what is bad for its fields, another form with the rest.
A_FEW = 3
# The page of the team has a list for each colleague: what is wrong with one is told above them.
TOLD_ABOVE = ("/role",)


@pytest.fixture
def forms(database: Database, office: Office, holds: Holdings) -> list[EveryForm]:
    with database.unit_of_work() as session:
        return every_form(session, office, holds)


@pytest.fixture
def inside(app: FastAPI, office: Office) -> Visitor:
    return Visitor(app).enter(office.people[DIRECTION], office.id)


def untold(form: EveryForm, typed: dict[str, str], answer: Answer) -> Iterator[str]:
    """What the answer to a form whose every field is bad does not say, or has lost."""
    where = f"{form.url}, {typed!r:.200}"
    if answer.status_code != 422:
        yield f"{where}: answered {answer.status_code}"
        return
    if form.url.endswith(TOLD_ABOVE):
        if form.fields[0].label not in answer.text:
            yield f"{where}: {form.fields[0].label} is not named"
        return
    shown = shown_form(answer.text, form.url)
    if shown is None:
        yield f"{where}: the form is gone"
        return
    for field in form.fields:
        if not shown.error_at(field.key).endswith("."):
            yield f"{where}: nothing is said of {field.key}"
        kept = shown.texts.get(field.key)
        # To a browser, a NUL is the character that stands for what cannot be read.
        if kept not in (None, typed[field.key].replace("\0", "\ufffd")):
            yield f"{where}: {field.key} is {kept!r:.80} now"


def test_every_bad_answer_is_told_beside_its_field_kept_and_never_written(
    inside: Visitor,
    forms: list[EveryForm],
    database: Database,
    rng: random.Random,
    long_run: bool,
) -> None:
    before, found = contents(database), list[str]()
    for form in forms:
        numbers = range(most_bad(form.fields))
        tried = numbers if long_run else rng.sample(numbers, min(A_FEW, len(numbers)))
        for number in tried:
            typed = {field.key: bad_of(field, number) for field in form.fields}
            found += untold(form, typed, inside.post(form.url, typed))
    assert found == []
    assert contents(database) == before


def test_every_type_of_field_is_tried_with_all_that_is_bad_for_it(
    inside: Visitor, forms: list[EveryForm], database: Database
) -> None:
    """On the one form where it is met first."""
    before, found, met = contents(database), list[str](), set[str]()
    for form in forms:
        new = {field.type for field in form.fields} - met
        met |= new
        most = max((len(BAD[kind]) for kind in new), default=0)
        for number in range(most):
            typed = {field.key: bad_of(field, number) for field in form.fields}
            found += untold(form, typed, inside.post(form.url, typed))
    assert found == []
    assert contents(database) == before
    assert met >= {"texte", "montant", "date", "date_heure", "choix", "seance", "structure"}


def test_a_field_that_no_form_asks_is_refused_by_its_name(
    inside: Visitor, forms: list[EveryForm], database: Database
) -> None:
    before = contents(database)
    for form in forms:
        answer = inside.post(form.url, {**form.good, "montant_cache": "1"})
        assert answer.status_code == 422, form.url
        assert "montant_cache" in answer.text, form.url
    assert contents(database) == before


def test_two_answers_where_one_is_asked_are_refused_and_the_field_is_named(
    inside: Visitor,
    forms: list[EveryForm],
    database: Database,
    rng: random.Random,
    long_run: bool,
) -> None:
    before, token = contents(database), inside.token()
    for form in forms:
        single = [each for each in form.fields if not each.multiple]
        single = [each for each in single if each.type != "choix_multiple"]
        for field in single if long_run else rng.sample(single, 1):
            sent = [*form.good.items(), (field.key, form.good[field.key]), ("csrf_token", token)]
            answer = inside.send(form.url, urlencode(sent).encode())
            assert answer.status_code == 422, (form.url, field.key)
            assert field.label in answer.text or field.key in answer.text, (form.url, field.key)
    assert contents(database) == before


def test_a_form_that_came_back_is_taken_once_mended(
    inside: Visitor, forms: list[EveryForm], database: Database
) -> None:
    """The values that the tests above take for good are: what they refuse is refused for cause."""
    before = contents(database)
    form = next(each for each in forms if each.url == "/structures/nouvelle")
    assert inside.post(form.url, {**form.good, "siret": "12"}).status_code == 422
    assert contents(database) == before
    assert inside.post(form.url, {**form.good, "continuer": "1"}).status_code == 303
    assert contents(database) != before
