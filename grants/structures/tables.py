"""Structures (associations, cooperatives, SIAE…) and their contacts."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.columns import JournaledColumns
from workflow.database import BigId


class Structure(JournaledColumns, table=True):
    """One structure known to one organisme; its SIRET and its RNA are unique there.

    `effectif_centiemes`: full-time equivalents in hundredths (450 = 4.5 ETP). `absorbee_par_id`
    is the structure that this one was merged into: from then on no list shows it, and it has
    neither dossier nor number. It is no foreign key: a backup puts rows back by their ids.
    """

    __tablename__ = "structure"
    __table_args__ = (
        UniqueConstraint("organisme_id", "siret"),
        UniqueConstraint("organisme_id", "rna"),
        CheckConstraint("effectif_centiemes >= 0", name="effectif"),
        Index("ix_structure_nom", "organisme_id", "nom_cle"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    nom: str = Field(max_length=200)
    nom_cle: str = Field(max_length=400)
    siret: str | None = Field(default=None, max_length=14)
    rna: str | None = Field(default=None, max_length=10)
    forme_juridique: str | None = Field(default=None, max_length=60)
    secteur: str | None = Field(default=None, max_length=60)
    effectif_centiemes: int | None = None
    adresse: str | None = Field(default=None, max_length=500)
    code_postal: str | None = Field(default=None, max_length=5)
    commune: str | None = Field(default=None, max_length=120)
    departement: str | None = Field(default=None, max_length=3)
    telephone: str | None = Field(default=None, max_length=20)
    email: str | None = Field(default=None, max_length=254)
    site: str | None = Field(default=None, max_length=300)
    absorbee_par_id: int | None = Field(default=None, sa_type=BigId)


class Contact(SQLModel, table=True):
    """A personne of a structure, and what she does there."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("structure_id", "personne_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    structure_id: int = Field(foreign_key="structure.id", sa_type=BigId)
    personne_id: int = Field(foreign_key="personne.id", sa_type=BigId)
    fonction: str | None = Field(default=None, max_length=120)
