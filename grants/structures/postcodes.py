"""French postcodes: their type of field, and the département that one belongs to."""

from __future__ import annotations

import re
from typing import Any

from grants.structures.departements import DEPARTEMENTS
from workflow.field_contract import FieldFault, FieldSpec, FieldType
from workflow.money import FRENCH_SPACES

_SPACES = re.compile(rf"[{FRENCH_SPACES}]")
_POSTCODE = re.compile(r"(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}")
# Corsica shares the postcodes that begin with 20: Ajaccio's are 200 and 201, Bastia's 202 and 206.
_SOUTH_CORSICA = ("200", "201")


class NotAPostcode(FieldFault):
    """Écrivez les 5 chiffres du code postal, comme 34000."""


def departement_of(postcode: str) -> str | None:
    """« 34000 » → « 34 », « 20200 » → « 2B », « 97411 » → « 974 »."""
    if postcode.startswith("20"):
        return "2A" if postcode.startswith(_SOUTH_CORSICA) else "2B"
    code = postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
    return code if code in DEPARTEMENTS else None


def _read(text: str, _spec: FieldSpec) -> str:
    number = _SPACES.sub("", text)
    if not _POSTCODE.fullmatch(number):
        raise NotAPostcode
    return number


def _describe(_spec: FieldSpec) -> dict[str, Any]:
    return {"type": "string", "pattern": "^[0-9]{5}$"}


def _show(value: Any, _spec: FieldSpec) -> str:
    return value


CODE_POSTAL = FieldType(key="code_postal", read=_read, describe=_describe, show=_show)
