"""Counts kept by triggers, and an index for each order that the list offers."""

from __future__ import annotations

from alembic import op

from api.migrations.compteurs_1 import filling, statements
from api.migrations.types import as_driver_takes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_REMADE = {
    "ix_dossier_etape": (
        *("organisme_id", "pipeline", "stage", "stage_since", "id"),
        *("referent_id", "departement"),
    ),
    "ix_dossier_referent": ("organisme_id", "referent_id", "id"),
    "ix_dossier_departement": ("organisme_id", "departement", "id"),
}
_NEW = {
    "ix_dossier_id": ("organisme_id", "id"),
    "ix_dossier_etape_id": ("organisme_id", "pipeline", "stage", "id"),
    "ix_dossier_depuis": ("organisme_id", "stage_since", "id"),
    "ix_dossier_commune": ("organisme_id", "commune", "id"),
    "ix_dossier_demande": ("organisme_id", "montant_demande", "id"),
    "ix_dossier_accorde": ("organisme_id", "montant_accorde", "id"),
}


def upgrade() -> None:
    for name, columns in _REMADE.items():
        op.drop_index(name, "dossier")
        op.create_index(name, "dossier", list(columns))
    for name, columns in _NEW.items():
        op.create_index(name, "dossier", list(columns))
    connection = op.get_bind()
    dialect = connection.dialect.name
    for statement in (*statements(dialect), *filling(dialect)):
        connection.exec_driver_sql(as_driver_takes(statement, dialect))
