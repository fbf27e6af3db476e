"""Every letter that the six projects of 2009 may receive, as their stories make them due.

Each story is told as the demonstration tells it. At each stage, what could have happened instead
is tried and taken back: the letters of that move, and the reminders of that stage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from grants.comites.decisions import Verdict, decide
from grants.demonstration.donnees import charger_2009
from grants.demonstration.fichiers import Demonstration
from grants.demonstration.installation import install
from grants.demonstration.papiers import Papers
from grants.demonstration.recit import Recit, _Event
from grants.dossiers.advance import Demand, advance
from grants.dossiers.letters import recipient_of, reminder_context
from grants.dossiers.lettres.examples import preview_context
from grants.dossiers.lettres.named import naming
from grants.dossiers.opening import Opening, open_dossier
from grants.dossiers.pieces.storage import Storage
from grants.dossiers.reading import read_subject
from grants.organisation.identity import software
from grants.organisation.letterhead import letterhead_of
from notifications.courrier_table import Courrier
from notifications.letters import Letter
from notifications.outbox import Recipient
from notifications.template_versions import original
from workflow.database import table_of
from workflow.engine import Engine
from workflow.subject import Subject

PROJECTS = (
    *("azzura-lights", "handi-plus", "diagonales-solidarites", "alcool-assistance-06"),
    *("pass-age", "courmetta"),
)
_REASON = "Le plan de financement n’est pas encore équilibré."
_EXPECTED = "Un budget détaillé par nature de dépense.\nLa réponse écrite de la commune."
#: At each stage, what could be done instead of going on: answers, with a reason or without.
_DECIDES = {"ajourner": "ajourne", "refuser": "refuse"}
_INSTEAD: Mapping[str, tuple[tuple[str, Mapping[str, str], str | None], ...]] = {
    "contact": (
        ("classer_sans_suite", {}, "Vous nous avez dit renoncer à votre projet pour cette année."),
        ("reorienter", {"destination": "dla_individuel", "ouvrir_dossier": "oui"}, None),
    ),
    "accueil": (
        (
            "reorienter",
            {"destination": "autre", "organisme_destinataire": "Coup de pouce 06"},
            None,
        ),
    ),
    "cts": (("retirer_du_cts", {}, _REASON),),
    "cts tenu": (
        ("ajourner", {"complements_attendus": _EXPECTED}, _REASON),
        ("refuser", {}, "Le lien du projet avec l’emploi n’est pas assez établi."),
    ),
    "selectionne": (),
    "suivi": (
        ("resilier", {"montant_a_rembourser": "1 234,56"}, "Le projet a été abandonné."),
        ("resilier", {"montant_a_rembourser": "0"}, "Le projet n’a pas pu commencer."),
    ),
    "bilan": (
        ("renvoyer_bilan", {"complements_bilan": "La facture n° 12 et le relevé de mai."}, None),
    ),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One letter that somebody is owed, with all that writing it takes."""

    project: str
    letter: Letter
    occasion: str
    context: Mapping[str, Any]
    recipient: Recipient
    reference: str
    referent_id: int | None
    at: datetime


