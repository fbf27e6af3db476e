"""JSON under /api/v1: one module per subject, over the same services as the pages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.v1.contract import Operation

_SUBJECTS = (
    "dispositifs",
    "recherche",
    "lists",
    "exports",
    "vues",
    "dossiers",
    "around",
    "lots",
    "travail",
    "interventions",
    "pieces",
    "finances",
    # « proches » is not the id of a structure: it comes before.
    "structures",
    "fusions",
    "entourage",
    "comites",
    "membres",
    "enveloppes",
    "adherents",
    "prestataires",
    "consultations",
    "missions",
    "seances",
    "seances_tenue",
    "seances_presences",
    "seances_votes",
    "seances_papiers",
    "courriers",
    "adresses",
    "relances",
    "seances_relances",
    "agenda",
    "modeles",
    "journaux",
    "pilotage",
    "organisme",
    "equipe",
    "reprises",
    "annonces",
)


def __getattr__(name: str) -> tuple[Operation, ...]:
    """`OPERATIONS`: every operation, in the order of the description; named, they are loaded."""
    if name != "OPERATIONS":
        raise AttributeError(name)
    subjects = [import_module(f"{__name__}.{subject}").subject for subject in _SUBJECTS]
    return tuple(operation for subject in subjects for operation in subject.operations)
