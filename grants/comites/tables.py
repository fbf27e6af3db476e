"""The séances of a comité."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from workflow.columns import JournaledColumns
from workflow.database import BigId, UtcDateTime


class Seance(JournaledColumns, table=True):
    """One meeting of a comité. Dossiers may be inscribed until `cloture_inscriptions`, included."""

    __tablename__ = "seance"
    __table_args__ = (Index("ix_seance_date", "organisme_id", "tenue_le"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    comite: str = Field(default="CTS", max_length=60)
    tenue_le: datetime = Field(sa_type=UtcDateTime)
    lieu: str = Field(default="", max_length=300)
    cloture_inscriptions: date
