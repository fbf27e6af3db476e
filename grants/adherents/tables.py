"""Members of the association, and what each owes and pays for a year."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from workflow.columns import JournaledColumns
from workflow.database import BigId, Cents


class Adherent(JournaledColumns, table=True):
    """A structure or a personne that is a member, from a day on, up to a last day if there is one.

    `nature_iae` is the kind of structure of the insertion that it is (ACI, EI…); none for others.
    """

    __tablename__ = "adherent"
    __table_args__ = (
        CheckConstraint("fin IS NULL OR fin >= debut", name="dates"),
        CheckConstraint("(structure_id IS NULL) <> (personne_id IS NULL)", name="qui"),
        Index("ix_adherent_liste", "organisme_id", "debut"),
        Index("ix_adherent_structure", "structure_id"),
        Index("ix_adherent_personne", "personne_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    personne_id: int | None = Field(default=None, foreign_key="personne.id", sa_type=BigId)
    college: str | None = Field(default=None, max_length=80)
    nature_iae: str | None = Field(default=None, max_length=20)
    debut: date
    fin: date | None = None


class Cotisation(JournaledColumns, table=True):
    """The fee of a member for a year: cents due, cents paid, the day it was paid."""

    __tablename__ = "cotisation"
    __table_args__ = (
        UniqueConstraint("adherent_id", "annee"),
        CheckConstraint("due >= 0", name="due"),
        CheckConstraint("payee >= 0", name="payee"),
        Index("ix_cotisation_annee", "organisme_id", "annee"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    adherent_id: int = Field(foreign_key="adherent.id", sa_type=BigId)
    annee: int
    due: int = Field(sa_type=Cents)
    payee: int = Field(default=0, sa_type=Cents)
    payee_le: date | None = None
