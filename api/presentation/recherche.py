"""What a search found, as it is shown: where each hit leads, which of its words were met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from api.views.recherche import Hit, HitGroup, Part, RecherchePage
from grants.recherche.queries import (
    DossierFound,
    FichierFound,
    Findings,
    NoteFound,
    PersonneFound,
    StructureFound,
)
from grants.recherche.words import LONGEST_QUERY, words_of
from workflow.dates import format_date, to_paris
from workflow.engine import Engine
from workflow.texts import fold

PATH = "/recherche"
_WORD = re.compile(r"[^\W_]+")
_AROUND = 60
_LONGEST_EXTRACT = 180


def recherche_page(
    engine: Engine, text: str, findings: Findings, most: int, *, short: bool
) -> RecherchePage:
    """The page of a search, or the part of it that the palette shows."""
    shown = _Shown(engine, findings)
    groups = (
        _group("structures", "Structures", "structures", map(shown.structure, findings.structures)),
        _group("personnes", "Personnes", "personnes", map(shown.personne, findings.personnes)),
        _group("dossiers", "Dossiers", "dossier", map(shown.dossier, findings.dossiers)),
        _group("notes", "Notes", "note", map(shown.note, findings.notes)),
        _group("pieces", "Pièces", "piece", map(shown.fichier, findings.fichiers)),
    )
    full = any(len(group.hits) >= most for group in groups)
    return RecherchePage(
        text=text,
        longest=LONGEST_QUERY,
        groups=tuple(group for group in groups if group.hits),
        instead=tuple(shown.as_written(spelling) for spelling in findings.spellings),
        all_url=f"{PATH}?{urlencode({'q': text})}" if short and full else None,
    )


def marked(text: str, words: tuple[str, ...]) -> tuple[Part, ...]:
    """The text in pieces: the words that begin with one of those looked for stand out."""
    parts: list[Part] = []
    place = 0
    for match in _WORD.finditer(text):
        if fold(match[0]).startswith(words):
            parts += (Part(text=text[place : match.start()]), Part(text=match[0], met=True))
            place = match.end()
    parts.append(Part(text=text[place:]))
    return tuple(part for part in parts if part.text)


class _Shown:
    def __init__(self, engine: Engine, findings: Findings) -> None:
        self._engine = engine
        self._words = (*findings.words, *findings.spellings)
        self._written: dict[str, str] = {}

    def as_written(self, spelling: str) -> str:
        """A word of the index as the organisme writes it, with its accents."""
        return self._written.get(spelling, spelling)

    def structure(self, found: StructureFound) -> Hit:
        place = f"{found.commune} ({found.departement})" if found.departement else found.commune
        return self._hit(f"/structures/{found.id}", found.nom, place, found.siret or found.rna)

    def personne(self, found: PersonneFound) -> Hit:
        url = None
        if found.dossier_id is not None:
            url = f"/dossiers/{found.dossier_id}"
        elif found.structure_id is not None:
            url = f"/structures/{found.structure_id}"
        return self._hit(url, found.nom, found.email, found.telephone)

    def dossier(self, found: DossierFound) -> Hit:
        machine = self._engine.catalogue.machine(found.pipeline, found.pipeline_version)
        stage = machine.pipeline.stage(found.stage).label
        return self._hit(
            f"/dossiers/{found.id}",
            found.titre or "Projet sans titre",
            found.reference,
            found.structure or found.porteur,
            stage,
            self._extract(found.objet or "") if self._meets(found.objet or "") else None,
        )

    def note(self, found: NoteFound) -> Hit:
        day = format_date(to_paris(found.le).date())
        url = f"/dossiers/{found.dossier_id}#notes"
        return self._hit(url, self._extract(found.texte), found.reference, found.auteur, day)

    def fichier(self, found: FichierFound) -> Hit:
        url = f"/structures/{found.structure_id}"
        if found.dossier_id is not None:
            url = f"/dossiers/{found.dossier_id}#pieces"
        return self._hit(url, found.nom, found.reference or found.structure)

    def _hit(self, url: str | None, title: str, *details: str | None) -> Hit:
        detail = " · ".join(each for each in details if each)
        for match in _WORD.finditer(f"{title} {detail}"):
            self._written.setdefault(" ".join(words_of(match[0])), match[0].lower())
        return Hit(url=url, title=marked(title, self._words), detail=marked(detail, self._words))

    def _meets(self, text: str) -> bool:
        return any(part.met for part in marked(text, self._words))

    def _extract(self, text: str) -> str:
        """The text around the first word met, on one line."""
        line = " ".join(text.split())
        place = 0
        for part in marked(line, self._words):
            if part.met:
                break
            place += len(part.text)
        start = 0 if place <= _AROUND else line.find(" ", place - _AROUND) + 1
        end = start + _LONGEST_EXTRACT
        return ("… " if start else "") + line[start:end] + ("…" if len(line) > end else "")


def _group(key: str, label: str, icon: str, hits: Iterator[Hit]) -> HitGroup:
    return HitGroup(key=key, label=label, icon=icon, hits=tuple(hits))
