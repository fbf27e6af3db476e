"""Personal links of people without a compte, and the browsers that they opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "acces",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("personne_id", BigId, nullable=False),
        sa.Column("objet", sa.String(20), nullable=False),
        sa.Column("objet_id", BigId, nullable=False),
        sa.Column("cree_le", _INSTANT, nullable=False),
        sa.Column("expire_le", _INSTANT, nullable=False),
        sa.Column("utilise_le", _INSTANT, nullable=True),
        sa.Column("session", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_acces_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["personne_id"], ["personne.id"], name=op.f("fk_acces_personne_id_personne")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_acces")),
        sa.UniqueConstraint("session", name=op.f("uq_acces_session")),
    )
    op.create_index("ix_acces_objet", "acces", ["objet", "objet_id", "personne_id"])
    op.create_index("ix_acces_personne", "acces", ["personne_id"])
