"""Drafts of forms, and who has a dossier in hand: neither is the dossier, nor its history."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Brouillon(SQLModel, table=True):
    """What one person typed in one form of a dossier and has not saved yet; nobody else sees it.

    `reponses` is JSON: the answers as typed, by field. `lock_version` is the version of the
    dossier that was on screen.
    """

    __tablename__ = "brouillon"
    __table_args__ = (
        UniqueConstraint("compte_id", "dossier_id", "formulaire"),
        Index("ix_brouillon_dossier", "dossier_id"),
        Index("ix_brouillon_enregistre", "enregistre_le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    compte_id: int = Field(foreign_key="compte.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", ondelete="CASCADE", sa_type=BigId)
    formulaire: str = Field(max_length=80)
    lock_version: int
    reponses: str = Field(sa_type=Text)
    enregistre_le: datetime = Field(sa_type=UtcDateTime)


class Presence(SQLModel, table=True):
    """Somebody had a form of a dossier open at that moment; it is over soon after."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_vue", "vue_le"),)

    dossier_id: int = Field(
        foreign_key="dossier.id", ondelete="CASCADE", primary_key=True, sa_type=BigId
    )
    compte_id: int = Field(foreign_key="compte.id", primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    vue_le: datetime = Field(sa_type=UtcDateTime)
