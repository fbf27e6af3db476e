"""The tables of webhooks: who is told, and each thing told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex


class Abonnement(SQLModel, table=True):
    """One address that is told of the moves of an organisme. `secret` signs what it is sent."""

    __tablename__ = "abonnement"
    __table_args__ = (Index("ix_abonnement_organisme", "tenant_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    url: str = Field(max_length=500)
    secret: str = Field(max_length=64)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class Annonce(SQLModel, table=True):
    """One event for one address: written with the move, sent afterwards, tried again if need be.

    `event_id` is the same at every attempt, so that whoever receives it twice knows. `body` is
    what is sent, to the letter. `status` and `fault` tell the last attempt.
    """

    __tablename__ = "annonce"
    __table_args__ = (
        UniqueConstraint("abonnement_id", "event_id"),
        CheckConstraint("state IN ('a_envoyer', 'envoyee', 'abandonnee')", name="state"),
        PartialIndex(
            "ix_annonce_waiting",
            "due_at",
            where="state = 'a_envoyer'",
        ),
        Index("ix_annonce_organisme", "tenant_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    tenant_id: int = Field(sa_type=BigId)
    abonnement_id: int = Field(foreign_key="abonnement.id", sa_type=BigId)
    event_id: str = Field(max_length=80)
    event: str = Field(max_length=40)
    body: str = Field(sa_type=Text)
    state: str = Field(max_length=16)
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: int | None = None
    fault: str | None = Field(default=None, max_length=200)
