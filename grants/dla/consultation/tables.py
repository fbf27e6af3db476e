"""What prestataires are asked for a mission, whom is asked, and what each of them offers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.columns import JournaledColumns
from workflow.database import BigId, Cents, UtcDateTime


class Consultation(JournaledColumns, table=True):
    """One consultation for a dossier's mission; a dossier's last one is the one that counts.

    `cahier`: what is asked, fixed once it was sent. `criteres`: JSON, the weight of each criterion
    out of a hundred. Offers are taken until `echeance`, and read from `ouverte_le` on.
    `abandonnee_le`: it came to nothing, and `motif` says why; else `motif` is that of the choice.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("ouverte_le IS NULL OR envoyee_le IS NOT NULL", name="ouverture"),
        CheckConstraint("choisie_le IS NULL OR ouverte_le IS NOT NULL", name="choix"),
        Index("ix_consultation_dossier", "dossier_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    cahier: str = Field(default="", sa_type=Text)
    criteres: str = Field(default="{}", sa_type=Text)
    echeance: datetime | None = Field(default=None, sa_type=UtcDateTime)
    envoyee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ouverte_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    choisie_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    abandonnee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    motif: str = Field(default="", sa_type=Text)


class Consulte(SQLModel, table=True):
    """A prestataire who is asked; `personne_id` is whom the personal link is for.

    `decline_le`: he said that he would not offer.
    """

    __tablename__ = "consulte"
    __table_args__ = (
        UniqueConstraint("consultation_id", "prestataire_id"),
        Index("ix_consulte_prestataire", "prestataire_id"),
        Index("ix_consulte_personne", "personne_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    consultation_id: int = Field(foreign_key="consultation.id", sa_type=BigId)
    prestataire_id: int = Field(foreign_key="prestataire.id", sa_type=BigId)
    personne_id: int = Field(foreign_key="personne.id", sa_type=BigId)
    decline_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decline_motif: str = Field(default="", max_length=500)


class Offre(SQLModel, table=True):
    """What a prestataire offers; read by nobody else before the opening (see `sealed.py`).

    `jours` in hundredths of a day, costs in cents. `empreinte` is the digest of the offer with
    `sel`: the journal holds it from the deposit on, and what is opened must still give it back.
    `cv`: the document that comes with it. `notes`: JSON, the mark of each criterion out of five.
    `retenue`: it was chosen.
    """

    __tablename__ = "offre"
    __table_args__ = (
        UniqueConstraint("consulte_id"),
        CheckConstraint("jours > 0", name="jours"),
        CheckConstraint("cout_ht > 0", name="cout_ht"),
        CheckConstraint("cout_ttc >= cout_ht", name="cout_ttc"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    consulte_id: int = Field(foreign_key="consulte.id", sa_type=BigId)
    recue_le: datetime = Field(sa_type=UtcDateTime)
    jours: int
    cout_ht: int = Field(sa_type=Cents)
    cout_ttc: int = Field(sa_type=Cents)
    methode: str = Field(sa_type=Text)
    experience: str = Field(default="", sa_type=Text)
    calendrier: str = Field(default="", sa_type=Text)
    cv: bytes | None = Field(default=None, sa_type=LargeBinary)
    cv_nom: str | None = Field(default=None, max_length=150)
    cv_type: str | None = Field(default=None, max_length=8)
    cv_sha256: str | None = Field(default=None, max_length=64)
    sel: str = Field(max_length=64)
    empreinte: str = Field(max_length=64)
    notes: str = Field(default="{}", sa_type=Text)
    retenue: bool = False
