"""TOML files → pipelines: every fault of every file is listed at once; nothing starts on one."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.faults import Fault
from workflow.machine import PipelineMachine
from workflow.pipeline import MAIN_SUBJECT, Pipeline
from workflow.pipeline_reading import read_pipeline
from workflow.soundness import faults_of
from workflow.vocabulary import Vocabulary


class FaultyPipelines(Exception):
    """Des dispositifs, ou leurs lettres, sont mal décrits ; rien ne démarre avant correction."""

    def __init__(self, faults: Iterable[Fault], sound: Catalogue) -> None:
        # `sound`: the files that nothing is wrong with by themselves.
        self.faults, self.sound = tuple(faults), sound
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{type(self).__doc__}\n{listed}")


@dataclass(frozen=True, slots=True)
class LoadedPipeline:
    """A sound pipeline version, its compiled machine and the digest of its file."""

    pipeline: Pipeline
    machine: PipelineMachine
    digest: str
    file: str


class Catalogue:
    """Every loaded pipeline version, by (key, version)."""

    def __init__(self, loaded: Iterable[LoadedPipeline]) -> None:
        self._versions = {(each.pipeline.key, each.pipeline.version): each for each in loaded}
        self._latest: dict[str, LoadedPipeline] = {}
        for (key, _version), each in sorted(self._versions.items()):
            self._latest[key] = each

    def latest(self, key: str) -> LoadedPipeline | None:
        """The version that new subjects open with; None for an unknown pipeline."""
        return self._latest.get(key)

    def get(self, key: str, version: int) -> LoadedPipeline | None:
        """One version; None when no file of it was loaded."""
        return self._versions.get((key, version))

    def machine(self, key: str, version: int) -> PipelineMachine:
        """The compiled machine of a version that is known to exist."""
        return self._versions[key, version].machine

    def current(self, subject: str = MAIN_SUBJECT) -> tuple[Pipeline, ...]:
        """The latest version of each pipeline of a kind of subject, in the order they are shown."""
        latest = (each.pipeline for each in self._latest.values())
        of_the_kind = [each for each in latest if each.subject == subject]
        return tuple(sorted(of_the_kind, key=lambda each: (each.rank, each.key)))

    def newest(self) -> tuple[Pipeline, ...]:
        """The latest version of each pipeline, whatever moves along it, in the order shown."""
        latest = (each.pipeline for each in self._latest.values())
        return tuple(sorted(latest, key=lambda each: (each.rank, each.key)))

    def every(self) -> tuple[LoadedPipeline, ...]:
        """Every version of every kind of subject, ordered by key then version."""
        return tuple(each for _, each in sorted(self._versions.items()))

    def every_of(self, subject: str = MAIN_SUBJECT) -> tuple[LoadedPipeline, ...]:
        """Every version of the pipelines of one kind of subject."""
        return tuple(each for each in self.every() if each.pipeline.subject == subject)


#: A pipeline that was read whole, and its file.
Described = tuple[Path, Pipeline]
#: What upper floors have against the pipelines of all the files together.
Also = Callable[[Sequence[Described]], Iterable[Fault]]


def load_pipelines(
    folders: Iterable[Path], vocabulary: Vocabulary, also: Also = lambda _described: ()
) -> Catalogue:
    """Read `*.toml` of the folders. Raises FaultyPipelines with every fault of every file."""
    faults: list[Fault] = []
    loaded: list[LoadedPipeline] = []
    named: list[Described] = []
    whole: list[Described] = []
    for path in _files(folders, faults):
        text = _text(path, faults)
        content = None if text is None else _toml(path, text, faults)
        if text is None or content is None:
            continue
        reading = read_pipeline(content)
        found = list(reading.faults)
        if reading.pipeline is not None:
            found += faults_of(reading.pipeline, vocabulary, reading.unread)
            if not {"key", "version"} & {place for place, *_ in reading.faults}:
                named.append((path, reading.pipeline))
            if not reading.faults:
                whole.append((path, reading.pipeline))
        faults += [Fault(path.name, *each) for each in found]
        if reading.pipeline is not None and not found:
            machine, digest = PipelineMachine(reading.pipeline), _digest(text)
            loaded.append(LoadedPipeline(reading.pipeline, machine, digest, path.name))
    faults += [*_twins(named), *also(whole)]
    if faults:
        raise FaultyPipelines(faults, Catalogue(loaded))
    return Catalogue(loaded)


def _files(folders: Iterable[Path], faults: list[Fault]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        files = sorted(folder.glob("*.toml"))
        if not files:
            remedy = "mettez-y au moins un fichier .toml, ou corrigez le chemin"
            faults.append(Fault(folder.name, "dossier", "aucun dispositif à cet endroit", remedy))
        found += files
    return found


def _text(path: Path, faults: list[Fault]) -> str | None:
    try:
        # A byte-order mark is what some editors put before UTF-8; line ends are theirs too.
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        remedy = "enregistrez le fichier en UTF-8"
        faults.append(Fault(path.name, "fichier", "encodage illisible", remedy))
    except OSError as error:
        problem = f"lecture impossible ({error.strerror})"
        faults.append(Fault(path.name, "fichier", problem, "vérifiez le fichier et ses droits"))
    return None


def _toml(path: Path, text: str, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = f"ligne {place[1]}, colonne {place[2]}" if place else "à la fin du fichier"
        problem = f"ce n'est pas du TOML, {where}"
        remedy = "corrigez la syntaxe à cet endroit"
        faults.append(Fault(path.name, "fichier", problem, remedy))
    return None


_PLACE = re.compile(r"line ([0-9]+), column ([0-9]+)")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _twins(described: list[Described]) -> list[Fault]:
    seen: dict[tuple[str, int], Path] = {}
    faults = []
    for path, pipeline in described:
        identity = (pipeline.key, pipeline.version)
        if identity in seen:
            other = seen[identity]
            where = other if other.name == path.name else other.name
            problem = f"{pipeline.key} version {pipeline.version} est déjà dans {where}"
            faults.append(Fault(path.name, "version", problem, "augmentez le numéro de version"))
        seen.setdefault(identity, path)
    return faults
