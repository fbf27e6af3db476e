"""Who DLA missions may be entrusted to."""

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from workflow.columns import JournaledColumns
from workflow.database import BigId, Cents


class Prestataire(JournaledColumns, table=True):
    """A consultant or a firm that an organisme may consult; its SIRET is unique there.

    `personne_id` is whom to write to. `competences`, `secteurs` and `departements` are keys joined
    by commas; the last two empty: everywhere. `tarif_journalier` in cents, before VAT.
    """

    __tablename__ = "prestataire"
    __table_args__ = (
        UniqueConstraint("organisme_id", "siret"),
        CheckConstraint("tarif_journalier > 0", name="tarif"),
        Index("ix_prestataire_nom", "organisme_id", "nom_cle"),
        Index("ix_prestataire_personne", "personne_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    personne_id: int = Field(foreign_key="personne.id", sa_type=BigId)
    nom: str = Field(max_length=200)
    nom_cle: str = Field(max_length=400)
    siret: str = Field(max_length=14)
    competences: str = Field(max_length=400)
    secteurs: str = Field(default="", max_length=600)
    departements: str = Field(default="", max_length=600)
    tarif_journalier: int | None = Field(default=None, sa_type=Cents)
    realisations: str = Field(default="", sa_type=Text)
    actif: bool = True
