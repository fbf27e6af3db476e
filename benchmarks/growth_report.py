"""Pages as the dossiers multiply, as a section of `docs/benchmarks.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.crowding import SHAPES
from benchmarks.pages import GrowthResult

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_MOST, _MOST_SEARCHING = 1.5, {"sqlite": 1.5, "postgresql": 3.0}

TITLE = "Quand les dossiers se multiplient"
TEXT = """\
La même page, pour la même personne, du plus grand organisme : {shapes}. Médiane, en millisecondes,
d'une requête qui traverse toute l'application (session, droits, base, gabarit), sans réseau ; à
côté, le nombre d'instructions SQL. Le rapport est celui du plus grand nombre au plus petit, chacun
demandé à son tour : la médiane des séries.
"""


def text() -> str:
    """What the tables below say, and on what."""
    shapes = "\u202f; ".join(
        f"{_spaced(size)} dossiers, dont {_spaced(largest)} dans le plus grand des"
        f" {organismes} organismes"
        for size, (organismes, largest) in SHAPES.items()
    )
    return TEXT.format(shapes=shapes)


def header(result: GrowthResult) -> list[str]:
    """The columns: one for each number of dossiers."""
    sizes = [f"{_spaced(size)} (ms, SQL)" for size in result.times]
    return [f"Page ({KINDS[result.kind]})", *sizes, "Rapport"]


def rows(result: GrowthResult) -> Iterator[Sequence[str]]:
    """One line for each page."""
    for times in zip(*result.times.values(), strict=True):
        page = times[0].page
        cells = [f"{_decimal(each.ms)} · {each.statements}" for each in times]
        yield [page, *cells, _ratio(result.kind, page, result.ratios[page])]


def _ratio(kind: str, page: str, found: float) -> str:
    told = f"× {_decimal(found)}"
    most = _MOST_SEARCHING[kind] if page.startswith("Recherche") else _MOST
    sign = "✓" if found <= most else "✗ manqué"
    return f"**{told}** (visé : {_decimal(most)} au plus) {sign}"


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
