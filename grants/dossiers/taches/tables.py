"""The table of tâches."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex

_OPEN, _DONE = "faite_le IS NULL", "faite_le IS NOT NULL"


class Tache(SQLModel, table=True):
    """Something to do by a day. Without `pour_id` nobody has taken it yet.

    `echeance_id` is the reminder that made it, `cle` the form that did: neither makes it twice.
    `auteur` and `faite_par` keep the names as they were; `version` counts its changes.
    """

    __tablename__ = "tache"
    __table_args__ = (
        UniqueConstraint("organisme_id", "cle"),
        UniqueConstraint("echeance_id", "pour_le"),
        CheckConstraint("titre <> ''", name="titre"),
        CheckConstraint("(faite_le IS NULL) = (faite_par IS NULL)", name="faite"),
        PartialIndex(
            "ix_tache_pour",
            "organisme_id",
            "pour_id",
            "pour_le",
            "id",
            where=_OPEN,
        ),
        PartialIndex(
            "ix_tache_ouverte",
            "organisme_id",
            "pour_le",
            "id",
            where=_OPEN,
        ),
        PartialIndex(
            "ix_tache_faite",
            "organisme_id",
            "faite_par_id",
            "faite_le",
            where=_DONE,
        ),
        Index("ix_tache_dossier", "dossier_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", sa_type=BigId)
    titre: str = Field(max_length=200)
    pour_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    pour_le: date
    echeance_id: int | None = Field(default=None, foreign_key="echeance.id", sa_type=BigId)
    cle: str | None = Field(default=None, max_length=64)
    auteur_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    auteur: str = Field(max_length=120)
    creee_le: datetime = Field(sa_type=UtcDateTime)
    faite_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    faite_par_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    faite_par: str | None = Field(default=None, max_length=120)
    version: int = 1
    modifiee_par: str = Field(max_length=120)
    modifiee_le: datetime = Field(sa_type=UtcDateTime)
