"""What a prestataire does on his page: he offers, changes his offer, or declines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session

from grants.dla.consultation.bidders import Bidder
from grants.dla.consultation.errors import AlreadyOpened, ConsultationOver, TooLateToOffer
from grants.dla.consultation.reading import CONSULTATIONS, DECLINED, RECEIVED, state_of
from grants.dla.consultation.sealed import digest_of, new_salt, own_offer
from grants.dla.consultation.tables import Consulte, Offre
from grants.organisation.ledger import Fact
from workflow.database import table_of
from workflow.dates import format_datetime
from workflow.errors import Invalid
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Field

_A, _F = table_of(Consulte), table_of(Offre)
_MOST_DAYS, _MOST = 100_000, 1_000_000_000
FIELDS = (
    Field(
        key="jours",
        label="Jours d’intervention",
        type="nombre",
        required=True,
        minimum=25,
        maximum=_MOST_DAYS,
        help="Un quart de jour s’écrit 0,25.",
    ),
    Field(key="cout_ht", label="Prix hors taxes", type="montant", required=True, minimum=1),
    Field(
        key="cout_ttc",
        label="Prix toutes taxes comprises",
        type="montant",
        required=True,
        minimum=1,
        help="Le même, si vous n’êtes pas assujetti à la TVA.",
    ),
    Field(
        key="methode",
        label="Votre méthode",
        type="texte_long",
        required=True,
        longest=10_000,
        help="Comment vous mènerez la mission, étape par étape.",
    ),
    Field(
        key="experience",
        label="Votre expérience",
        type="texte_long",
        longest=5_000,
        help="Deux ou trois missions comparables, et qui interviendra.",
    ),
    Field(
        key="calendrier",
        label="Vos disponibilités",
        type="texte",
        longest=500,
        help="Quand vous pouvez commencer, et quand vous aurez fini.",
    ),
)
DECLINING = (Field(key="motif", label="Pourquoi, en un mot", type="texte", longest=500),)
#: The highest rate of VAT in force in France, in hundredths of one per cent.
_HIGHEST_VAT, _WHOLE = 2000, 10_000


@dataclass(frozen=True, slots=True)
class Document:
    """The document that comes with an offer, examined already."""

    nom: str
    type: str
    sha256: str
    content: bytes


def deposit_offer(
    session: Session,
    bidder: Bidder,
    raw: Mapping[str, Raw],
    document: Document | None,
    now: datetime,
) -> None:
    """Keep an offer, in the place of the one that he had made; what it says is told to nobody.

    Without a document, the one that came before stays. Never commits. Raises Invalid with every
    fault, TooLateToOffer, AlreadyOpened, ConsultationOver.
    """
    connection = session.connection()
    row = _require_open(session, bidder, now)
    values = _read(raw)
    before = own_offer(connection, bidder.asked.id)
    said = {**values, **_cv(document, before)}
    salt = new_salt()
    kept = {**said, "sel": salt, "empreinte": digest_of(said, salt), "recue_le": now}
    if document is not None:
        kept["cv"] = document.content
    if before is None:
        owner = {"organisme_id": bidder.organisme_id, "consulte_id": bidder.asked.id}
        connection.execute(insert(_F).values(**kept, **owner, notes="{}", retenue=False))
    else:
        connection.execute(update(_F).where(_F.c.id == before.id).values(**kept))
    if bidder.asked.decline_le is not None:
        again = update(_A).where(_A.c.id == bidder.asked.id)
        connection.execute(again.values(decline_le=None, decline_motif=""))
    told = {"prestataire": bidder.asked.nom, "empreinte": kept["empreinte"]}
    CONSULTATIONS.note(connection, bidder, row, Fact(RECEIVED, now, {"champs": told}))


def decline(session: Session, bidder: Bidder, raw: Mapping[str, Raw], now: datetime) -> None:
    """Say that one will not offer; an offer made before is withdrawn. Never commits.

    Raises Invalid, TooLateToOffer, AlreadyOpened, ConsultationOver.
    """
    connection = session.connection()
    row = _require_open(session, bidder, now)
    values, faults = parse_fields(DECLINING, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    connection.execute(_F.delete().where(_F.c.consulte_id == bidder.asked.id))
    said = update(_A).where(_A.c.id == bidder.asked.id)
    connection.execute(said.values(decline_le=now, decline_motif=values["motif"] or ""))
    told = {"prestataire": bidder.asked.nom}
    CONSULTATIONS.note(connection, bidder, row, Fact(DECLINED, now, {"champs": told}))


def _require_open(session: Session, bidder: Bidder, now: datetime) -> dict[str, Any]:
    """The consultation, locked: an offer and the opening at once have one outcome."""
    connection = session.connection()
    row = CONSULTATIONS.lock(connection, bidder.organisme_id, bidder.standing.id)
    state = state_of(row)
    if state == "ouverte":
        raise AlreadyOpened
    if state != "envoyee":
        raise ConsultationOver
    if row["echeance"] <= now:
        raise TooLateToOffer(echeance=format_datetime(row["echeance"]))
    return row


def _read(raw: Mapping[str, Raw]) -> dict[str, Any]:
    values, faults = parse_fields(FIELDS, raw, FIELD_TYPES)
    if not faults:
        before, after = values["cout_ht"], values["cout_ttc"]
        if after < before:
            faults["cout_ttc"] = "Le prix toutes taxes comprises est sous le prix hors taxes."
        elif after * _WHOLE > before * (_WHOLE + _HIGHEST_VAT):
            faults["cout_ttc"] = "Plus de 20 % au-dessus du prix hors taxes : vérifiez les deux."
    if faults:
        raise Invalid(faults)
    return {key: value if value is not None else "" for key, value in values.items()}


def _cv(document: Document | None, before: Any) -> dict[str, Any]:
    if document is not None:
        return {
            "cv_nom": document.nom,
            "cv_type": document.type,
            "cv_sha256": document.sha256,
        }
    keys = ("cv_nom", "cv_type", "cv_sha256")
    return {key: getattr(before, key) if before is not None else None for key in keys}
