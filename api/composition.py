"""The composition root: the vocabulary, the pipelines and the engine of this application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import grants.comites.effects
import grants.comites.facts
import grants.comites.guards
import grants.comites.sitting_rules
import grants.dossiers.effects
import grants.dossiers.events
import grants.dossiers.facts
import grants.dossiers.guards
import grants.dossiers.pieces.guards
from api.own_pipelines import faults_beside, prefix_faults, text_faults
from grants.comites.sieges import ROLES_DE_SEANCE
from grants.comites.tables import Seance
from grants.comites.vocabulary import COMITES
from grants.cooperation.vocabulary import COOPERATION
from grants.dla.consultation.vocabulary import CONSULTATION
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
from notifications.letters import Letter, load_letters, read_letters
from workflow.database import table_of
from workflow.engine import Engine
from workflow.faults import Fault
from workflow.loader import Described, FaultyPipelines, load_pipelines
from workflow.pipeline import MAIN_SUBJECT
from workflow.vocabulary import Vocabulary

if TYPE_CHECKING:
    from api.settings import Settings

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


def assemble_vocabulary(letters: Mapping[str, Letter | None] | None = None) -> Vocabulary:
    """Every name that the pipeline files may use; with the shipped letters unless others are told.

    Raises FaultyCatalogue, AlreadyRegistered.
    """
    return Vocabulary.assemble(
        (
            *(ORGANISATION, STRUCTURES, DOSSIERS, INTERVENTIONS, FINANCES, COMITES),
            *(CONSULTATION, COOPERATION, REPRISE),
        ),
        roles=PIPELINE_ROLES | ROLES_DE_SEANCE,
        letters=load_letters([LETTERS]) if letters is None else letters,
    )


def build_engine(folders: Iterable[Path] = (PIPELINES,), own: Iterable[Path] = ()) -> Engine:
    """The engine over every sound pipeline. Raises FaultyPipelines with every fault.

    `own`: folders that an installation brings, `*.toml` and the letters in `<dispositif>/*.md`.
    """
    own = tuple(own)
    reading = read_letters([LETTERS, *own])
    # A letter that could not be read is there all the same: its own fault says what is wrong.
    vocabulary = assemble_vocabulary({**dict.fromkeys(reading.files), **reading.letters})
    faults = list(reading.faults)

    def together(described: Sequence[Described]) -> Iterator[Fault]:
        yield from _faults_together(described)
        yield from faults_beside(described, own, reading.letters)

    try:
        catalogue = load_pipelines([*folders, *own], vocabulary, together)
    except FaultyPipelines as error:
        faults += error.faults
        catalogue = error.sound
    engine = Engine(vocabulary, catalogue)
    faults += text_faults(engine, reading, own)
    if faults:
        raise FaultyPipelines(faults, catalogue)
    return engine


def _faults_together(described: Sequence[Described]) -> Iterator[Fault]:
    """What dossiers have against pipelines that are well made by themselves."""
    moved = [each for each in described if each[1].subject == MAIN_SUBJECT]
    known = {pipeline.key for _, pipeline in moved}
    for path, pipeline in moved:
        found = (
            *type_faults(pipeline),
            *target_faults(pipeline, known),
            *waiting_faults(pipeline),
        )
        yield from (Fault(path.name, *each) for each in found)
    yield from prefix_faults(described)


@lru_cache(maxsize=4)
def _engine_with(own: tuple[Path, ...]) -> Engine:
    return build_engine(own=own)


def default_engine() -> Engine:
    """The engine of the shipped pipelines, built once per process."""
    return _engine_with(())


def engine_of(settings: Settings) -> Engine:
    """The engine of an installation, its own pipelines included, built once per process."""
    return _engine_with(settings.own_pipelines)
