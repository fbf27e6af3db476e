"""The list beside its peers, as a section of `docs/benchmarks.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.lists import ADDRESSES, BY_HAND, DJANGO, DOSSIERS, HOUSE, ListResult
from benchmarks.rounds import Rates

_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_SHOWN = {ADDRESSES["toutes"]: "sans filtre", ADDRESSES["cts"]: "une étape"}
OF_SQL, TIMES_DJANGO = 0.6, 1.3
TITLE = "La liste de cinquante dossiers"
TEXT = f"""\
La page entière, par HTTP sur la boucle locale, un processus de chaque côté, sur {DOSSIERS}
dossiers. Avant toute mesure, les trois pages sont comparées : elles sont les mêmes, à l'espace
près.

- *SQL à la main + Jinja2* : SQL sur le pilote nu, FastAPI et uvicorn, un gabarit dont tout ce qui
  entoure les lignes est un texte déjà écrit ; ni transaction, ni filtres autres que les deux
  mesurés.
- *Django + Jinja2* : ORM (`select_related`, `only`), sessions et connexion de Django, le même
  gabarit, gunicorn (`gthread`).
"""
_HEADER = (
    *("Base", "Liste", "Clients", "Microprojets /s", "SQL à la main /s", "Django /s"),
    *("÷ SQL à la main", "× Django"),
)


def section(
    results: Sequence[ListResult],
    write: Callable[..., str],
    rate: Callable[[Rates, str], str],
    at_least: Callable[[float, float], str],
) -> str:
    """The whole section."""
    rows = [
        [
            _KINDS[each.kind],
            _SHOWN[each.address],
            str(each.clients),
            *(rate(each.rates, name) for name in (HOUSE, BY_HAND, DJANGO)),
            at_least(each.rates.ratio(HOUSE, BY_HAND), OF_SQL),
            at_least(each.rates.ratio(HOUSE, DJANGO), TIMES_DJANGO),
        ]
        for each in results
    ]
    return write(TITLE, TEXT, _HEADER, rows)
