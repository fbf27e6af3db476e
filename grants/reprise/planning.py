"""The dry run: every line matched with what is known, everything wrong told, nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grants.organisation.people import sorting_key
from grants.reprise.histories import Paths
from grants.reprise.known import CONTACT, DOSSIER, STRUCTURE, Fiche, Known
from grants.reprise.lines import Line, Lines, Progress
from grants.reprise.matching import MISSING, Ambiguous, Matcher, structure_asked
from grants.reprise.plans import NewDossier, Plan
from grants.reprise.tables import CONTACTS, STRUCTURES
from grants.structures.service import STRUCTURE_FIELDS
from workflow.dates import to_paris
from workflow.engine import Engine
from workflow.machine import PipelineMachine
from workflow.money import format_amount

_EVERY = 250
_STRUCTURE_KEYS = (*(field.key for field in STRUCTURE_FIELDS), "externe")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a file is taken over: the pipeline of its dossiers, the parameters in force, when."""

    engine: Engine
    sujet: str
    machine: PipelineMachine | None
    parameters: Mapping[str, Any]
    now: datetime

    @property
    def scope(self) -> str:
        """What two lines must both speak of to be the same one."""
        return f"{self.sujet} {self.machine.pipeline.key if self.machine else ''}"


def make_plan(scene: Scene, lines: Lines, known: Known, progress: Progress) -> Plan:
    """What these lines would add. Every fault is told in `lines`; with one, nothing is written."""
    matcher = Matcher(known, lines, scene.engine.vocabulary.field_types, scene.scope)
    planner = _planner(scene, matcher)
    for done, line in enumerate(lines.lines):
        if done % _EVERY == 0:
            progress(done, len(lines.lines))
        planner.take(line)
    lines.faults.sort(key=lambda fault: (fault.row, fault.column))
    return matcher.plan


def _planner(scene: Scene, matcher: Matcher) -> _Structures | _Contacts | _Dossiers:
    if scene.sujet == STRUCTURES:
        return _Structures(matcher)
    if scene.sujet == CONTACTS:
        return _Contacts(matcher)
    return _Dossiers(matcher, scene)


class _Structures:
    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def take(self, line: Line) -> None:
        """One structure, unless it is known."""
        matcher = self._matcher
        answers = {key: line.get(key) for key in _STRUCTURE_KEYS}
        try:
            found = matcher.find_structure(answers)
        except Ambiguous as error:
            matcher.lines.blame(line, error.key, error.what)
            return
        if found is not None or matcher.was_taken(STRUCTURE, line):
            matcher.plan.known += 1
            if found is not None:
                matcher.compare_structure(line, found, answers)
        elif not answers["nom"]:
            matcher.lines.blame(line, "nom", MISSING)
        else:
            matcher.new_structure(line, answers).empreinte = matcher.digest(line)


class _Contacts:
    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def take(self, line: Line) -> None:
        """One personne, and her place in a structure."""
        matcher = self._matcher
        if matcher.was_taken(CONTACT, line):
            matcher.plan.known += 1
            return
        structure = self._structure(line)
        if not line.get("nom") and not line.faulty:
            matcher.lines.blame(line, "nom", MISSING)
        if line.faulty:
            return
        before = len(matcher.plan.personnes)
        personne = matcher.person(line, "", structure)
        if personne is None:
            return
        added = len(matcher.plan.personnes) > before
        if added:
            personne.empreinte = matcher.digest(line)
        attached = structure is not None and matcher.attach(
            line, structure, personne, line.get("fonction")
        )
        matcher.plan.known += not added and not attached

    def _structure(self, line: Line) -> Fiche | None:
        matcher, asked = self._matcher, structure_asked(line)
        if not any(asked.values()):
            return None
        try:
            found = matcher.find_structure(asked)
        except Ambiguous as error:
            matcher.lines.blame(line, f"structure_{error.key}", error.what)
            return None
        if found is None:
            key = next(key for key, value in asked.items() if value)
            what = "Cette structure n'est pas connue. Reprenez d'abord les structures."
            matcher.lines.blame(line, f"structure_{key}", what)
        return found


