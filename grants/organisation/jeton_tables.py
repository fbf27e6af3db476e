"""The table of personal tokens: what lets a program act for somebody."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Jeton(SQLModel, table=True):
    """A program acting for a compte in one organisme, until a day. Only the SHA-256 is kept.

    `portee` is what the token may do at most; the role of the compte is read at each request.
    """

    __tablename__ = "jeton"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("portee IN ('lecture', 'ecriture', 'direction')", name="portee"),
        Index("ix_jeton_compte", "compte_id", "organisme_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    digest: str = Field(max_length=64)
    fin: str = Field(max_length=4)
    nom: str = Field(max_length=80)
    portee: str = Field(max_length=16)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    expire_le: datetime = Field(sa_type=UtcDateTime)
    vu_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoque_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Reponse(SQLModel, table=True):
    """What a program was answered under an idempotency key, to be answered the same again.

    `empreinte` is the digest of what was asked; written in the transaction of what was done.
    """

    __tablename__ = "reponse"
    __table_args__ = (
        UniqueConstraint("organisme_id", "compte_id", "cle"),
        Index("ix_reponse_le", "le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    cle: str = Field(max_length=64)
    empreinte: str = Field(max_length=64)
    reponse: str = Field(default="", sa_type=Text)
    le: datetime = Field(sa_type=UtcDateTime)
