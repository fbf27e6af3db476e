"""The measures as a page: `docs/benchmarks.md`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks import (
    exports,
    growth_report,
    letters,
    lists_report,
    offers,
    posts,
    startup,
    sweeps,
    takeovers,
)
from benchmarks.letters import LetterRates
from benchmarks.moves import MoveResult
from benchmarks.pages import GrowthResult
from benchmarks.posts import PostResult
from benchmarks.record import Measures, Taken
from benchmarks.rounds import Rates
from benchmarks.startup import StartResult

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HOUSE, BY_HAND, DJANGO = "Microprojets", "SQL écrit à la main", "Django + django-fsm-2"
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_OF_SQL = {"sqlite": 0.65, "postgresql": 0.75}
_TIMES_DJANGO = {"sqlite": 3.0, "postgresql": 2.3}
_TIMES_DJANGO_BY_POST = 2.0
_OFFERS_PER_S = 10_000
_START_RATIO, _MEGABYTES = 1.5, 130.0


def page_of(measures: Measures, machine: Mapping[str, str]) -> str:
    """The whole page: what was measured, each part with its day."""
    start = measures.start
    parts = {
        "moves": _moves(measures.moves),
        "posts": _posts(measures.posts),
        "offers": _offers(measures.offers),
        "list": lists_report.section(measures.lists, _section, _rate, _at_least),
        **{f"pages-{kind}": _growth(each) for kind, each in measures.growth.items()},
        "export": _section(
            exports.TITLE, exports.TEXT, exports.HEADER, exports.rows(measures.exports)
        ),
        "takeover": _takeovers(measures.takeovers) if measures.takeovers else "",
        "letters": _letters(measures.letters) if measures.letters else "",
        "reminders": _reminders(measures.reminders),
        "start": _start(start) + "\n" + _imports(measures.imports) if start else "",
        "shares": _shares(measures.shares),
    }
    dated = (_dated(text, measures.taken.get(part)) for part, text in parts.items() if text)
    return "\n".join([_opening(machine), *dated])


def _dated(section: str, taken: Taken | None) -> str:
    """A section, and under its title when it was measured."""
    if taken is None:
        return section
    title, _, rest = section.partition("\n")
    how = f", {taken.how}" if taken.how else ""
    day = f"Mesuré le {taken.at:%d/%m/%Y} (code `{taken.code}`, charge {taken.load}{how})."
    return f"{title}\n\n{day}\n{rest}"


def _takeovers(found: Sequence[takeovers.TakeoverResult]) -> str:
    rows = takeovers.rows(found, lambda seconds: _under_s(seconds, takeovers.LONGEST_S))
    return _section(takeovers.TITLE, takeovers.TEXT, takeovers.HEADER, rows)


def _reminders(found: Sequence[sweeps.SweepMeasures]) -> str:
    rows = sweeps.rows(found, _rate, _at_least, _at_most)
    return _section(sweeps.TITLE, sweeps.TEXT, sweeps.HEADER, rows)


def _letters(found: LetterRates) -> str:
    return _section(letters.TITLE, letters.TEXT, letters.HEADER, letters.rows(found))


def _opening(machine: Mapping[str, str]) -> str:
    lines = [f"- {name} : {value}" for name, value in machine.items()]
    return _INTRODUCTION.format(machine="\n".join(lines))


_INTRODUCTION = """\
# Mesures comparées

Page écrite par `python3 manage.py bench`. Une partie peut être mesurée seule (`--only`) : chacune
porte son jour, le code mesuré et la charge de la machine au début, qui fait aussi autre chose.

Chaque concurrent fait exactement le même travail, dans la même base, sous les mêmes réglages de
durabilité (`synchronous=FULL`, `fsync`) ; avant toute mesure, le programme vérifie qu'ils laissent
les mêmes lignes et que la chaîne du journal est juste. Les concurrents passent à tour de rôle dans
chaque série, après une série pour rien : un moment où la machine est occupée les touche tous. Un
rapport est la médiane des rapports pris série par série ; entre crochets, les quartiles.

{machine}
"""


def _moves(results: Sequence[MoveResult]) -> str:
    rows = [
        [
            _KINDS[each.kind],
            str(each.clients),
            *(_rate(each.rates, name) for name in (HOUSE, BY_HAND, DJANGO)),
            _at_least(each.rates.ratio(HOUSE, BY_HAND), _OF_SQL[each.kind]),
            _at_least(each.rates.ratio(HOUSE, DJANGO), _TIMES_DJANGO[each.kind]),
        ]
        for each in results
    ]
    header = [
        *("Base", "Clients", "Microprojets /s", "SQL à la main /s", "Django /s"),
        *("÷ SQL à la main", "× Django"),
    ]
    return _section("Un mouvement complet", _MOVES, header, rows)


_MOVES = """\
« Retenir le projet » sur un dossier présenté au comité : lecture et verrou, formulaire, version,
règles, rôle, ligne du dossier, journal avec son empreinte et son contenu, échéance annulée, deux
échéances prévues, un courrier, validation. Un *client* est un fil d'exécution du même processus,
comme sous uvicorn ; sur SQLite, chacun des trois attend son tour derrière le même verrou.