class _Dossiers:
    def __init__(self, matcher: Matcher, scene: Scene) -> None:
        assert scene.machine is not None, "dossiers follow a pipeline"
        self._matcher = matcher
        self._fields = scene.machine.fields
        self._paths = Paths(scene.machine.pipeline, to_paris(scene.now).date())
        self._cap = scene.parameters.get("plafond")
        self._seen: dict[str, int] = {}

    def take(self, line: Line) -> None:
        """One dossier, with its porteur and its structure."""
        matcher = self._matcher
        reference = line.get("reference")
        if reference in matcher.known.references or matcher.was_taken(DOSSIER, line):
            matcher.plan.known += 1
            return
        path, faults = self._paths.read(line.values)
        faults |= self._faults(line, reference)
        for key, what in faults.items():
            matcher.lines.blame(line, key, what)
        structure = self._structure(line)
        porteur = matcher.person(line, "porteur_", structure)
        if line.faulty:
            return
        if structure is not None and porteur is not None:
            matcher.attach(line, structure, porteur, None)
        matcher.plan.dossiers.append(
            NewDossier(
                line=line.number,
                empreinte=matcher.digest(line),
                path=path,
                answers={key: line.values[key] for key in self._fields if key in line.values},
                reference=reference,
                referent_id=self._colleague(line),
                origine=line.get("origine"),
                plafond=line.get("plafond") or self._cap,
                structure=structure,
                porteur=porteur,
            )
        )

    def _faults(self, line: Line, reference: str | None) -> dict[str, str]:
        """What does not hold together; the database would refuse most of it."""
        faults: dict[str, str] = {}
        if not line.get("titre") and not line.faulty:
            faults["titre"] = MISSING
        if reference is not None:
            before = self._seen.setdefault(reference, line.number)
            if before != line.number:
                faults["reference"] = f"Cette référence est déjà à la ligne {before}."
        if line.get("referent") and self._colleague(line) is None:
            faults["referent"] = (
                "Ce n'est ni le nom ni l'e-mail d'un collègue actif. Invitez-le dans Équipe, ou "
                "laissez vide."
            )
        start, end = line.get("date_debut"), line.get("date_fin")
        if start and end and start > end:
            faults["date_fin"] = "Le projet finirait avant de commencer. Vérifiez les deux dates."
        return faults | self._amounts(line)

    def _amounts(self, line: Line) -> dict[str, str]:
        granted, asked = line.get("montant_accorde"), line.get("montant_demande")
        cap = line.get("plafond") or self._cap
        if granted is None:
            return {}
        if granted == 0:
            return {"montant_accorde": "Un montant nul ne s'accorde pas. Laissez la cellule vide."}
        if asked is None:
            return {"montant_accorde": "Donnez aussi l'aide demandée."}
        if granted > asked:
            return {"montant_accorde": f"L'aide demandée n'est que de {format_amount(asked)}."}
        if cap is not None and granted > cap:
            return {
                "montant_accorde": (
                    f"Ce montant dépasse le plafond de {format_amount(cap)}. S'il était plus haut "
                    "alors, donnez-le dans une colonne « Plafond à l'époque »."
                )
            }
        return {}

    def _colleague(self, line: Line) -> int | None:
        told = line.get("referent")
        if told is None:
            return None
        colleagues = self._matcher.known.colleagues
        return colleagues.get(told.lower()) or colleagues.get(sorting_key(told))

    def _structure(self, line: Line) -> Fiche | None:
        matcher, asked = self._matcher, structure_asked(line)
        if not any(asked.values()):
            return None
        place = {key: line.get(key) for key in ("commune", "departement")}
        try:
            found = matcher.find_structure(asked)
        except Ambiguous as error:
            matcher.lines.blame(line, f"structure_{error.key}", error.what)
            return None
        if found is not None:
            return found
        if not asked["nom"]:
            key = next(key for key, value in asked.items() if value)
            what = "Cette structure n'est pas encore connue. Donnez aussi son nom."
            matcher.lines.blame(line, f"structure_{key}", what)
            return None
        return matcher.new_structure(line, {**asked, **place})
