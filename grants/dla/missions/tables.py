"""A mission bought from a prestataire: the days given, the invoices, what was paid."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.columns import JournaledColumns
from workflow.database import BigId, Cents, UtcDateTime


class Mission(JournaledColumns, table=True):
    """What was ordered of a prestataire for a dossier, as the offer chosen says it.

    `jours` in hundredths of a day, costs in cents. `numero`: of the order form, by organisme.
    `annulee_le`: the move that entrusted it was taken back, or the mission was; it counts in no
    share. `evaluation` (1 to 4) and `appreciation`: how it went, said once it is over.
    """

    __tablename__ = "mission"
    __table_args__ = (
        UniqueConstraint("organisme_id", "numero"),
        CheckConstraint("jours > 0", name="jours"),
        CheckConstraint("cout_ht > 0 AND cout_ttc >= cout_ht", name="cout"),
        CheckConstraint("evaluation IS NULL OR evaluation BETWEEN 1 AND 4", name="evaluation"),
        Index("ix_mission_dossier", "dossier_id", "id"),
        Index("ix_mission_prestataire", "prestataire_id", "confiee_le"),
        Index("ix_mission_date", "organisme_id", "confiee_le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    offre_id: int = Field(foreign_key="offre.id", sa_type=BigId)
    prestataire_id: int = Field(foreign_key="prestataire.id", sa_type=BigId)
    numero: int
    confiee_le: date
    jours: int
    cout_ht: int = Field(sa_type=Cents)
    cout_ttc: int = Field(sa_type=Cents)
    annulee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    evaluation: int | None = None
    appreciation: str = Field(default="", sa_type=Text)


class Journee(SQLModel, table=True):
    """Days that the prestataire gave. `jours` in hundredths of a day."""

    __tablename__ = "journee"
    __table_args__ = (
        CheckConstraint("jours > 0", name="jours"),
        Index("ix_journee_mission", "mission_id", "le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    mission_id: int = Field(foreign_key="mission.id", sa_type=BigId)
    le: date
    jours: int
    objet: str = Field(max_length=500)


class Facture(SQLModel, table=True):
    """An invoice of the prestataire, and its payment. `montant` in cents, all taxes included."""

    __tablename__ = "facture"
    __table_args__ = (
        UniqueConstraint("mission_id", "numero"),
        CheckConstraint("montant > 0", name="montant"),
        CheckConstraint("payee_le IS NULL OR payee_le >= le", name="paiement"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    mission_id: int = Field(foreign_key="mission.id", sa_type=BigId)
    numero: str = Field(max_length=60)
    le: date
    montant: int = Field(sa_type=Cents)
    payee_le: date | None = None
