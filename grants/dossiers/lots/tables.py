"""A lot: the dossiers that one operation is about, and what became of each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Lot(SQLModel, table=True):
    """One operation on many dossiers, asked for by one person.

    `nature` and `demande` (JSON) say what is asked, once it is; `titre` says it in words. `etat`
    goes from `choix` to `verification`, `verifie`, `execution` and `termine`; an operation that
    can be taken back goes on to `annulation` and `annule`. `retour` is the list it came from.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("organisme_id", "cle"),
        CheckConstraint(
            "etat IN ('choix', 'verification', 'verifie', 'execution', 'termine',"
            " 'annulation', 'annule')",
            name="etat",
        ),
        CheckConstraint(
            "nature IN ('', 'avancer', 'confier', 'etiqueter', 'retirer')", name="nature"
        ),
        CheckConstraint("nombre > 0", name="nombre"),
        Index("ix_lot_compte", "organisme_id", "compte_id", "cree_le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    cle: str = Field(max_length=64)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    nature: str = Field(default="", max_length=12)
    titre: str = Field(default="", max_length=300)
    demande: str = Field(default="{}", sa_type=Text)
    etat: str = Field(default="choix", max_length=12)
    nombre: int
    retour: str = Field(default="", sa_type=Text)


class LotDossier(SQLModel, table=True):
    """One dossier of a lot: what would become of it, then what did.

    `raisons` is JSON: every sentence it was refused with. `avant` is what an operation that can
    be taken back found there.
    """

    __tablename__ = "lot_dossier"
    __table_args__ = (
        CheckConstraint(
            "etat IN ('attente', 'possible', 'impossible', 'fait', 'deja', 'refuse', 'annule',"
            " 'garde')",
            name="etat",
        ),
        Index("ix_lot_dossier_etat", "lot_id", "etat", "dossier_id"),
    )

    lot_id: int = Field(foreign_key="lot.id", primary_key=True, sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True, sa_type=BigId)
    etat: str = Field(default="attente", max_length=12)
    raisons: str = Field(default="[]", sa_type=Text)
    avant: str | None = Field(default=None, max_length=20)
