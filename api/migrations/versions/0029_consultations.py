"""Consultations of prestataires, their offers, and the missions that follow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _consultation()
    _consulte()
    _offre()
    _mission()
    _lines_of_a_mission()


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _owned(table: str) -> tuple[sa.Column, sa.Column, sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _journaled() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )


def _consultation() -> None:
    op.create_table(
        "consultation",
        *_owned("consultation"),
        *_journaled(),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("cahier", sa.Text(), nullable=False),
        sa.Column("criteres", sa.Text(), nullable=False),
        sa.Column("echeance", sa.DateTime(timezone=True), nullable=True),
        sa.Column("envoyee_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ouverte_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choisie_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("abandonnee_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ouverte_le IS NULL OR envoyee_le IS NOT NULL", name=op.f("ck_consultation_ouverture")
        ),
        sa.CheckConstraint(
            "choisie_le IS NULL OR ouverte_le IS NOT NULL", name=op.f("ck_consultation_choix")
        ),
        _key("consultation", "organisme_id", "organisme"),
        _key("consultation", "dossier_id", "dossier"),
    )
    op.create_index("ix_consultation_dossier", "consultation", ["dossier_id", "id"])


def _consulte() -> None:
    op.create_table(
        "consulte",
        *_owned("consulte"),
        sa.Column("consultation_id", BigId, nullable=False),
        sa.Column("prestataire_id", BigId, nullable=False),
        sa.Column("personne_id", BigId, nullable=False),
        sa.Column("decline_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_motif", sa.String(500), nullable=False),
        _key("consulte", "organisme_id", "organisme"),
        _key("consulte", "consultation_id", "consultation"),
        _key("consulte", "prestataire_id", "prestataire"),
        _key("consulte", "personne_id", "personne"),
        sa.UniqueConstraint(
            "consultation_id",
            "prestataire_id",
            name=op.f("uq_consulte_consultation_id_prestataire_id"),
        ),
    )
    op.create_index("ix_consulte_prestataire", "consulte", ["prestataire_id"])
    op.create_index("ix_consulte_personne", "consulte", ["personne_id"])


def _offre() -> None:
    op.create_table(
        "offre",
        *_owned("offre"),
        sa.Column("consulte_id", BigId, nullable=False),
        sa.Column("recue_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jours", sa.Integer(), nullable=False),
        sa.Column("cout_ht", BigId, nullable=False),
        sa.Column("cout_ttc", BigId, nullable=False),
        sa.Column("methode", sa.Text(), nullable=False),
        sa.Column("experience", sa.Text(), nullable=False),
        sa.Column("calendrier", sa.Text(), nullable=False),
        sa.Column("cv", sa.LargeBinary(), nullable=True),
        sa.Column("cv_nom", sa.String(150), nullable=True),
        sa.Column("cv_type", sa.String(8), nullable=True),
        sa.Column("cv_sha256", sa.String(64), nullable=True),
        sa.Column("sel", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("retenue", sa.Boolean(), nullable=False),
        sa.CheckConstraint("jours > 0", name=op.f("ck_offre_jours")),
        sa.CheckConstraint("cout_ht > 0", name=op.f("ck_offre_cout_ht")),
        sa.CheckConstraint("cout_ttc >= cout_ht", name=op.f("ck_offre_cout_ttc")),
        _key("offre", "organisme_id", "organisme"),
        _key("offre", "consulte_id", "consulte"),
        sa.UniqueConstraint("consulte_id", name=op.f("uq_offre_consulte_id")),
    )


def _mission() -> None:
    op.create_table(
        "mission",
        *_owned("mission"),
        *_journaled(),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("offre_id", BigId, nullable=False),
        sa.Column("prestataire_id", BigId, nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("confiee_le", sa.Date(), nullable=False),
        sa.Column("jours", sa.Integer(), nullable=False),
        sa.Column("cout_ht", BigId, nullable=False),
        sa.Column("cout_ttc", BigId, nullable=False),
        sa.Column("annulee_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluation", sa.Integer(), nullable=True),
        sa.Column("appreciation", sa.Text(), nullable=False),
        sa.CheckConstraint("jours > 0", name=op.f("ck_mission_jours")),
        sa.CheckConstraint("cout_ht > 0 AND cout_ttc >= cout_ht", name=op.f("ck_mission_cout")),
        sa.CheckConstraint(
            "evaluation IS NULL OR evaluation BETWEEN 1 AND 4", name=op.f("ck_mission_evaluation")
        ),
        _key("mission", "organisme_id", "organisme"),
        _key("mission", "dossier_id", "dossier"),
        _key("mission", "offre_id", "offre"),
        _key("mission", "prestataire_id", "prestataire"),
        sa.UniqueConstraint("organisme_id", "numero", name=op.f("uq_mission_organisme_id_numero")),
    )
    op.create_index("ix_mission_dossier", "mission", ["dossier_id", "id"])
    op.create_index("ix_mission_prestataire", "mission", ["prestataire_id", "confiee_le"])
    op.create_index("ix_mission_date", "mission", ["organisme_id", "confiee_le"])


def _lines_of_a_mission() -> None:
    op.create_table(
        "journee",
        *_owned("journee"),
        sa.Column("mission_id", BigId, nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("jours", sa.Integer(), nullable=False),
        sa.Column("objet", sa.String(500), nullable=False),
        sa.CheckConstraint("jours > 0", name=op.f("ck_journee_jours")),
        _key("journee", "organisme_id", "organisme"),
        _key("journee", "mission_id", "mission"),
    )
    op.create_index("ix_journee_mission", "journee", ["mission_id", "le"])
    op.create_table(
        "facture",
        *_owned("facture"),
        sa.Column("mission_id", BigId, nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("le", sa.Date(), nullable=False),
        sa.Column("montant", BigId, nullable=False),
        sa.Column("payee_le", sa.Date(), nullable=True),
        sa.CheckConstraint("montant > 0", name=op.f("ck_facture_montant")),
        sa.CheckConstraint("payee_le IS NULL OR payee_le >= le", name=op.f("ck_facture_paiement")),
        _key("facture", "organisme_id", "organisme"),
        _key("facture", "mission_id", "mission"),
        sa.UniqueConstraint("mission_id", "numero", name=op.f("uq_facture_mission_id_numero")),
    )
