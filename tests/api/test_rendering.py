"""Pages from templates: what a page forgot is refused, what was typed is escaped."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from api.rendering import TEMPLATES, Pages, StaticFiles
from api.views.chrome import Chrome, OrganismeChrome, Utilisateur, main_navigation
from api.views.erreur import erreur

NOW = datetime(2026, 3, 12, 13, 40, tzinfo=UTC)
PAGES = [
    *TEMPLATES.glob("base.html"),
    *TEMPLATES.glob("components/*"),
    *TEMPLATES.glob("pages/**/*.html"),
]


def chrome(nom: str = "Rivages") -> Chrome:
    return Chrome(
        csrf_token="jeton",
        now=NOW,
        utilisateur=Utilisateur(
            nom="Claire Aubin", email="claire@rivages.example", role="Direction"
        ),
        organisme=OrganismeChrome(nom=nom),
        nav=main_navigation(settings=True),
    )


def test_a_page_is_framed_by_its_organisme_and_its_navigation() -> None:
    page = Pages().render("pages/erreur/erreur.html", erreur(404), chrome())
    assert "Page introuvable · Rivages" in page
    assert page.count("<nav") == 1


def test_what_was_typed_is_never_markup() -> None:
    page = Pages().render("pages/erreur/erreur.html", erreur(404), chrome("<script>alerte()"))
    assert "<script>alerte" not in page
    assert "&lt;script&gt;alerte" in page


def test_a_value_that_a_page_forgot_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "oubli.html").write_text("{{ page.oubli }}", encoding="utf-8")
    with pytest.raises(UndefinedError):
        Pages(tmp_path).render("oubli.html", erreur(404), chrome())


def test_the_address_of_a_static_file_changes_with_its_content(tmp_path: Path) -> None:
    sheet = tmp_path / "style.css"
    sheet.write_text("a {}", encoding="utf-8")
    before = StaticFiles(tmp_path).address("style.css")
    sheet.write_text("b {}", encoding="utf-8")
    assert before.startswith("/static/style.css?v=")
    assert StaticFiles(tmp_path).address("style.css") != before


def test_a_static_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StaticFiles(tmp_path).address("absent.css")


@pytest.mark.parametrize("template", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_template_needs_an_inline_script_or_style(template: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
