"""What was done when two structures became one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex

_IN_FORCE = "annulee_le IS NULL"


class Fusion(SQLModel, table=True):
    """One merge: the structure kept and the one absorbed. `contenu` is JSON: see `moved.py`."""

    __tablename__ = "fusion"
    __table_args__ = (
        CheckConstraint("gardee_id <> absorbee_id", name="distinctes"),
        CheckConstraint("(annulee_le IS NULL) = (annulee_par IS NULL)", name="annulation"),
        Index("ix_fusion_gardee", "gardee_id"),
        PartialIndex(
            "ix_fusion_absorbee",
            "absorbee_id",
            unique=True,
            where=_IN_FORCE,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    gardee_id: int = Field(foreign_key="structure.id", sa_type=BigId)
    absorbee_id: int = Field(foreign_key="structure.id", sa_type=BigId)
    le: datetime = Field(sa_type=UtcDateTime)
    par_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    par: str = Field(max_length=120)
    contenu: str = Field(sa_type=Text)
    annulee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    annulee_par: str | None = Field(default=None, max_length=120)
