"""What several operations check of a request before they begin."""

from __future__ import annotations

from typing import Any

from api.v1.contract import Call
from grants.dossiers.reading import read_subject
from workflow.errors import Invalid
from workflow.fields import parse_fields
from workflow.pipeline import Field

LONGEST_ID = 18
NO_ROW = 0


def number_of(typed: str) -> int | None:
    """A whole number of the body, as a row or a version may have; None for anything else."""
    plain = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID
    return int(typed) if plain else None


def row_named(typed: str) -> int | None:
    """An id of the body; one that cannot be read is that of no row, refused as unknown."""
    return (number_of(typed) or NO_ROW) if typed else None


def answered(call: Call, *fields: Field) -> dict[str, Any]:
    """The values of a body, None for what was not sent. Raises Invalid with every fault.

    What is owed is left to the service to ask for, in its own words.
    """
    asked = [field.model_copy(update={"required": False}) for field in fields]
    values, faults = parse_fields(asked, call.body, call.house.engine.vocabulary.field_types)
    if faults:
        raise Invalid(faults)
    return values


def of_the_dossier(call: Call) -> int:
    """The dossier of the address. Raises NotFound, also for another organisme's."""
    id = call.id("dossier_id")
    read_subject(call.connection, call.house.engine, call.organisme_id, id, lock=False)
    return id


def only_asked(call: Call, *fields: Field, but: str = "") -> None:
    """Raises Invalid for what is not asked, and for several answers where one is.

    `but`: what the name of any other field that is asked begins with.
    """
    known = {field.key for field in fields}
    faults = {
        name: "Cette opération ne demande pas ce champ."
        for name in call.body
        if name not in known and not (but and name.startswith(but))
    }
    faults |= {
        name: "Donnez une seule réponse."
        for name, value in call.body.items()
        if isinstance(value, list)
    }
    if faults:
        raise Invalid(faults)
