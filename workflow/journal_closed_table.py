"""The table of the chains whose owner was removed."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class ClosedChain(SQLModel, table=True):
    """The last seq and hash of a chain, from when its owner was removed."""

    __tablename__ = "journal_clos"

    subject_kind: str = Field(primary_key=True, max_length=32)
    subject_id: int = Field(primary_key=True, sa_type=BigId)
    seq: int
    head: str = Field(max_length=64)
    closed_at: datetime = Field(sa_type=UtcDateTime)
