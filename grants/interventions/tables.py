"""The time spent on structures: one row each time, never deleted, only taken back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from workflow.columns import JournaledColumns
from workflow.database import BigId, UtcDateTime


class Intervention(JournaledColumns, table=True):
    """Somebody's time on a structure, one day. `minutes` is the duration, `km` there and back.

    `structure_id` is missing only where a dossier has no structure yet. `retiree_le`: it was taken
    back, counts nowhere, and its journal says by whom.
    """

    __tablename__ = "intervention"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("km BETWEEN 0 AND 2000", name="km"),
        CheckConstraint("structure_id IS NOT NULL OR dossier_id IS NOT NULL", name="sujet"),
        Index("ix_intervention_jour", "organisme_id", "compte_id", "le", "id"),
        Index("ix_intervention_liste", "organisme_id", "le", "id"),
        Index("ix_intervention_structure", "structure_id", "le"),
        Index("ix_intervention_dossier", "dossier_id", "le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", sa_type=BigId)
    dispositif: str = Field(max_length=40)
    nature: str = Field(max_length=40)
    le: date
    minutes: int
    km: int = 0
    note: str | None = Field(default=None, max_length=500)
    retiree_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
