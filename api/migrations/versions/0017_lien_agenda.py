"""Personal links by which a calendar reads the agenda."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "lien_agenda",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("portee", sa.String(8), nullable=False),
        sa.Column("cree_le", _INSTANT, nullable=False),
        sa.Column("vu_le", _INSTANT, nullable=True),
        sa.Column("revoque_le", _INSTANT, nullable=True),
        sa.CheckConstraint("portee IN ('moi', 'tous')", name=op.f("ck_lien_agenda_portee")),
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f("fk_lien_agenda_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f("fk_lien_agenda_compte_id_compte")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien_agenda")),
        sa.UniqueConstraint("digest", name=op.f("uq_lien_agenda_digest")),
    )
    op.create_index("ix_lien_agenda_compte", "lien_agenda", ["compte_id", "organisme_id"])
