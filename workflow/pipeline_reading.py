"""A parsed TOML file → a pipeline, its faults of form in French, and what could not be read.

One faulty table does not hide the faults of the others: what cannot be read is set aside, the
names it declares are presumed known, and the rest of the file is checked as usual.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workflow.pipeline import Pipeline

Found = tuple[str, str, str]
Place = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. `pipeline` is None when too little of it could be read."""

    pipeline: Pipeline | None
    faults: tuple[Found, ...] = ()
    unread: frozenset[str] = frozenset()


def read_pipeline(content: Mapping[str, Any]) -> Reading:
    """The pipeline that a file describes, or the readable part of it with every fault of form."""
    try:
        return Reading(Pipeline.model_validate(content))
    except ValidationError as error:
        problems = _of_the_author(error.errors())
    faults = tuple((_name(content, each["loc"]), *_told(dict(each))) for each in problems)
    rest: dict[str, Any] = copy.deepcopy(dict(content))
    if isinstance(rest.get("parameters"), dict):
        rest["parameters"] = [_keyed(key, body) for key, body in rest["parameters"].items()]
    unread = {_STAND_IN}
    dropped: list[tuple[Any, Any]] = []
    for each in problems:
        _set_aside(rest, each["loc"], str(each["type"]), unread, dropped)
    for holder, item in dropped:
        _remove(holder, item)
    if rest.get("stage") == []:
        rest["stage"] = [dict.fromkeys(("key", "label", "phase"), _STAND_IN)]
    try:
        return Reading(Pipeline.model_validate(rest), faults, frozenset(unread))
    except ValidationError:
        return Reading(None, faults)


def _of_the_author(problems: Sequence[Any]) -> list[Any]:
    """Without « empty list » for a list that looks empty because nothing in it could be read."""
    places = [each["loc"] for each in problems]
    return [
        each
        for each in problems
        if each["type"] != "too_short"
        or not any(
            len(place) > len(each["loc"]) and _starts(place, each["loc"]) for place in places
        )
    ]


def _starts(place: Place, beginning: Place) -> bool:
    return place[: len(beginning)] == beginning


# --- Faults of form, in French -----------------------------------------------------------------

_REMEDIES = {
    "missing": ("il manque cette clé", "ajoutez-la"),
    "extra_forbidden": ("clé inconnue", "retirez-la ou corrigez son nom"),
    "string_pattern_mismatch": ("nom mal formé", "des minuscules sans accent, chiffres et _"),
    "string_type": ("un texte est attendu", "mettez la valeur entre guillemets"),
    "string_too_short": ("texte vide", "écrivez au moins un caractère"),
    "string_too_long": ("texte trop long", "écrivez {max_length} caractères au plus"),
    "bool_type": ("vrai ou faux est attendu", "écrivez true ou false"),
    "int_type": ("un nombre entier est attendu", "écrivez un nombre sans guillemets"),
    "literal_error": ("valeur inconnue", "choisissez une des valeurs admises : {expected}"),
    "greater_than_equal": ("nombre trop petit", "écrivez {ge} ou plus"),
    "less_than_equal": ("nombre trop grand", "écrivez {le} ou moins"),
    "too_short": ("liste vide", "ajoutez-y au moins un élément"),
    "tuple_type": ("une liste est attendue", "écrivez [ … ], ou [[…]] pour des tables"),
    "dict_type": ("une table est attendue", "écrivez {{ clé = valeur }}"),
    "model_type": ("une table est attendue", "écrivez {{ clé = valeur }}"),
    "model_attributes_type": ("une table est attendue", "écrivez {{ clé = valeur }}"),
}


def _told(error: Mapping[str, Any]) -> tuple[str, str]:
    default = (str(error["msg"]).removeprefix("Value error, "), "corrigez cette valeur")
    problem, remedy = _REMEDIES.get(str(error["type"]), default)
    context = {**error.get("ctx", {})}
    if "A-Z" in str(context.get("pattern", "")):
        remedy = "deux à cinq majuscules"
    context["expected"] = str(context.get("expected", "")).replace(" or ", " ou ")
    return problem, remedy.format_map(context) if "{" in remedy else remedy


