"""The table that remembers which file each pipeline version was read from."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from workflow.database import UtcDateTime


class PipelineVersion(SQLModel, table=True):
    """One pipeline version as this database last met it: `digest` is its file's SHA-256."""

    __tablename__ = "pipeline_version"

    key: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True)
    digest: str = Field(max_length=64)
    seen_at: datetime = Field(sa_type=UtcDateTime)
