"""What was done to each thing, newest first: a dossier, a structure, a séance, the organisme."""

from __future__ import annotations

from api.v1 import shapes
from api.v1.contract import Call, Subject
from api.v1.given import of_the_dossier
from grants.comites.chain import SEANCES
from grants.dossiers.reading import KIND
from grants.organisation.ledger import Ledger
from grants.organisation.settings import ORGANISMES
from grants.structures.service import STRUCTURES
from workflow.journal_reading import lines_of

subject = Subject("Historiques")


@subject.get("/dossiers/{dossier_id}/journal", "L’historique d’un dossier", shapes.Journal)
def of_a_dossier(call: Call) -> shapes.Journal:
    """Every line. Raises NotFound."""
    return _told(call, KIND, of_the_dossier(call))


@subject.get("/structures/{structure_id}/journal", "L’historique d’une structure", shapes.Journal)
def of_a_structure(call: Call) -> shapes.Journal:
    """Every line. Raises NotFound."""
    return _of(call, STRUCTURES, call.id("structure_id"))


@subject.get("/seances/{seance_id}/journal", "L’historique d’une séance", shapes.Journal)
def of_a_seance(call: Call) -> shapes.Journal:
    """Every line. Raises NotFound."""
    return _of(call, SEANCES, call.id("seance_id"))


@subject.get("/organisme/journal", "L’historique de l’organisme", shapes.Journal, direction=True)
def of_the_organisme(call: Call) -> shapes.Journal:
    """Every line: its identity, its team, its rules, what was taken over."""
    return _of(call, ORGANISMES, call.organisme_id)


def _of(call: Call, ledger: Ledger, id: int) -> shapes.Journal:
    ledger.read(call.connection, call.organisme_id, id)
    return _told(call, ledger.kind, id)


def _told(call: Call, kind: str, id: int) -> shapes.Journal:
    return {
        "entrees": [
            {
                "numero": line.seq,
                "le": line.at,
                "nature": line.kind,
                "evenement": line.event,
                "acteur": line.actor_name,
                "role": line.role,
                "de": line.from_stage,
                "vers": line.to_stage,
                "corrige": line.corrects,
                "contenu": dict(line.content),
                "efface_le": line.erased_at,
            }
            for line in lines_of(call.connection, kind, id)
        ]
    }
