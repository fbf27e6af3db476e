"""The columns that a table shares when its rows are journaled, or move along a pipeline."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from workflow.database import UtcDateTime

GENESIS = "0" * 64


class JournaledColumns(SQLModel):
    """A row with a chain of its own: `seq` entries so far, the last one's hash in `head`."""

    seq: int = Field(default=0, ge=0)
    head: str = Field(default=GENESIS, min_length=64, max_length=64)


class SubjectColumns(JournaledColumns):
    """A row that moves along a pipeline. Every change of it adds one to `lock_version`."""

    pipeline: str = Field(max_length=40)
    pipeline_version: int = Field(ge=1)
    stage: str = Field(max_length=40)
    stage_since: datetime = Field(sa_type=UtcDateTime)
    trail: str = Field(default="", sa_type=Text)
    lock_version: int = Field(default=1, ge=1)
