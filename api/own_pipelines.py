"""The pipelines that an installation brings itself, beside the shipped ones: what they owe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from notifications.letters import Letter, Reading, named
from workflow.engine import Engine
from workflow.faults import Fault
from workflow.loader import Described
from workflow.pipeline import MAIN_SUBJECT, Pipeline

_PORTEUR = "porteur"


def faults_beside(
    described: Sequence[Described], own: Collection[Path], letters: Mapping[str, Letter]
) -> Iterator[Fault]:
    """What the files of these folders may not do: stand in for ours, move something else."""
    brought = [(path, pipeline) for path, pipeline in described if path.parent in own]
    shipped = {pipeline.key for path, pipeline in described if path.parent not in own}
    for path, pipeline in brought:
        if pipeline.key in shipped:
            problem = f"« {pipeline.key} » est la clé d’un dispositif livré"
            yield Fault(path.name, "key", problem, "donnez une autre clé au vôtre")
        if pipeline.subject != MAIN_SUBJECT:
            problem = f"« {pipeline.subject} » ne suit que le dispositif livré"
            yield Fault(path.name, "subject", problem, "retirez cette ligne")
        for where, key in _letters_of(pipeline):
            if key in letters and letters[key].to != _PORTEUR:
                problem = f"« {key} » n’est pas une lettre au porteur"
                yield Fault(path.name, where, problem, "écrivez to = « porteur » dans son fichier")


def prefix_faults(described: Iterable[Described]) -> Iterator[Fault]:
    """Two pipelines that would number their dossiers alike: a reference names one of them."""
    owners: dict[str, tuple[str, str]] = {}
    for path, pipeline in described:
        key, file = owners.setdefault(pipeline.prefix, (pipeline.key, path.name))
        if key != pipeline.key:
            problem = f"« {pipeline.prefix} » commence déjà les références de {file}"
            yield Fault(path.name, "prefix", problem, "choisissez d’autres lettres")


def text_faults(engine: Engine, reading: Reading, own: Collection[Path]) -> Iterator[Fault]:
    """What a letter of these folders says that cannot be written: misspelt, unknown, misplaced.

    A letter that no sound pipeline names yet is left for later: nobody knows what it may say.
    """
    brought = {key for key, path in reading.files.items() if path.parent.parent in own}
    if not brought:
        return
    from grants.dossiers.lettres.examples import examples_of
    from notifications.composing import TemplateFault
    from notifications.template_check import Fault as Misspelt
    from notifications.template_check import check_template

    awaited = {key for each in engine.catalogue.current() for _, key in _letters_of(each)}
    for key in sorted(brought & awaited & reading.letters.keys()):
        letter = reading.letters[key]
        try:
            found = check_template(letter.source, examples_of(engine, letter), trusted=True)
        except TemplateFault as fault:
            found = [Misspelt(fault.place, fault.line, fault.cause)]
        for each in found:
            where = f"{each.place}, ligne {each.line}" if each.line else each.place
            file = named(reading.files[key])
            yield Fault(file, where, each.cause, "corrigez ce passage de la lettre")


def _letters_of(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every letter that a pipeline names, and where."""
    for action in pipeline.actions:
        for key in action.letters:
            yield f"action.{action.key}.letters", key
    for stage in pipeline.stages:
        for rule in stage.reminders:
            if rule.letter is not None:
                yield f"stage.{stage.key}.reminder.{rule.key}.letter", rule.letter
