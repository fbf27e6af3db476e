"""Programs: personal tokens, answers kept under an idempotency key, webhooks and what they say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _jetons()
    _reponses()
    _abonnements()
    _annonces()


def _owner(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    """The compte, and the organisme that it acts in."""
    return (
        sa.ForeignKeyConstraint(
            ["organisme_id"], ["organisme.id"], name=op.f(f"fk_{table}_organisme_id_organisme")
        ),
        sa.ForeignKeyConstraint(
            ["compte_id"], ["compte.id"], name=op.f(f"fk_{table}_compte_id_compte")
        ),
    )


def _jetons() -> None:
    op.create_table(
        "jeton",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("fin", sa.String(4), nullable=False),
        sa.Column("nom", sa.String(80), nullable=False),
        sa.Column("portee", sa.String(16), nullable=False),
        sa.Column("cree_le", _Instant, nullable=False),
        sa.Column("expire_le", _Instant, nullable=False),
        sa.Column("vu_le", _Instant, nullable=True),
        sa.Column("revoque_le", _Instant, nullable=True),
        sa.CheckConstraint(
            "portee IN ('lecture', 'ecriture', 'direction')", name=op.f("ck_jeton_portee")
        ),
        *_owner("jeton"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jeton")),
        sa.UniqueConstraint("digest", name=op.f("uq_jeton_digest")),
    )
    op.create_index("ix_jeton_compte", "jeton", ["compte_id", "organisme_id"])


def _reponses() -> None:
    op.create_table(
        "reponse",
        sa.Column("id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("compte_id", BigId, nullable=False),
        sa.Column("cle", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("reponse", sa.Text(), nullable=False),
        sa.Column("le", _Instant, nullable=False),
        *_owner("reponse"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reponse")),
        sa.UniqueConstraint(
            "organisme_id", "compte_id", "cle", name=op.f("uq_reponse_organisme_id_compte_id_cle")
        ),
    )
    op.create_index("ix_reponse_le", "reponse", ["le"])


def _abonnements() -> None:
    op.create_table(
        "abonnement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", _Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abonnement")),
    )
    op.create_index("ix_abonnement_organisme", "abonnement", ["tenant_id", "id"])


def _annonces() -> None:
    op.create_table(
        "annonce",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tenant_id", BigId, nullable=False),
        sa.Column("abonnement_id", BigId, nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _Instant, nullable=False),
        sa.Column("due_at", _Instant, nullable=False),
        sa.Column("sent_at", _Instant, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(200), nullable=True),
        sa.CheckConstraint(
            "state IN ('a_envoyer', 'envoyee', 'abandonnee')", name=op.f("ck_annonce_state")
        ),
        sa.ForeignKeyConstraint(
            ["abonnement_id"], ["abonnement.id"], name=op.f("fk_annonce_abonnement_id_abonnement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annonce")),
        sa.UniqueConstraint(
            "abonnement_id", "event_id", name=op.f("uq_annonce_abonnement_id_event_id")
        ),
    )
    waiting = sa.text("state = 'a_envoyer'")
    op.create_index(
        "ix_annonce_waiting", "annonce", ["due_at"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_annonce_organisme", "annonce", ["tenant_id", "id"])
