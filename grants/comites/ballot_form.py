"""A ballot as a member fills it in: what its fields ask, and what was typed in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.comites.comptage import FAVORABLES, RESERVES
from grants.comites.voting import LONGEST
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field

AMOUNT = Field(
    key="montant",
    label="Montant proposé",
    type="montant",
    help="Vide : l’aide demandée.",
)
CONDITIONS = Field(
    key="reserves",
    label="Réserves",
    type="texte_long",
    longest=LONGEST,
    help="Les conditions à remplir avant la convention.",
)
COMMENT = Field(
    key="commentaire",
    label="Commentaire",
    type="texte_long",
    longest=LONGEST,
    help="Les organisateurs le liront.",
)
BALLOT_FIELDS = (AMOUNT, CONDITIONS, COMMENT)


def read_ballot(choix: str, raw: Mapping[str, Raw]) -> dict[str, Any]:
    """What goes with a choice: an amount with a favorable vote, réserves with one that makes some.

    The same form serves every choice: what does not go with the one that is tapped is left out.
    Raises Invalid with every fault.
    """
    fields = [
        field
        for field in BALLOT_FIELDS
        if (field is not AMOUNT or choix in FAVORABLES)
        and (field is not CONDITIONS or choix == RESERVES)
    ]
    values, faults = parse_fields(
        fields, {each.key: raw.get(each.key) for each in fields}, FIELD_TYPES
    )
    if faults:
        raise Invalid(faults)
    return {key: value for key, value in values.items() if value is not None}
