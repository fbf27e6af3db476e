"""Who pays for a project besides the aid asked, and what there is to grant in a year."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.columns import JournaledColumns
from workflow.database import BigId, Cents


class Financement(SQLModel, table=True):
    """One line of a plan de financement: another funder, or the structure's own money.

    The total cost and the aid asked stand on the dossier alone. This is the *produits* side of
    the budget prévisionnel: the budget by account adds the account of each line here, its
    *charges* in a table of their own, and makes of `cout_total` their sum; what is written today
    stays right. `structure_id` names the funder where it is a structure that the organisme knows:
    a conflict of interest is seen by it. `rang` is the place of the line, from 1.
    """

    __tablename__ = "financement"
    __table_args__ = (
        UniqueConstraint("dossier_id", "rang"),
        CheckConstraint("rang > 0", name="rang"),
        CheckConstraint("nature IN ('cofinanceur', 'fonds_propres')", name="nature"),
        CheckConstraint("etat IN ('demande', 'obtenu', 'refuse')", name="etat"),
        CheckConstraint("montant > 0", name="montant"),
        Index("ix_financement_structure", "structure_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    rang: int
    nature: str = Field(max_length=20)
    financeur: str = Field(max_length=200)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    montant: int = Field(sa_type=Cents)
    etat: str = Field(max_length=10)


class Enveloppe(JournaledColumns, table=True):
    """An amount available for a dispositif, a year and a funder. `montant` in cents.

    `dispositif` is the key that the pipelines' files give it.
    """

    __tablename__ = "enveloppe"
    __table_args__ = (
        UniqueConstraint("organisme_id", "dispositif", "annee", "financeur"),
        CheckConstraint("montant >= 0", name="montant"),
        CheckConstraint("annee BETWEEN 1900 AND 2200", name="annee"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dispositif: str = Field(max_length=40)
    annee: int
    financeur: str = Field(max_length=200)
    montant: int = Field(sa_type=Cents)
