"""The table of calendar links: an agenda that a phone or a mailbox reads by itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class LienAgenda(SQLModel, table=True):
    """One link of one compte to the agenda of an organisme. Only its SHA-256 is kept.

    `portee`: `moi` for the dossiers and the tâches of its owner, `tous` for everybody's.
    """

    __tablename__ = "lien_agenda"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("portee IN ('moi', 'tous')", name="portee"),
        Index("ix_lien_agenda_compte", "compte_id", "organisme_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    digest: str = Field(max_length=64)
    portee: str = Field(max_length=8)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    vu_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoque_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