def _name(content: Any, place: Place) -> str:
    """`action.vernir.field.couches.type`: tables by their key, or by their rank."""
    names: list[str] = []
    at = content
    for part in place:
        if part == "[key]":
            continue
        at = _inside(at, part)
        if isinstance(part, str):
            names.append(part)
        elif isinstance(at, dict) and isinstance(at.get("key"), str):
            names.append(at["key"])
        elif isinstance(at, dict):
            names.append(f"n° {part + 1}")
    return ".".join(names) or "fichier"


def _inside(at: Any, part: str | int) -> Any:
    if isinstance(at, dict) and isinstance(part, int):
        # Parameters are a table by key in the file, and a list in the model.
        bodies = [{"key": key} for key in at]
        return bodies[part] if part < len(bodies) else None
    if isinstance(at, list) and isinstance(part, int):
        return at[part] if part < len(at) else None
    return at.get(part) if isinstance(at, dict) else None


# --- What is set aside -------------------------------------------------------------------------

#: Stand-ins, so that a fault in the heading does not hide those of the tables.
_STAND_IN = "x"
_HEADING: Mapping[str, Any] = {
    "key": _STAND_IN,
    "version": 1,
    "label": _STAND_IN,
    "dispositif": _STAND_IN,
    "prefix": "XX",
    "description": "",
    "initial": _STAND_IN,
    "parameters": {},
}
#: Stand-ins inside a table, so that one fault does not hide the others of its table.
_INSTEAD: Mapping[str, Any] = {
    "label": _STAND_IN,
    "phase": _STAND_IN,
    "from": [_STAND_IN],
    "to": _STAND_IN,
    "timer": {"after": "1 jour"},
}
#: What can be taken out of a table without making the rest of it look faulty.
_SPARE = frozenset(
    {"help", "done", "tone", "reason", "final", "guards", "effects", "letters", "clears", "while"}
    | {"public_label", "idle_after", "editable", "required", "multiple", "minimum", "maximum"}
    | {"longest", "choices", "required_for", "validity", "kept"}
)


def _keyed(key: str, body: Any) -> Any:
    return {**body, "key": key} if isinstance(body, dict) else body


def _set_aside(
    rest: dict[str, Any],
    place: Place,
    error: str,
    unread: set[str],
    dropped: list[tuple[Any, Any]],
) -> None:
    """Put a stand-in, take one key out, or drop the whole table that holds the fault."""
    holder, table, depth = _table_of(rest, place)
    key = str(place[depth]) if depth < len(place) else ""
    if table is rest and key in _HEADING:
        rest[key] = _HEADING[key]
    elif error == "extra_forbidden":
        _remove_at(rest, place)
    elif key in _INSTEAD and table is not rest:
        table[key] = _INSTEAD[key]
    elif key in _SPARE:
        table.pop(key, None)
    elif table is not rest:
        unread.update(_keys_in(table))
        dropped.append((holder, table))


def _table_of(rest: dict[str, Any], place: Place) -> tuple[Any, Any, int]:
    """The deepest listed table that a place is in, what holds it, and how deep it stands."""
    found: tuple[Any, Any, int] = (None, rest, 0)
    at: Any = rest
    for depth, part in enumerate(place, start=1):
        holder, at = at, _inside(at, part)
        if isinstance(holder, list) and isinstance(at, dict):
            found = (holder, at, depth)
    return found


def _remove_at(rest: Any, place: Place) -> None:
    at = rest
    for part in place[:-1]:
        at = _inside(at, part)
    if isinstance(at, dict):
        at.pop(place[-1], None)


def _remove(holder: Any, item: Any) -> None:
    """Out of its list, wherever it stands now."""
    holder[:] = [each for each in holder if each is not item]


def _keys_in(table: Any) -> set[str]:
    if isinstance(table, list):
        return {key for item in table for key in _keys_in(item)}
    if not isinstance(table, dict):
        return set()
    own = {table["key"]} if isinstance(table.get("key"), str) else set()
    return own | {key for value in table.values() for key in _keys_in(value)}
