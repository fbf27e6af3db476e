"""What a pipeline file says of its fields and parameters: types, limits, choices, defaults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from workflow.fields import FIELD_TYPES, FieldFault
from workflow.pipeline import Field, Parameter, Pipeline
from workflow.vocabulary import Vocabulary

Found = tuple[str, str, str]

# What each type of this floor makes use of; upper floors' own types are not second-guessed.
_CHOOSING = frozenset({"choix", "choix_multiple"})
_BOUNDED = frozenset({"montant", "nombre", "entier", "delais"})
_WORDED = frozenset({"texte", "texte_long", "url"})


def faults_of_field(where: str, field: Field, vocabulary: Vocabulary) -> Iterator[Found]:
    """A field's type, and limits that contradict it or each other."""
    if field.type not in vocabulary.field_types:
        yield f"{where}.type", f"type inconnu « {field.type} »", known(vocabulary.field_types)
        return
    yield from _choices(where, field)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield f"{where}.minimum", "plus grand que maximum", "échangez les deux"
    if field.longest is not None and field.longest < 1:
        yield f"{where}.longest", "aucun texte n'est assez court", "écrivez 1 ou plus"
    if field.type not in FIELD_TYPES:
        return
    for part, users in (("minimum", _BOUNDED), ("maximum", _BOUNDED), ("longest", _WORDED)):
        if getattr(field, part) is not None and field.type not in users:
            yield f"{where}.{part}", f"sans effet sur le type « {field.type} »", "retirez-le"


def _choices(where: str, field: Field) -> Iterator[Found]:
    if field.type not in _CHOOSING:
        if field.choices:
            problem = f"sans effet sur le type « {field.type} »"
            yield f"{where}.choices", problem, "retirez-les, ou écrivez type = « choix »"
        return
    if not field.choices:
        yield f"{where}.choices", "aucun choix proposé", "ajoutez des choix { key, label }"
    for part in ("key", "label"):
        counted = Counter(getattr(choice, part) for choice in field.choices)
        for value, count in counted.items():
            if count > 1:
                problem = f"« {value} » est proposé deux fois"
                yield f"{where}.choices", problem, "gardez-en un seul"


def faults_of_parameter(parameter: Parameter, vocabulary: Vocabulary) -> Iterator[Found]:
    """A parameter is a field with a default that the field itself accepts."""
    where = f"parameters.{parameter.key}"
    faults = list(faults_of_field(where, parameter.as_field(), vocabulary))
    yield from faults
    kind = vocabulary.field_types.get(parameter.type)
    if kind is None or faults:
        return
    if parameter.default is None:
        yield f"{where}.default", "il manque une valeur par défaut", "ajoutez default = …"
        return
    try:
        kind.parse(parameter.default, parameter.as_field())
    except FieldFault as fault:
        yield f"{where}.default", "valeur par défaut refusée", str(fault)


def same_type_everywhere(pipeline: Pipeline) -> Iterator[Found]:
    """One key is one question: asked twice, it has the same type."""
    types: dict[str, str] = {}
    for field in pipeline.every_field():
        if types.setdefault(field.key, field.type) != field.type:
            problem = f"type « {field.type} » ici, « {types[field.key]} » ailleurs"
            yield f"field.{field.key}", problem, "un champ garde le même type partout"


def known(names: Iterable[str]) -> str:
    """« connus : a, b, c », the remedy for a name that nothing answers to."""
    return "connus : " + ", ".join(sorted(names))
