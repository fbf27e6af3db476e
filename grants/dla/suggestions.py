"""Which prestataires fit a dossier, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grants.dla.annuaire import PrestataireLine
from grants.dla.fiche import COMPETENCES
from grants.structures.departements import departement_name
from grants.structures.nomenclature import nomenclature_label

_LABELS = {choice.key: choice.label for choice in COMPETENCES}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a dossier asks of a prestataire, as far as its sheets tell it."""

    domaines: tuple[str, ...] = ()
    secteur: str | None = None
    departement: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A prestataire for a dossier: what speaks for it, and what against."""

    line: PrestataireLine
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def needs_of(values: Mapping[str, Any]) -> Needs:
    """What the sheets of a dossier ask for."""
    return Needs(
        domaines=tuple(values.get("domaines") or ()),
        secteur=values.get("secteur"),
        departement=values.get("departement"),
    )


def suggest(lines: Iterable[PrestataireLine], needs: Needs) -> list[Suggestion]:
    """Those who are active and have a skill that is needed, the fittest first.

    Where the dossier names no skill yet, every active prestataire is proposed.
    """
    found = [_weigh(line, needs) for line in lines if line.actif and _skilled(line, needs)]
    found.sort(key=lambda each: (*_rank(each, needs), each.line.nom_cle, each.line.id))
    return found


def _skilled(line: PrestataireLine, needs: Needs) -> bool:
    return not needs.domaines or not set(needs.domaines).isdisjoint(line.competences)


def _rank(each: Suggestion, needs: Needs) -> tuple[int, int]:
    """Doubts come last; then the more skills in common, the sooner."""
    common = sum(1 for key in needs.domaines if key in each.line.competences)
    return len(each.doubts), -common


def _weigh(line: PrestataireLine, needs: Needs) -> Suggestion:
    reasons, doubts = [], []
    common = [_LABELS.get(key, key) for key in needs.domaines if key in line.competences]
    if common:
        reasons.append(f"Compétences : {', '.join(common)}")
    if needs.secteur:
        label = nomenclature_label(needs.secteur)
        if not line.secteurs:
            reasons.append("Tous secteurs")
        elif line.knows(needs.secteur):
            reasons.append(f"Secteur : {label}")
        else:
            doubts.append(f"Ne dit pas connaître le secteur {label}")
    if needs.departement:
        place = departement_name(needs.departement)
        if not line.departements:
            reasons.append("Se déplace partout")
        elif line.works_in(needs.departement):
            reasons.append(f"Territoire : {place}")
        else:
            doubts.append(f"N’intervient pas dans ce territoire : {place}")
    doubts += [conflict(nom) for nom in line.comites]
    return Suggestion(line, tuple(reasons), tuple(doubts))


def conflict(comite: str) -> str:
    """What is said of a prestataire who sits in a comité."""
    return f"Siège au comité « {comite} » : conflit d’intérêts possible"
