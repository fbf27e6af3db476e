"""The pièces handed in, and their files."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.database import BigId, UtcDateTime


class Piece(SQLModel, table=True):
    """One expected document, kept with one dossier or with one structure, never both.

    What nobody has handed in yet has no row, or waits again (`attendue`). Being out of date is
    not written here: it is told from `date_document` by the rule of whoever reads it.
    `version` counts the changes, so that nobody validates files that he has not seen.
    """

    __tablename__ = "piece"
    __table_args__ = (
        UniqueConstraint("dossier_id", "cle"),
        UniqueConstraint("structure_id", "cle"),
        CheckConstraint("(dossier_id IS NULL) <> (structure_id IS NULL)", name="rattachement"),
        CheckConstraint("etat IN ('attendue', 'recue', 'validee', 'a_corriger')", name="etat"),
        CheckConstraint(
            "motif IN ('incomplete', 'perimee', 'illisible', 'mauvaise')", name="motif"
        ),
        CheckConstraint("(motif IS NOT NULL) = (etat = 'a_corriger')", name="motif_de_l_etat"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", sa_type=BigId)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    cle: str = Field(max_length=40)
    etat: str = Field(max_length=12)
    motif: str | None = Field(default=None, max_length=12)
    commentaire: str | None = Field(default=None, sa_type=Text)
    date_document: date | None = None
    version: int = Field(default=1, ge=1)
    par_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    par: str = Field(max_length=120)
    le: datetime = Field(sa_type=UtcDateTime)


class Fichier(SQLModel, table=True):
    """One file handed in for a pièce. `stockage` is its name on the disk, `nom` the one shown.

    A row is never removed: a file that is withdrawn, or replaced, keeps its place in the story.
    The same content handed in twice by one organisme stands on the disk once.
    """

    __tablename__ = "fichier"
    __table_args__ = (
        CheckConstraint("taille > 0", name="taille"),
        CheckConstraint("pages IS NULL OR pages > 0", name="pages"),
        Index("ix_fichier_piece", "piece_id", "id"),
        Index("ix_fichier_contenu", "organisme_id", "sha256"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    piece_id: int = Field(foreign_key="piece.id", sa_type=BigId)
    nom: str = Field(max_length=150)
    type: str = Field(max_length=8)
    taille: int = Field(sa_type=BigId)
    pages: int | None = None
    sha256: str = Field(min_length=64, max_length=64)
    stockage: str = Field(min_length=32, max_length=32)
    par_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    par: str = Field(max_length=120)
    le: datetime = Field(sa_type=UtcDateTime)
    retire_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retire_par: str | None = Field(default=None, max_length=120)
