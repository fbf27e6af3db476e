"""What templates write is escaped as ever, and what they remember is what they would draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from api.templating import environment_of, remembered, written


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_a_value_is_written_as_markupsafe_escapes_it(value: object) -> None:
    assert written(value) == escape(value)


@given(st.text(alphabet="<>&'\"é "))
def test_no_sign_of_markup_is_left(text: str) -> None:
    assert not {"<", ">", "'", '"'} & set(written(text))
    assert written(Markup(text)) == text


def test_what_a_page_forgot_is_still_an_error() -> None:
    with pytest.raises(UndefinedError):
        written(StrictUndefined(name="oubli"))


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment over a macro, and a page that calls it."""
    (tmp_path / "partie.html").write_text(
        "{% macro lien(nom) %}<b>{{ nom }}</b>{% endmacro %}{% set lien = remembered(lien) %}"
    )
    (tmp_path / "page.html").write_text(
        '{% from "partie.html" import lien %}{{ lien(nom) }}{{ lien(nom) }}{{ lien([nom]) }}'
    )
    return environment_of(tmp_path, reload=False)


def test_a_remembered_macro_escapes_what_it_is_given(environment: Environment) -> None:
    page = environment.get_template("page.html").render(nom="<i>")
    assert page == "<b>&lt;i&gt;</b>" * 2 + "<b>[&#39;&lt;i&gt;&#39;]</b>"


def test_a_remembered_macro_is_drawn_once_for_each_argument() -> None:
    drawn: list[object] = []

    def macro(value: object) -> str:
        drawn.append(value)
        return str(value)

    draw = remembered(macro)
    assert [draw(1), draw(True), draw(1), draw("1"), draw([1]), draw([1])] == [
        *("1", "True", "1", "1", "[1]", "[1]")
    ]
    assert drawn == [1, True, "1", [1], [1]]