- *SQL à la main* : les mêmes lectures et écritures en SQL sur le pilote nu, les mêmes empreintes,
  le même JSON et le même calendrier, les règles écrites en `if`.
- *Django* : ORM, formulaire, `select_for_update`, `@transition` avec conditions et permission.
"""


def _posts(results: Sequence[PostResult]) -> str:
    rows = [
        [
            _KINDS[each.kind],
            str(each.clients),
            _rate(each.rates, posts.HOUSE),
            _rate(each.rates, posts.DJANGO),
            _at_least(each.rates.ratio(posts.HOUSE, posts.DJANGO), _TIMES_DJANGO_BY_POST),
        ]
        for each in results
    ]
    header = ["Base", "Clients", "Microprojets /s", "Django /s", "× Django"]
    return _section("Le même mouvement par `POST`", _POSTS, header, rows)


_POSTS = """\
Le formulaire d'un navigateur connecté, envoyé sur la boucle locale : session, jeton CSRF, droits,
mouvement, redirection. Un processus de chaque côté : l'application telle que `manage.py run` la
lance (uvicorn), Django derrière gunicorn (`gthread`, huit fils) ; chacun écrit une ligne de journal
par requête. Le client, qui tourne sur la même machine, est compris dans le temps.
"""


def _offers(rates: Mapping[str, Rates]) -> str:
    rows = [
        [
            _KINDS[kind],
            _at_least(each.median(offers.LOADED), _OFFERS_PER_S, whole=True),
            _rate(each, offers.WITH_LOADING),
        ]
        for kind, each in rates.items()
    ]
    header = ["Base", "Faits déjà lus /s", "Lecture du dossier et des faits comprise /s"]
    return _section("Ce qu'on peut faire d'un dossier : `actions()`", _OFFERS, header, rows)


_OFFERS = """\
Toutes les actions de l'étape, permises ou refusées avec toutes leurs raisons, sur un dossier de
microprojets présenté au comité.
"""


def _growth(result: GrowthResult) -> str:
    title = f"{growth_report.TITLE} : {_KINDS[result.kind]}"
    return _section(
        title, growth_report.text(), growth_report.header(result), list(growth_report.rows(result))
    )


def _start(result: StartResult) -> str:
    mine, bare = (statistics.median(result.seconds[each]) for each in (startup.HOUSE, startup.BARE))
    held = statistics.median(result.memory[startup.HOUSE])
    bare_held = statistics.median(result.memory[startup.BARE])
    rows = [
        [
            "Première page",
            f"{_decimal(mine)} s",
            f"{_decimal(bare)} s",
            _at_most(result.ratio(), _START_RATIO),
        ],
        ["Mémoire", f"{held:.0f} Mo", f"{bare_held:.0f} Mo", _under(held, _MEGABYTES)],
    ]
    header = ["", "Microprojets", "FastAPI + SQLModel nus", "Verdict"]
    return _section("Démarrage et mémoire", _START, header, rows)


_START = """\
De la commande à la première page servie (`/tableau`, en étant connecté), base déjà là ; puis la
mémoire résidente après trente pages. En face : une application FastAPI d'une table et d'une page.
"""


def _imports(imports: Mapping[str, float]) -> str:
    rows = [[part, f"{taken:.0f} ms"] for part, taken in imports.items()]
    return _section("Où passe le temps du démarrage", _IMPORTS, ["Chargement de", "Temps"], rows)


_IMPORTS = """\
Presque tout est du chargement de code. N'est chargé que ce que demande la première page : ses
tables, ses adresses, ses vues ; le reste attend qu'on le demande (un test le vérifie). Le temps qui
n'est pas ici lit les dispositifs, vérifie la base, puis dessine la page avec des gabarits déjà
compilés.
"""


def _shares(shares: Mapping[str, float]) -> str:
    rows = [[part, f"{share:.0%}".replace("%", " %")] for part, share in shares.items()]
    return _section("Où passe le temps d'un mouvement", _SHARES, ["Partie", "Part"], rows)


_SHARES = """\
Sur SQLite, un client, sous `cProfile`, qui grossit ce qui est en Python.
"""


def _section(title: str, text: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    return f"## {title}\n\n{text}\n{_table(header, rows)}\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def _rate(rates: Rates, name: str) -> str:
    first, third = rates.spread(name)
    return f"{rates.median(name):.0f} [{first:.0f}–{third:.0f}]"


def _at_least(found: float, target: float, *, whole: bool = False) -> str:
    told = [f"{value:.0f}" if whole else _decimal(value) for value in (found, target)]
    return f"**{told[0]}** (visé : {told[1]}) {_verdict(found >= target)}"


def _at_most(found: float, target: float) -> str:
    return (
        f"**× {_decimal(found)}** (visé : {_decimal(target)} au plus) {_verdict(found <= target)}"
    )


def _under(found: float, target: float) -> str:
    return f"visé : moins de {target:.0f} Mo {_verdict(found < target)}"


def _under_s(found: float, target: float) -> str:
    shown = f"{found:.1f}".replace(".", ",")
    return f"**{shown} s** (visé : {target:.0f} s au plus) {_verdict(found <= target)}"


def _verdict(reached: bool) -> str:
    return "✓" if reached else "✗ manqué"


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