@dataclass(slots=True)
class Correspondence:
    """The letters of the six projects, gathered while their stories are told."""

    session: Session
    engine: Engine
    papers: Papers
    organisme_id: int = 0
    due: list[Due] = field(default_factory=list)

    def gather(self) -> None:
        """Tell the stories, stopping at each stage for what could have happened."""
        told = six_projects()
        place = install(self.session, self.engine, told, "no password")
        self.organisme_id = place.organisme_id
        end = max(fait.le for each in told.dossiers for fait in each.faits)
        recit = Recit(self.session, self.engine, told, place, self.papers, end)
        for event in sorted(recit._events(), key=lambda each: each.at):
            self._before(recit, event)
            recit._happen(event)
            if event.paper is None and event.dossier is not None:
                self._after(recit, event)

    def head(self, due: Due) -> Any:
        """The letterhead of a letter."""
        connection = self.session.connection()
        return letterhead_of(connection, self.organisme_id, due.letter.signatory, due.referent_id)

    def _before(self, recit: Recit, event: _Event) -> None:
        """What the comité could have decided instead."""
        if event.dossier and event.fait is not None and event.fait.action == "selectionner":
            for instead in _INSTEAD["cts tenu"]:
                self._try(recit, event.dossier.cle, event.at - timedelta(minutes=1), *instead)

    def _after(self, recit: Recit, event: _Event) -> None:
        assert event.dossier is not None, "what is not a séance's is a dossier's"
        cle = event.dossier.cle
        subject = self._read(recit.dossiers[cle])
        if event.fait is not None and event.fait.action is None:
            return
        self._letters(cle, subject, event.at)
        self._reminders(cle, subject, event.at)
        for instead in _INSTEAD.get(subject.stage, ()):
            self._try(recit, cle, event.at + timedelta(minutes=1), *instead)
        if event.fait is None:
            self._elsewhere(cle, subject, event.at)

    def _decide_instead(self, cle: str, recit: Recit, retenue: str, at: datetime) -> None:
        subject = self._read(recit.dossiers[cle])
        verdict = Verdict(subject.row["seance_id"], subject.id, retenue, motif=_REASON)
        decide(self.session, self.engine, recit.place.prepare, verdict, at)

    def _try(
        self,
        recit: Recit,
        cle: str,
        at: datetime,
        action: str,
        answers: Mapping[str, str],
        reason: str | None,
    ) -> None:
        """A move, its letters read, and taken back."""
        identity = recit.place.identities["direction"]
        with self.session.connection().begin_nested() as attempt:
            if action in _DECIDES:
                self._decide_instead(cle, recit, _DECIDES[action], at)
            demand = Demand(recit.dossiers[cle], action, dict(answers), reason)
            advance(self.session, self.engine, identity, demand, at)
            self._letters(cle, self._read(recit.dossiers[cle]), at)
            attempt.rollback()

    def _letters(self, cle: str, subject: Subject, at: datetime) -> None:
        """The letters of the move that was just made."""
        table = table_of(Courrier)
        query = select(table).where(
            table.c.subject_kind == "dossier",
            table.c.subject_id == subject.id,
            table.c.created_at == at,
        )
        for row in self.session.connection().execute(query).mappings():
            context = json.loads(row["context"])
            occasion = context["action"]["libelle"]
            self._add(cle, row["letter"], occasion, context, subject, at)

    def _reminders(self, cle: str, subject: Subject, at: datetime) -> None:
        """The first and the last reminder of each rule of the stage."""
        connection = self.session.connection()
        for rule in self.engine.machine(subject).pipeline.stage(subject.stage).reminders:
            if rule.letter is None:
                continue
            letter, most = self.engine.vocabulary.letters[rule.letter], len(rule.delays)
            for number in sorted({1, most}):
                told = {
                    "numero": number,
                    "sur": most,
                    "cause": rule.label,
                    "depuis": at.date().isoformat(),
                }
                context = reminder_context(connection, self.engine, subject, letter, told, at)
                occasion = f"rappel {number} sur {most}"
                self._add(cle, letter.key, occasion, context, subject, at)

    def _elsewhere(self, cle: str, subject: Subject, at: datetime) -> None:
        """The letters of the other dispositifs, to the same people, as seen beforehand."""
        for pipeline, letters in self._others(subject.pipeline).items():
            with self.session.connection().begin_nested() as attempt:
                other = self._opened_in(pipeline, subject, at)
                for letter in letters:
                    context, _borrowed = preview_context(
                        self.session.connection(), self.engine, other, original(letter), at
                    )
                    self._add(cle, letter.key, "exemple", context, other, at)
                attempt.rollback()

    def _others(self, mine: str) -> dict[str, list[Letter]]:
        """The letters that this pipeline does not name, by the first that does."""
        found: dict[str, list[Letter]] = {}
        for letter in self.engine.vocabulary.letters.values():
            pipelines = [each.key for each in naming(self.engine, letter).pipelines]
            if letter.to not in ("membres", "prestataires") and mine not in pipelines:
                found.setdefault(pipelines[0], []).append(letter)
        return found

    def _opened_in(self, pipeline: str, subject: Subject, at: datetime) -> Subject:
        """A dossier of another dispositif, for the same structure and the same porteur."""
        row = subject.row
        opening = Opening(
            pipeline,
            opened_on=at.date(),
            porteur_id=row["porteur_id"],
            structure_id=row["structure_id"],
            referent_id=row["referent_id"],
            values={"titre": row["titre"]},
        )
        return open_dossier(self.session, self.engine, software(self.organisme_id), opening, at)

    def _read(self, id: int) -> Subject:
        connection = self.session.connection()
        return read_subject(connection, self.engine, self.organisme_id, id, lock=False)

    def _add(
        self,
        cle: str,
        letter: str,
        occasion: str,
        context: Mapping[str, Any],
        subject: Subject,
        at: datetime,
    ) -> None:
        self.due.append(
            Due(
                cle,
                self.engine.vocabulary.letters[letter],
                occasion,
                context,
                recipient_of(subject),
                subject.row["reference"],
                subject.row["referent_id"],
                at,
            )
        )


def six_projects() -> Demonstration:
    """The demonstration of 2009 with its six selected projects, and nothing else."""
    whole = charger_2009()
    dossiers = tuple(each for each in whole.dossiers if each.cle in PROJECTS)
    seances = tuple(
        each.model_copy(
            update={"passages": tuple(one for one in each.passages if one.dossier in PROJECTS)}
        )
        for each in whole.seances
    )
    told = {"dossiers": dossiers, "seances": seances, "interventions": (), "adherents": ()}
    return whole.model_copy(update=told)


def by_letter(due: list[Due]) -> Iterator[tuple[str, list[Due]]]:
    """The letters gathered, under their keys, the projects in their order."""
    keys = sorted({each.letter.key for each in due})
    for key in keys:
        mine = [each for each in due if each.letter.key == key]
        yield key, sorted(mine, key=lambda each: (PROJECTS.index(each.project), each.occasion))


def gathered(session: Session, engine: Engine, files: Storage) -> Correspondence:
    """The letters of the six projects, in a database that is thrown away."""
    found = Correspondence(session, engine, Papers(files))
    found.gather()
    return found
