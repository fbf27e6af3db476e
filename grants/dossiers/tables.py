"""Dossiers and what hangs on them: notes, links, appointments, numbering."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.columns import SubjectColumns
from workflow.database import BigId, Cents, UtcDateTime
from workflow.partial_index import CoveringIndex, PartialIndex


class Dossier(SubjectColumns, table=True):
    """One project or request moving along one pipeline. Amounts are cents.

    `plafond` is the cap in force when the dossier was opened, None where the pipeline has none:
    the granted amount can never be above it, nor above what was asked. `donnees` is JSON: the
    answers of the pipeline's own fields, by key. `pret_pour` is the action that nothing but its
    own form stands before, `pret_depuis` since when if that happened after the stage was entered
    (see `readiness.py`).
    """

    __tablename__ = "dossier"
    __table_args__ = (
        UniqueConstraint("organisme_id", "reference"),
        CheckConstraint("montant_demande IS NULL OR montant_demande > 0", name="montant_demande"),
        CheckConstraint("cout_total IS NULL OR cout_total > 0", name="cout_total"),
        CheckConstraint("plafond IS NULL OR plafond > 0", name="plafond"),
        CheckConstraint(
            "montant_accorde IS NULL OR (montant_accorde > 0"
            " AND montant_demande IS NOT NULL AND montant_accorde <= montant_demande"
            " AND (plafond IS NULL OR montant_accorde <= plafond))",
            name="montant_accorde",
        ),
        CheckConstraint("emplois_crees IS NULL OR emplois_crees >= 0", name="emplois_crees"),
        CheckConstraint(
            "date_debut IS NULL OR date_fin IS NULL OR date_debut <= date_fin", name="dates"
        ),
        # The board's columns, and what is late in them, read from the index alone.
        Index(
            "ix_dossier_etape",
            *("organisme_id", "pipeline", "stage", "stage_since", "id"),
            *("referent_id", "departement"),
        ),
        Index("ix_dossier_ouvert", "organisme_id", "ouvert_le", "id"),
        # One for each order of the list, and for each filter that narrows it a lot.
        Index("ix_dossier_id", "organisme_id", "id"),
        Index("ix_dossier_etape_id", "organisme_id", "pipeline", "stage", "id"),
        Index("ix_dossier_depuis", "organisme_id", "stage_since", "id"),
        Index("ix_dossier_commune", "organisme_id", "commune", "id"),
        Index("ix_dossier_demande", "organisme_id", "montant_demande", "id"),
        Index("ix_dossier_accorde", "organisme_id", "montant_accorde", "id"),
        # On PostgreSQL, one referent's dossiers are sorted from it, without looking at their rows.
        CoveringIndex(
            "ix_dossier_referent",
            *("organisme_id", "referent_id", "id"),
            holding=("pipeline", "montant_demande", "montant_accorde", "commune"),
        ),
        Index("ix_dossier_departement", "organisme_id", "departement", "id"),
        Index(
            "ix_dossier_departement_referent", "organisme_id", "departement", "referent_id", "id"
        ),
        Index("ix_dossier_structure", "structure_id"),
        Index("ix_dossier_porteur", "porteur_id"),
        Index("ix_dossier_seance", "seance_id"),
        Index(
            "ix_dossier_arret_referent",
            "organisme_id",
            "referent_id",
            "pipeline",
            "stage",
            "stage_since",
            "id",
        ),
        PartialIndex(
            "ix_dossier_pret",
            "organisme_id",
            "pret_depuis",
            "id",
            where="pret_depuis IS NOT NULL",
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    reference: str = Field(max_length=20)
    ouvert_le: date
    origine: str | None = Field(default=None, max_length=60)
    porteur_id: int | None = Field(default=None, foreign_key="personne.id", sa_type=BigId)
    structure_id: int | None = Field(default=None, foreign_key="structure.id", sa_type=BigId)
    referent_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    seance_id: int | None = Field(default=None, foreign_key="seance.id", sa_type=BigId)
    titre: str = Field(default="", max_length=200)
    titre_cle: str = Field(default="", max_length=400)
    objet: str | None = Field(default=None, sa_type=Text)
    lieu: str | None = Field(default=None, max_length=200)
    commune: str | None = Field(default=None, max_length=120)
    departement: str | None = Field(default=None, max_length=3)
    public_vise: str | None = Field(default=None, max_length=300)
    secteur: str | None = Field(default=None, max_length=60)
    emplois_crees: int | None = None
    date_debut: date | None = None
    date_fin: date | None = None
    cout_total: int | None = Field(default=None, sa_type=Cents)
    montant_demande: int | None = Field(default=None, sa_type=Cents)
    montant_accorde: int | None = Field(default=None, sa_type=Cents)
    plafond: int | None = Field(default=None, sa_type=Cents)
    donnees: str = Field(default="{}", sa_type=Text)
    pret_pour: str | None = Field(default=None, max_length=40)
    pret_depuis: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Note(SQLModel, table=True):
    """What a colleague wants remembered about a dossier."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_dossier", "dossier_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    auteur_id: int | None = Field(default=None, foreign_key="compte.id", sa_type=BigId)
    auteur: str = Field(max_length=120)
    le: datetime = Field(sa_type=UtcDateTime)
    texte: str = Field(sa_type=Text)


class LienDossier(SQLModel, table=True):
    """Two dossiers that belong together: `suite` when one was opened from the other."""

    __tablename__ = "lien_dossier"
    __table_args__ = (
        UniqueConstraint("origine_id", "suite_id"),
        CheckConstraint("origine_id <> suite_id", name="distincts"),
        CheckConstraint("nature IN ('suite', 'lie')", name="nature"),
        Index("ix_lien_suite", "suite_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    origine_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    suite_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    nature: str = Field(max_length=10)


class RendezVous(SQLModel, table=True):
    """An appointment with the porteur, with a place. The latest one of a dossier is in force."""

    __tablename__ = "rendez_vous"
    __table_args__ = (
        Index("ix_rendez_vous_dossier", "dossier_id", "le"),
        Index("ix_rendez_vous_jour", "organisme_id", "le"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    organisme_id: int = Field(foreign_key="organisme.id", sa_type=BigId)
    dossier_id: int = Field(foreign_key="dossier.id", sa_type=BigId)
    le: datetime = Field(sa_type=UtcDateTime)
    lieu: str = Field(default="", max_length=300)


class Numerotation(SQLModel, table=True):
    """The last number given in one organisme for a prefix and a year: MP-2026-014."""

    __tablename__ = "numerotation"

    organisme_id: int = Field(foreign_key="organisme.id", primary_key=True, sa_type=BigId)
    prefixe: str = Field(primary_key=True, max_length=5)
    annee: int = Field(primary_key=True)
    dernier: int
