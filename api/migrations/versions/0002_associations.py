"""The domain's tables: organismes, structures, séances, dossiers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compte",
        sa.Column("id", BigId, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("mot_de_passe", sa.String(300), nullable=True),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compte")),
        sa.UniqueConstraint("email", name=op.f("uq_compte_email")),
    )
    op.create_table(
        "organisme",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("sigle", sa.String(40), nullable=True),
        sa.Column("adresse", sa.String(500), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("telephone", sa.String(20), nullable=True),
        sa.Column("site", sa.String(300), nullable=True),
        sa.Column("departements", sa.String(200), nullable=False),
        sa.Column("territoire", sa.String(40), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(40), nullable=True),
        sa.Column("parametres", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisme")),
    )
    op.create_table(
        "tentative_connexion",
        sa.Column("id", BigId, nullable=False),
        sa.Column("cle", sa.String(64), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tentative_connexion")),
    )
    op.create_index("ix_tentative_cle", "tentative_connexion", ["cle", "le"])

    op.create_table(
        "adhesion",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('direction', 'charge_de_mission', 'assistant', 'lecteur')",
            name=op.f("ck_adhesion_role"),
        ),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_adhesion_compte_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_adhesion_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adhesion")),
        sa.UniqueConstraint(
            "organisme_id", "compte_id", name=op.f("uq_adhesion_organisme_id_compte_id")
        ),
    )
    op.create_index("ix_adhesion_compte", "adhesion", ["compte_id"])

    op.create_table(
        "connexion",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("ouverte_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vue_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_connexion_compte_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_connexion_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_connexion")),
    )
    op.create_index("ix_connexion_compte", "connexion", ["compte_id"])

    op.create_table(
        "lien_personnel",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utilise_le", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_lien_personnel_compte_id_compte")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_lien_personnel")),
    )
    op.create_table(
        "numerotation",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("prefixe", sa.String(5), nullable=False),
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("dernier", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_numerotation_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("organisme_id", "prefixe", "annee", name=op.f("pk_numerotation")),
    )
    op.create_table(
        "personne",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("nom_cle", sa.String(400), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("telephone", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_personne_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personne")),
        sa.UniqueConstraint("organisme_id", "email", name=op.f("uq_personne_organisme_id_email")),
    )
    op.create_index("ix_personne_nom", "personne", ["organisme_id", "nom_cle"])

    op.create_table(
        "seance",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("comite", sa.String(60), nullable=False),
        sa.Column("tenue_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lieu", sa.String(300), nullable=False),
        sa.Column("cloture_inscriptions", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_seance_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seance")),
    )
    op.create_index("ix_seance_date", "seance", ["organisme_id", "tenue_le"])

    op.create_table(
        "structure",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("nom_cle", sa.String(400), nullable=False),
        sa.Column("siret", sa.String(14), nullable=True),
        sa.Column("rna", sa.String(10), nullable=True),
        sa.Column("forme_juridique", sa.String(60), nullable=True),
        sa.Column("secteur", sa.String(60), nullable=True),
        sa.Column("effectif_centiemes", sa.Integer(), nullable=True),
        sa.Column("adresse", sa.String(500), nullable=True),
        sa.Column("code_postal", sa.String(5), nullable=True),
        sa.Column("commune", sa.String(120), nullable=True),
        sa.Column("departement", sa.String(3), nullable=True),
        sa.Column("telephone", sa.String(20), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("site", sa.String(300), nullable=True),
        sa.CheckConstraint("effectif_centiemes >= 0", name=op.f("ck_structure_effectif")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_structure_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure")),
        sa.UniqueConstraint("organisme_id", "rna", name=op.f("uq_structure_organisme_id_rna")),
        sa.UniqueConstraint("organisme_id", "siret", name=op.f("uq_structure_organisme_id_siret")),
    )
    op.create_index("ix_structure_nom", "structure", ["organisme_id", "nom_cle"])

    op.create_table(
        "contact",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("structure_id", BigId, nullable=False),
        sa.Column("personne_id", BigId, nullable=False),
        sa.Column("fonction", sa.String(120), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_contact_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["personne_id"], ["personne.id"], name=op.f("fk_contact_personne_id_personne")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_contact_structure_id_structure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "structure_id", "personne_id", name=op.f("uq_contact_structure_id_personne_id")
        ),
    )
    op.create_table(
        "dossier",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("pipeline", sa.String(40), nullable=False),
        sa.Column("pipeline_version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trail", sa.Text(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("ouvert_le", sa.Date(), nullable=False),
        sa.Column("origine", sa.String(60), nullable=True),
        sa.Column("porteur_id", BigId, nullable=True),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("referent_id", BigId, nullable=True),
        sa.Column("seance_id", BigId, nullable=True),
        sa.Column("titre", sa.String(200), nullable=False),
        sa.Column("titre_cle", sa.String(400), nullable=False),
        sa.Column("objet", sa.Text(), nullable=True),
        sa.Column("lieu", sa.String(200), nullable=True),
        sa.Column("commune", sa.String(120), nullable=True),
        sa.Column("departement", sa.String(3), nullable=True),
        sa.Column("public_vise", sa.String(300), nullable=True),
        sa.Column("secteur", sa.String(60), nullable=True),
        sa.Column("emplois_crees", sa.Integer(), nullable=True),
        sa.Column("date_debut", sa.Date(), nullable=True),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.Column("cout_total", BigId, nullable=True),
        sa.Column("montant_demande", BigId, nullable=True),
        sa.Column("montant_accorde", BigId, nullable=True),
        sa.Column("plafond", BigId, nullable=True),
        sa.Column("donnees", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cout_total IS NULL OR cout_total > 0", name=op.f("ck_dossier_cout_total")
        ),
        sa.CheckConstraint(
            "date_debut IS NULL OR date_fin IS NULL OR date_debut <= date_fin",
            name=op.f("ck_dossier_dates"),
        ),
        sa.CheckConstraint(
            "emplois_crees IS NULL OR emplois_crees >= 0", name=op.f("ck_dossier_emplois_crees")
        ),
        sa.CheckConstraint(
            "montant_accorde IS NULL OR (montant_accorde > 0 AND montant_demande IS NOT NULL"
            " AND montant_accorde <= montant_demande"
            " AND (plafond IS NULL OR montant_accorde <= plafond))",
            name=op.f("ck_dossier_montant_accorde"),
        ),
        sa.CheckConstraint(
            "montant_demande IS NULL OR montant_demande > 0",
            name=op.f("ck_dossier_montant_demande"),
        ),
        sa.CheckConstraint("plafond IS NULL OR plafond > 0", name=op.f("ck_dossier_plafond")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_dossier_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["porteur_id"], ["personne.id"], name=op.f("fk_dossier_porteur_id_personne")
        ),
        sa.ForeignKeyConstraint(
            ["referent_id"], ["compte.id"], name=op.f("fk_dossier_referent_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["seance_id"], ["seance.id"], name=op.f("fk_dossier_seance_id_seance")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_dossier_structure_id_structure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint(
            "organisme_id", "reference", name=op.f("uq_dossier_organisme_id_reference")
        ),
    )
    op.create_index(
        "ix_dossier_departement", "dossier", ["organisme_id", "departement", "ouvert_le", "id"]
    )
    op.create_index(
        "ix_dossier_etape", "dossier", ["organisme_id", "pipeline", "stage", "ouvert_le", "id"]
    )
    op.create_index("ix_dossier_ouvert", "dossier", ["organisme_id", "ouvert_le", "id"])
    op.create_index("ix_dossier_porteur", "dossier", ["porteur_id"])
    op.create_index(
        "ix_dossier_referent", "dossier", ["organisme_id", "referent_id", "ouvert_le", "id"]
    )
    op.create_index("ix_dossier_seance", "dossier", ["seance_id"])
    op.create_index("ix_dossier_structure", "dossier", ["structure_id"])

    op.create_table(
        "lien_dossier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("origine_id", BigId, nullable=False),
        sa.Column("suite_id", BigId, nullable=False),
        sa.Column("nature", sa.String(10), nullable=False),
        sa.CheckConstraint("nature IN ('suite', 'lie')", name=op.f("ck_lien_dossier_nature")),
        sa.CheckConstraint("origine_id <> suite_id", name=op.f("ck_lien_dossier_distincts")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_lien_dossier_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["origine_id"], ["dossier.id"], name=op.f("fk_lien_dossier_origine_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["suite_id"], ["dossier.id"], name=op.f("fk_lien_dossier_suite_id_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien_dossier")),
        sa.UniqueConstraint(
            "origine_id", "suite_id", name=op.f("uq_lien_dossier_origine_id_suite_id")
        ),
    )
    op.create_index("ix_lien_suite", "lien_dossier", ["suite_id"])

    op.create_table(
        "note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("auteur_id", BigId, nullable=True),
        sa.Column("auteur", sa.String(120), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["auteur_id"], ["compte.id"], name=op.f("fk_note_auteur_id_compte")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_note_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_note_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_dossier", "note", ["dossier_id", "id"])

    op.create_table(
        "rendez_vous",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lieu", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_rendez_vous_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_rendez_vous_organisme_id_organisme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendez_vous")),
    )
    op.create_index("ix_rendez_vous_dossier", "rendez_vous", ["dossier_id", "le"])
