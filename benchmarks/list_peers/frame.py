"""The template of the peers: all that surrounds the rows is text, taken from the page itself.

A peer pays for nothing around the rows but its values: a frame written by hand costs at least
as much. The rows, the totals, the tabs and the choices are written by each request.
"""

from __future__ import annotations

import re
from pathlib import Path

from api.rendering import Pages

_ROWS = Path(__file__).with_name("rows.html")
_SPACES, _BETWEEN = re.compile(r"\s+"), re.compile(r">\s+<")
_PAGE = re.compile(r"(?<=page=)[A-Za-z0-9_.=-]+")
_SECRETS = (
    re.compile(r'(?<=name="csrf_token" value=")[^"]*'),
    re.compile(r'(?<=name="idempotency_key" value=")[^"]*'),
    re.compile(r'(?<=data-choosing=")[^"]*'),
    _PAGE,
)
_AMOUNT = r'<span class="num">[^<]*</span>'


class FrameChanged(RuntimeError):
    """The page is not made as this file expects: its template would lie."""


def template_from(page: str) -> str:
    """The template, from the list as the application shows it."""
    if "{{" in page or "{%" in page:
        raise FrameChanged("the page holds signs of a template")
    rows = _ROWS.read_text("utf-8")
    for name in ("abouti", "arrete", "horloge"):
        rows = rows.replace(f"[{name}]", _icon(name))
    made = _PAGE.sub("{{ next }}", page)
    made = _csrf(made)
    for pattern, written in (
        (r"(?s)(<tbody>).*?(</tbody>)", rf"\1{rows}\2".replace("\\d", "d")),
        (r'(name="idempotency_key" value=")[^"]*', r"\1{{ key }}"),
        (rf'(<p><strong class="num">)[^<]*</strong> · {_AMOUNT}', rf"\1{_TOTALS}"),
        (rf"( demandés · ){_AMOUNT}", r'\1<span class="num">{{ granted }}</span>'),
        (r"(Agir sur les )[^<]*( dossiers )", r"\1{{ count }}\2"),
        (_select("referent", "0"), r"\1{{ referents }}\2".replace("{{ referents }}", _REFERENTS)),
        (_select("departement", ""), rf"\1{_DEPARTEMENTS}\2"),
        (r"(?s)(menu-who\">\s*<strong>)[^<]*", r"\1{{ nom }}"),
        (r"( · )[^<]*(</title>)", r"\1{{ organisme }}\2"),
        (r'(<span class="brand-name">)[^<]*', r"\1{{ organisme }}"),
    ):
        made, found = re.subn(pattern, written, made)
        if found != 1:
            raise FrameChanged(f"{pattern}: {found}")
    return _tabs(made)


def same(page: str) -> str:
    """A page as pages are compared: without spaces between tags, nor what no two answers share."""
    for secret in _SECRETS:
        page = secret.sub("…", page)
    return _BETWEEN.sub("><", _SPACES.sub(" ", page)).strip()


def where_they_differ(first: str, other: str) -> str:
    """What two pages say at the first place where they differ."""
    pairs = enumerate(zip(first, other, strict=False))
    at = next((place for place, (one, two) in pairs if one != two), min(len(first), len(other)))
    start = max(0, at - 120)
    return f"{first[start : at + 120]!r}\n{other[start : at + 120]!r}"


_TOTALS = r'{{ counted }}</strong> · <span class="num">{{ asked }}</span>'
_REFERENTS = '{% for id, nom in referents %}<option value="{{ id }}">{{ nom }}</option>{% endfor %}'
_DEPARTEMENTS = (
    '{% for code, nom in departements %}<option value="{{ code }}">{{ nom }}</option>{% endfor %}'
)


def _select(name: str, last_fixed: str) -> str:
    """The choices of a filter that the database gives, after those that never change."""
    fixed = rf'<option value="{last_fixed}">[^<]*</option>'
    return rf'(?s)(<select[^>]* name="{name}"[^>]*>(?:(?!</select>).)*?{fixed}).*?(</select>)'


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise FrameChanged("no csrf token")
    return page.replace(found[1], "{{ csrf }}")


def _tabs(page: str) -> str:
    """The number of dossiers of each pipeline."""
    tab = re.compile(r'(\?dispositif=(\w+)"[^>]*>[^<]*<span class="count">)[^<]*')
    made, found = tab.subn(r'\1{{ tabs["\2"] }}', page)
    if not found:
        raise FrameChanged("no tabs")
    return made


def _icon(name: str) -> str:
    environment = Pages()._environment  # noqa: SLF001 - the shapes have no other owner
    module = environment.get_template("components/icons.html").module
    return str(getattr(module, "icon")(name))  # noqa: B009 - a macro, that no type knows
