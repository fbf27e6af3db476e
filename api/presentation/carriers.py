"""Who carries a dossier: its porteur and its structure, as the header names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from api.presentation.adresses import stopped_address
from api.views.dossier import Contact, StructureLine
from grants.organisation.identity import Identity
from grants.structures.nomenclature import nomenclature_label


def structure_line(row: Mapping[str, Any] | None, edit: str | None) -> StructureLine:
    """The structure, or the way to say which."""
    if row is None:
        return StructureLine(nom="Structure à préciser", url=edit)
    return StructureLine(
        nom=row["nom"],
        url=f"/structures/{row['id']}",
        commune=row["commune"] or "",
        siret=row["siret"] or "",
        rna=row["rna"] or "",
        legal_form=nomenclature_label(row["forme_juridique"]),
    )


def porteur_contact(
    connection: Connection,
    identity: Identity,
    row: Mapping[str, Any] | None,
    edit: str | None,
    address: str,
) -> Contact | None:
    """The porteur and how to reach him, or the way to say who. `address`: that of the dossier."""
    if row is None:
        return Contact(nom="Porteur à préciser", url=edit) if edit else None
    number = row["telephone"] or ""
    return Contact(
        nom=row["nom"],
        role="Porteur du projet",
        url=edit,
        email=row["email"] or "",
        telephone=_national(number),
        telephone_uri=f"tel:{number}" if number else "",
        stopped=stopped_address(connection, identity, row["email"], address),
    )


def _national(number: str) -> str:
    """+33465710012 → 04 65 71 00 12."""
    if not number.startswith("+33"):
        return number
    digits = "0" + number[3:]
    return "\u00a0".join(digits[start : start + 2] for start in range(0, len(digits), 2))
