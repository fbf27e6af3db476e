"""An edited letter before it is saved: every reason why it could not be written, with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from notifications.bounded import compose_bounded, names_bounded
from notifications.composing import Composed, MissingValue, Place, TemplateFault, compose
from notifications.template_names import every_name, exists_in, names_asked

_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the line counts from the first of the subject or of the text."""

    place: Place
    line: int | None
    cause: str

    def __str__(self) -> str:
        where = f"{self.place}, ligne {self.line}" if self.line else self.place
        return f"{where} : {self.cause}"


def check_template(
    source: str, examples: Sequence[Mapping[str, Any]], *, trusted: bool = False
) -> list[Fault]:
    """Every fault of a source: misspelt, unknown values, what would fail on an example or leak.

    `trusted`: a file of whoever runs the server, which is tried in this process.
    """
    try:
        asked = (names_asked if trusted else names_bounded)(source)
    except TemplateFault as error:
        return [_fault(error)]
    faults = _unknown(asked, examples)
    if faults:
        return faults
    for example in examples:
        found = _tried(compose if trusted else compose_bounded, source, asked, example)
        faults += [fault for fault in found if fault not in faults]
    return faults


def _unknown(
    asked: Sequence[tuple[str, int, Place]], examples: Sequence[Mapping[str, Any]]
) -> list[Fault]:
    known = every_name(examples)
    faults = []
    for name, line, place in dict.fromkeys(asked):
        if not exists_in(name, examples):
            near = _near(name, known)
            hint = f" : vouliez-vous dire « {near[0]} » ?" if near else ""
            faults.append(Fault(place, line, f"« {name} » n’existe pas{hint}"))
    return faults


def _near(name: str, known: Iterable[str]) -> list[str]:
    """What may have been meant: first of all another value of the same group."""
    group = name.rpartition(".")[0]
    beside = [each for each in known if group and each.startswith(f"{group}.")]
    for among in (beside, [each for each in known if each != group]):
        found = get_close_matches(name, sorted(among), n=1, cutoff=_ALIKE)
        if found:
            return found
    return []


def _tried(
    write: Callable[[str, Mapping[str, Any]], Composed],
    source: str,
    asked: Sequence[tuple[str, int, Place]],
    example: Mapping[str, Any],
) -> list[Fault]:
    try:
        write(source, example)
    except TemplateFault as error:
        return [_fault(error)]
    except MissingValue as error:
        return [_hole(name, asked) for name in error.names]
    return []


def _hole(name: str, asked: Sequence[tuple[str, int, Place]]) -> Fault:
    line, place = next(
        ((line, place) for each, line, place in asked if each == name), (None, "texte")
    )
    cause = f"« {name} » peut manquer : entourez-le de « {{% if … %}} » et « {{% endif %}} »"
    return Fault(place, line, cause)


def _fault(error: TemplateFault) -> Fault:
    return Fault(error.place, error.line, error.cause)
