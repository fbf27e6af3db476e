"""The letterhead of an organisme, and the person who signs under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, and_, bindparam, select

from grants.organisation.tables import Adhesion, Compte, Organisme
from notifications.letterhead import EUROPE, FRANCE, Letterhead
from workflow.database import table_of
from workflow.reference_fields import show_telephone
from workflow.statements import Statement

_O, _C, _A = table_of(Organisme), table_of(Compte), table_of(Adhesion)
#: Who signs where nobody is named.
_NOBODY_NAMED = "La direction"


def _id(name: str) -> Any:
    return bindparam(name, type_=BigInteger)


_READ = Statement(
    select(
        *(_O.c.nom, _O.c.adresse, _O.c.ville, _O.c.telephone, _O.c.email, _O.c.site, _O.c.logo),
        *(_O.c.signataire, _O.c.signataire_qualite, _O.c.signature),
        *(_O.c.embleme_europe, _O.c.embleme_france),
        _C.c.nom.label("referent"),
        _A.c.fonction,
    )
    .select_from(_O)
    .outerjoin(
        _A, and_(_A.c.compte_id == _id("referent"), _A.c.organisme_id == _O.c.id, _A.c.active)
    )
    .outerjoin(_C, _C.c.id == _A.c.compte_id)
    .where(_O.c.id == _id("organisme"))
)


def letterhead_of(
    connection: Connection,
    tenant_id: int,
    signatory: Literal["direction", "referent"],
    referent_id: int | None,
) -> Letterhead:
    """What stands around the letters of an organisme.

    A letter of a referent who is not there any more is signed by the direction, without its
    image: nobody held the pen.
    """
    row = _READ.first(connection, {"organisme": tenant_id, "referent": referent_id})
    assert row is not None, "a letter belongs to an organisme"
    by_referent = signatory == "referent" and row["referent"] is not None
    name, title = _signatory(row, by_referent)
    return Letterhead(
        name=row["nom"],
        address=tuple(line.strip() for line in (row["adresse"] or "").splitlines() if line.strip()),
        contact=_contact(row),
        place=row["ville"] or "",
        logo=row["logo"],
        signature=row["signature"] if signatory == "direction" else None,
        signatory=name,
        signatory_title=title[:1].upper() + title[1:],
        emblems=tuple(
            emblem
            for emblem, shown in ((EUROPE, "embleme_europe"), (FRANCE, "embleme_france"))
            if row[shown]
        ),
    )


def _signatory(row: Mapping[str, Any], by_referent: bool) -> tuple[str, str]:
    if by_referent:
        return row["referent"], row["fonction"] or ""
    if row["signataire"]:
        return row["signataire"], row["signataire_qualite"] or ""
    return _NOBODY_NAMED, ""


def _contact(row: Mapping[str, Any]) -> str:
    """« 04 65 71 00 12 · contact@aide34.example · aide34.example »."""
    telephone = show_telephone(row["telephone"]) if row["telephone"] else ""
    site = (row["site"] or "").removeprefix("https://").removeprefix("http://").rstrip("/")
    return " · ".join(filter(None, (telephone, row["email"], site)))
