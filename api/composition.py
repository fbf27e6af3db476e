"""The composition root: the vocabulary, the pipelines and the engine of this application."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import grants.comites.effects
import grants.comites.facts
import grants.comites.guards
import grants.comites.sitting_rules
import grants.dossiers.effects
import grants.dossiers.events
import grants.dossiers.facts
import grants.dossiers.guards
import grants.dossiers.pieces.guards
from grants.comites.sieges import ROLES_DE_SEANCE
from grants.comites.tables import Seance
from grants.comites.vocabulary import COMITES
from grants.cooperation.vocabulary import COOPERATION
from grants.dossiers.columns import type_faults
from grants.dossiers.effects import target_faults
from grants.dossiers.pieces.guards import waiting_faults
from grants.dossiers.tables import Dossier
from grants.dossiers.vocabulary import DOSSIERS
from grants.finances.vocabulary import FINANCES
from grants.interventions.vocabulary import INTERVENTIONS
from grants.organisation.roles import PIPELINE_ROLES
from grants.organisation.vocabulary import ORGANISATION
from grants.reprise.vocabulary import REPRISE
from grants.structures.vocabulary import STRUCTURES
from notifications.letters import load_letters
from workflow.database import table_of
from workflow.engine import Engine
from workflow.loader import Fault, FaultyPipelines, load_pipelines
from workflow.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parent.parent
PIPELINES = ROOT / "grants" / "pipelines"
LETTERS = ROOT / "templates" / "letters"

#: The tables whose rows move along a pipeline.
SUBJECTS = (table_of(Dossier), table_of(Seance))
# Imported for what they register: named here so that the dependency is in sight.
REGISTERED = (
    grants.comites.effects,
    grants.comites.facts,
    grants.comites.guards,
    grants.comites.sitting_rules,
    grants.dossiers.guards,
    grants.dossiers.facts,
    grants.dossiers.effects,
    grants.dossiers.pieces.guards,
    grants.dossiers.events,
)


def assemble_vocabulary() -> Vocabulary:
    """Every name that the pipeline files may use. Raises FaultyCatalogue, AlreadyRegistered."""
    return Vocabulary.assemble(
        (
            *(ORGANISATION, STRUCTURES, DOSSIERS, INTERVENTIONS, FINANCES, COMITES),
            *(COOPERATION, REPRISE),
        ),
        roles=PIPELINE_ROLES | ROLES_DE_SEANCE,
        letters=load_letters([LETTERS]),
    )


def build_engine(folders: Iterable[Path] = (PIPELINES,)) -> Engine:
    """The engine over every sound pipeline. Raises FaultyPipelines with every fault."""
    vocabulary = assemble_vocabulary()
    catalogue = load_pipelines(folders, vocabulary)
    known = {pipeline.key for pipeline in catalogue.current()}
    faults = [
        Fault(each.file, *found)
        for each in catalogue.every_of()
        for found in (
            *type_faults(each.pipeline),
            *target_faults(each.pipeline, known),
            *waiting_faults(each.pipeline),
        )
    ]
    if faults:
        raise FaultyPipelines(faults)
    return Engine(vocabulary, catalogue)


@lru_cache(maxsize=1)
def default_engine() -> Engine:
    """The engine of the shipped pipelines, built once per process."""
    return build_engine()
