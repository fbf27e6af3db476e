"""The table of letters to write and send."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Courrier(SQLModel, table=True):
    """One letter to one person. `context` is the plain data (JSON) taken in the move's transaction.

    `subject_seq` is the journal entry that made it due.
    """

    __tablename__ = "courrier"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "subject_seq", "letter", "recipient_name"),
        CheckConstraint("state IN ('a_valider', 'pret', 'annule')", name="state"),
        Index(
            "ix_courrier_waiting",
            "due_at",
            sqlite_where=text("state = 'pret'"),
            postgresql_where=text("state = 'pret'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    letter: str = Field(max_length=40)
    title: str = Field(max_length=120)
    subject_kind: str = Field(max_length=32)
    subject_id: int = Field(sa_type=BigId)
    subject_seq: int
    recipient_id: int | None = Field(default=None, sa_type=BigId)
    recipient_name: str = Field(max_length=200)
    recipient_email: str | None = Field(default=None, max_length=254)
    context: str = Field(sa_type=Text)
    state: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
