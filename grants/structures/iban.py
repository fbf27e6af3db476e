"""The bank account that a grant is paid to, as a type of field: an IBAN with its check digits."""

from __future__ import annotations

from typing import Any

from workflow.field_contract import FieldFault, FieldSpec, FieldType


class BadIban(FieldFault):
    """Cet IBAN n'est pas valable. Recopiez-le depuis le RIB (FR76 suivi de 23 caractères)."""


def _read(text: str, _spec: FieldSpec) -> str:
    # Slow to import, and needed by two screens only.
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    try:
        return iban.validate(text)
    except ValidationError:
        raise BadIban from None


def _describe(_spec: FieldSpec) -> dict[str, Any]:
    return {"type": "string", "minLength": 15, "maxLength": 42}


def _show(value: Any, _spec: FieldSpec) -> str:
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


IBAN = FieldType(key="iban", read=_read, describe=_describe, show=_show)
