"""Reprises: one file sent by the direction, how it is read, what became of it, what it added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime
from workflow.partial_index import PartialIndex

#: From the file that was just sent to what it added, or to nothing.
RECUE, VERIFICATION, VERIFIEE = "recue", "verification", "verifiee"
ECRITURE, FAITE, ANNULATION, ANNULEE = "ecriture", "faite", "annulation", "annulee"
INTERROMPUE, ECHOUEE, ABANDONNEE = "interrompue", "echouee", "abandonnee"
ETATS = (
    RECUE,
    VERIFICATION,
    VERIFIEE,
    ECRITURE,
    FAITE,
    ANNULATION,
    ANNULEE,
    INTERROMPUE,
    ECHOUEE,
    ABANDONNEE,
)
EN_COURS = (VERIFICATION, ECRITURE, ANNULATION)
STRUCTURES, CONTACTS, DOSSIERS = "structures", "contacts", "dossiers"
_UNDER_WAY = "etat IN ('verification', 'ecriture', 'annulation')"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class Reprise(SQLModel, table=True):
    """One file to take over. `contenu` is forgotten once it was taken over, or given up.

    `lecture` is JSON: the sheet, the row of the titles, the column of each value. `bilan` is
    JSON: what was counted. `anomalies` is compressed JSON: every fault found, cell by cell.
    While work is under way, `battement` says when it was last alive and `travailleur` where.
    """

    __tablename__ = "reprise"
    __table_args__ = (
        CheckConstraint(f"etat IN ({_listed(ETATS)})", name="etat"),
        CheckConstraint(f"sujet IN ({_listed((STRUCTURES, CONTACTS, DOSSIERS))})", name="sujet"),
        CheckConstraint("fait >= 0 AND fait <= total", name="avancement"),
        Index("ix_reprise_organisme", "organisme_id", "id"),
        PartialIndex(
            "ix_reprise_en_cours",
            "organisme_id",
            unique=True,
            where=_UNDER_WAY,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    sujet: str = Field(max_length=20)
    pipeline: str | None = Field(default=None, max_length=40)
    nom: str = Field(max_length=200)
    format: str = Field(max_length=10)
    digest: str = Field(max_length=64)
    contenu: bytes | None = Field(default=None, sa_type=LargeBinary)
    lecture: str = Field(default="{}", sa_type=Text)
    etat: str = Field(max_length=20)
    message: str = Field(default="", sa_type=Text)
    fait: int = 0
    total: int = 0
    bilan: str = Field(default="{}", sa_type=Text)
    anomalies: bytes | None = Field(default=None, sa_type=LargeBinary)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    cree_par_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    cree_par: str = Field(max_length=120)
    travailleur: str = Field(default="", max_length=120)
    battement: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fini_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RepriseLigne(SQLModel, table=True):
    """One row that a reprise added: which one, from which line of the file, known there by what.

    `seq` is where its journal stood then: further on, somebody changed it since. `empreinte` is
    the digest of the line: the same line again is known by it.
    """

    __tablename__ = "reprise_ligne"
    __table_args__ = (
        Index("ix_reprise_ligne_reprise", "reprise_id", "genre"),
        Index("ix_reprise_ligne_externe", "organisme_id", "genre", "externe"),
        Index("ix_reprise_ligne_empreinte", "organisme_id", "genre", "empreinte"),
    )

    genre: str = Field(primary_key=True, max_length=12)
    fiche_id: int = Field(primary_key=True, sa_type=BigId)
    reprise_id: int = Field(foreign_key="reprise.id", sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    seq: int
    ligne: int
    externe: str | None = Field(default=None, max_length=60)
    empreinte: str | None = Field(default=None, max_length=64)
