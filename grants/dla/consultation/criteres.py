"""What offers are compared on, and what each criterion weighs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow.errors import Invalid
from workflow.pipeline import Field

PRIX, METHODE, EXPERIENCE, DISPONIBILITE = "prix", "methode", "experience", "disponibilite"
#: Each criterion, and what it is called.
CRITERES = {
    PRIX: "Prix",
    METHODE: "Méthode proposée",
    EXPERIENCE: "Expérience et références",
    DISPONIBILITE: "Disponibilité et calendrier",
}
#: What a person marks; the price is marked by its own rule (`comparison.py`).
JUGES = tuple(key for key in CRITERES if key != PRIX)
WHOLE, BEST_MARK = 100, 5
_PREFIX = "poids_"
WEIGHT_FIELDS = tuple(
    Field(key=f"{_PREFIX}{key}", label=label, type="entier", required=True, minimum=0, maximum=100)
    for key, label in CRITERES.items()
)
MARK_FIELDS = tuple(
    Field(
        key=key,
        label=CRITERES[key],
        type="entier",
        minimum=0,
        maximum=BEST_MARK,
        help="De 0 à 5.",
    )
    for key in JUGES
)


def default_weights(parameters: Mapping[str, Any]) -> dict[str, int]:
    """What the organisme gives each criterion; those of a pipeline that says nothing: none."""
    return {key: parameters.get(f"{_PREFIX}{key}") or 0 for key in CRITERES}


def weights_typed(values: Mapping[str, Any]) -> dict[str, int]:
    """The weights of a form. Raises Invalid when they do not add up to a hundred."""
    weights = {key: values[f"{_PREFIX}{key}"] for key in CRITERES}
    total = sum(weights.values())
    if total != WHOLE:
        told = f"Les poids font {total} ensemble : il en faut {WHOLE}."
        raise Invalid({f"{_PREFIX}{PRIX}": told})
    return weights


def kept(numbers: Mapping[str, int]) -> str:
    """Weights or marks as a row keeps them."""
    return json.dumps(dict(sorted(numbers.items())))


def read(text: str) -> dict[str, int]:
    """Weights or marks of a row."""
    return json.loads(text)


def as_typed(weights: Mapping[str, int]) -> dict[str, int]:
    """The weights, by the keys of their fields."""
    return {f"{_PREFIX}{key}": weight for key, weight in weights.items()}
