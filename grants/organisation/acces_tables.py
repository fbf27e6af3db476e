"""Personal links of people who have no compte: members of a comité, prestataires."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Acces(SQLModel, table=True):
    """One link of a personne to one thing, then the browser that it opened.

    `objet` and `objet_id` name the only thing that it leads to: « seance » and its id.
    `digest` is the SHA-256 of the link's secret, `session` that of the cookie's once it served;
    a browser that was left has neither.
    """

    __tablename__ = "acces"
    __table_args__ = (
        UniqueConstraint("session"),
        Index("ix_acces_objet", "objet", "objet_id", "personne_id"),
        Index("ix_acces_personne", "personne_id"),
    )

    digest: str = Field(primary_key=True, max_length=64)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    personne_id: int = Field(foreign_key="personne.id", sa_type=BigId)
    objet: str = Field(max_length=20)
    objet_id: int = Field(sa_type=BigId)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    expire_le: datetime = Field(sa_type=UtcDateTime)
    utilise_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    session: str | None = Field(default=None, max_length=64)
