"""Sealed offers: the one place that reads what they say, and only once they are opened.

Whoever deposited an offer may read his own. Everybody else, the direction included, goes through
`opened_offers`, which refuses before the opening. Until then the journal holds a digest of each
offer with a salt that stands beside it: nobody can guess it, and it changes if the offer does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from grants.dla.consultation.criteres import read
from grants.dla.consultation.errors import Sealed
from grants.dla.consultation.tables import Consultation, Consulte, Offre
from grants.dla.tables import Prestataire
from workflow.canonical import canonical
from workflow.database import table_of

_N, _A, _F, _T = (table_of(each) for each in (Consultation, Consulte, Offre, Prestataire))
#: What an offer says, in the order in which it is told.
SAID = ("jours", "cout_ht", "cout_ttc", "methode", "experience", "calendrier")
_OF_THE_CV = ("cv_nom", "cv_type", "cv_sha256")
_PLAIN = (*SAID, *_OF_THE_CV, "id", "consulte_id", "recue_le", "sel", "empreinte", "retenue")


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that may be read. `jours` in hundredths of a day, costs in cents."""

    id: int
    consulte_id: int
    prestataire_id: int
    prestataire: str
    recue_le: datetime
    jours: int
    cout_ht: int
    cout_ttc: int
    methode: str
    experience: str
    calendrier: str
    cv_nom: str | None
    cv_type: str | None
    cv_sha256: str | None
    sel: str
    empreinte: str
    retenue: bool
    notes: Mapping[str, int]

    def said(self) -> dict[str, Any]:
        """What it says, as its digest covers it."""
        return {key: getattr(self, key) for key in (*SAID, *_OF_THE_CV)}


def new_salt() -> str:
    """What makes the digest of an offer impossible to guess."""
    return secrets.token_hex(32)


def digest_of(said: Mapping[str, Any], salt: str) -> str:
    """What an offer is held to: the SHA-256 of what it says and of its salt."""
    told = {key: said.get(key) for key in (*SAID, *_OF_THE_CV)}
    return hashlib.sha256(f"{salt}{canonical(told)}".encode()).hexdigest()


def own_offer(connection: Connection, consulte_id: int) -> Offer | None:
    """What somebody who is asked has deposited himself, sealed for everybody else."""
    return next(iter(_offers(connection, _F.c.consulte_id == consulte_id)), None)


def opened_offers(connection: Connection, row: Mapping[str, Any]) -> list[Offer]:
    """The offers of a consultation, the cheapest first. Raises Sealed before the opening."""
    if row["ouverte_le"] is None:
        raise Sealed
    return _offers(connection, _A.c.consultation_id == row["id"])


def offers_being_opened(connection: Connection, row: Mapping[str, Any]) -> list[Offer]:
    """The same, for the opening itself and nothing else."""
    return _offers(connection, _A.c.consultation_id == row["id"])


def opened_cv(connection: Connection, row: Mapping[str, Any], offre_id: int) -> bytes | None:
    """The document of an offer. Raises Sealed before the opening."""
    if row["ouverte_le"] is None:
        raise Sealed
    query = (
        select(_F.c.cv)
        .join(_A, _A.c.id == _F.c.consulte_id)
        .where(_F.c.id == offre_id, _A.c.consultation_id == row["id"])
    )
    return connection.execute(query).scalar()


def _offers(connection: Connection, condition: Any) -> list[Offer]:
    query = (
        select(
            *(_F.c[key] for key in _PLAIN),
            _F.c.notes,
            _A.c.prestataire_id,
            _T.c.nom.label("prestataire"),
        )
        .join(_A, _A.c.id == _F.c.consulte_id)
        .join(_T, _T.c.id == _A.c.prestataire_id)
        .where(condition)
        .order_by(_F.c.cout_ttc, _T.c.nom_cle, _F.c.id)
    )
    return [_offer(row) for row in connection.execute(query).mappings()]


def _offer(row: Mapping[str, Any]) -> Offer:
    told: dict[str, Any] = {**row, "notes": read(row["notes"])}
    return Offer(**told)
