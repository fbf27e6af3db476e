"""A letter as a PDF beside WeasyPrint and the bare compiler; as an e-mail; edited, in its child."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from benchmarks.letter_peers.bare import BareCompiler
from benchmarks.letter_peers.picture import striped
from benchmarks.letter_peers.weasy import weasy_printer
from benchmarks.rounds import Rates, interleave
from notifications.letter_source import digest_of_source, join_source
from notifications.letterhead import EUROPE, FRANCE
from notifications.letters import Letter
from notifications.render import Letterhead, Recipient, Template, Written, as_pdf, write

Measure = Callable[[], float]
HOUSE, BARE, WEASYPRINT = "Microprojets", "`Compiler.compile` seul", "WeasyPrint"
EMAIL, EDITED = "Courriel", "Courriel d'un modèle modifié"
TIMES_WEASYPRINT, OF_BARE = 6.0, 0.8
TITLE = "Écrire une lettre"
TEXT = """\
La même lettre d'une page (papier à en-tête, deux emblèmes, logo et signature, liste, tableau,
citation), chaque fois pour un autre projet. *Microprojets* part du modèle et des données : texte,
courriel et PDF (PDF/A-2a et PDF/UA-1). *`Compiler.compile` seul* reçoit les données déjà prêtes du
même modèle Typst. *WeasyPrint* reçoit la lettre déjà écrite, ses polices et sa feuille de style
déjà lues, et rend un PDF/UA-1. Le courriel n'a pas de PDF ; celui d'un modèle modifié est écrit
dans un processus à part, borné en temps et en mémoire.
"""
HEADER = ("Lettre", "Par seconde", "× WeasyPrint", "÷ `Compiler.compile` seul")
_AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
_BODY = """\
{{ porteur.civilite | appel }},

Le comité accorde **{{ dossier.montant_accorde | montant }}**
({{ dossier.montant_accorde | en_lettres }}) à « {{ dossier.titre }} ».

## À faire

1. signer la convention ;
2. envoyer :
{% for piece in pieces_manquantes %}
   - {{ piece.label }}
{% endfor %}

| Versement | Montant |
|---|--:|
| Avance | {{ dossier.montant_accorde | montant }} |
| Solde | {{ dossier.montant_accorde | montant }} |

> {{ action.motif }}

Écrivez à {{ referent.email | courriel }} ou appelez le {{ referent.telephone | telephone }}.
"""
_SOURCE = join_source("Votre projet {{ dossier.titre }} est retenu", _BODY)
_LETTER = Letter(
    key="accord",
    title="Accord",
    to="porteur",
    release="a_valider",
    emblems=True,
    source=_SOURCE,
    digest=digest_of_source(_SOURCE),
)
_HEAD = Letterhead(
    name="Tremplin 06",
    address=("12, rue de la République", "06300 Nice"),
    contact="04 93 00 00 00 · contact@tremplin.example",
    place="Nice",
    logo=striped(480, 120),
    signature=striped(300, 100),
    signatory="Camille Exemple",
    signatory_title="La directrice",
    emblems=(EUROPE, FRANCE),
)
_CONTEXT: dict[str, Any] = {
    "structure": {
        "nom": "Les Jardins partagés",
        "adresse": "3, chemin des Oliviers",
        "code_postal": "06000",
        "commune": "Nice",
    },
    "porteur": {"nom": "Ana Porteuse", "civilite": "madame"},
    "referent": {"email": "max@tremplin.example", "telephone": "+33493001122"},
    "action": {"motif": "Le comité souhaite suivre ce projet de près."},
    "pieces_manquantes": [{"label": "Statuts signés"}, {"label": "Relevé d’identité bancaire"}],
}
_ORIGINAL = Template(_LETTER, _SOURCE, None, _LETTER.digest)


@dataclass(frozen=True, slots=True)
class LetterRates:
    """The letters per second: as PDFs by each printer, then as e-mails."""

    printed: Rates
    mailed: Rates


def measure(rounds: int, batch: int) -> LetterRates:
    """Each printer in turn, `batch` letters per round; then the e-mails."""
    titles = (f"Un jardin numéro {number}" for number in count())
    bare, weasy = BareCompiler(), weasy_printer()
    edited = replace(_ORIGINAL, id=1)
    printed = {
        HOUSE: _rate(lambda title: as_pdf(written(title)), lambda: next(titles), batch),
        BARE: _rate(bare.compile, lambda: bare.prepare(written(next(titles)).sheet), batch),
        WEASYPRINT: _rate(weasy, lambda: written(next(titles)).sheet, max(1, batch // 4)),
    }
    mailed = {
        EMAIL: _rate(written, lambda: next(titles), batch * 4),
        EDITED: _rate(lambda title: written(title, edited), lambda: next(titles), batch * 4),
    }
    return LetterRates(interleave(printed, rounds), interleave(mailed, rounds))


def written(title: str, template: Template | None = None) -> Written:
    """The letter about one project."""
    return write(
        template or _ORIGINAL,
        {**_CONTEXT, "dossier": {"titre": title, "montant_accorde": 2_300_000}},
        letterhead=_HEAD,
        recipient=Recipient("Ana Porteuse", "ana@porteur.example", 4),
        reference="MP-2027-001",
        at=_AT,
    )


def rows(found: LetterRates) -> list[list[str]]:
    """The lines of the report."""
    printed, mailed = found.printed, found.mailed
    beside = {
        HOUSE: (_told(printed, WEASYPRINT, TIMES_WEASYPRINT), _told(printed, BARE, OF_BARE)),
        BARE: ("", ""),
        WEASYPRINT: ("", ""),
    }
    return [
        *([f"PDF, {name}", _per_second(printed, name), *beside[name]] for name in beside),
        *([name, _per_second(mailed, name), "", ""] for name in (EMAIL, EDITED)),
    ]


def _told(rates: Rates, other: str, target: float) -> str:
    ratio = rates.ratio(HOUSE, other)
    verdict = "✓" if ratio >= target else "✗ manqué"
    return f"**{ratio:.2f}** (visé : {target:.2f}) {verdict}".replace(".", ",")


def _per_second(rates: Rates, name: str) -> str:
    first, third = rates.spread(name)
    return f"{rates.median(name):.0f} [{first:.0f}–{third:.0f}]"


def _rate(make: Callable[[Any], object], prepare: Callable[[], Any], batch: int) -> Measure:
    """Letters per second; what `prepare` gives is made ready before the clock starts."""

    def measured() -> float:
        ready = [prepare() for _ in range(batch)]
        gc.collect()
        start = time.perf_counter()
        for each in ready:
            make(each)
        return batch / (time.perf_counter() - start)

    return measured
