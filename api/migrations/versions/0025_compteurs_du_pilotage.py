"""What « Pilotage » counts, by month; indexes for lists of one département or of one referent."""

from __future__ import annotations

from alembic import op

from api.migrations.pilotage_1 import filling, statements
from api.migrations.types import as_driver_takes

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


_REFERENT = ("organisme_id", "referent_id", "id")
_DEPARTEMENT = ("organisme_id", "departement", "referent_id", "id")
_SORTED = ("pipeline", "montant_demande", "montant_accorde", "commune")


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    op.drop_index("ix_dossier_arret", "dossier")  # « ix_dossier_etape » begins with its columns
    op.create_index("ix_dossier_departement_referent", "dossier", list(_DEPARTEMENT))
    if dialect == "postgresql":
        op.drop_index("ix_dossier_referent", "dossier")
        op.create_index(
            "ix_dossier_referent", "dossier", list(_REFERENT), postgresql_include=list(_SORTED)
        )
    for statement in (*statements(dialect), *filling(dialect)):
        connection.exec_driver_sql(as_driver_takes(statement, dialect))
