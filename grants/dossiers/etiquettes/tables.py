"""Étiquettes, and the dossiers that bear them."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId


class Etiquette(SQLModel, table=True):
    """A word to file dossiers under: one of its kind in an organisme, however it is typed."""

    __tablename__ = "etiquette"
    __table_args__ = (UniqueConstraint("organisme_id", "nom_cle"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    nom: str = Field(max_length=40)
    nom_cle: str = Field(max_length=160)


class DossierEtiquette(SQLModel, table=True):
    """One étiquette on one dossier."""

    __tablename__ = "dossier_etiquette"
    __table_args__ = (Index("ix_dossier_etiquette_portee", "etiquette_id", "dossier_id"),)

    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True, sa_type=BigId)
    etiquette_id: int = Field(foreign_key="etiquette.id", primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
