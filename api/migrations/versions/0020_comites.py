"""The comités: their members, séances that move, agendas, votes, decisions, minutes, enveloppes."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from api.migrations.types import BigId

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_GENESIS = "0" * 64
_COLLEGES = "Financeurs\nCollectivités locales\nAssociations\nBanques\nFondations"
_VOTES = "'favorable', 'favorable_avec_reserves', 'ajournement', 'defavorable', 'abstention'"


def upgrade() -> None:
    _instances()
    _seances()
    _agenda()
    _votes()
    _decisions()
    _around()
    _keep_what_stands()


def _id() -> sa.Column:
    return sa.Column("id", BigId, nullable=False)


def _chain() -> tuple[sa.Column, sa.Column]:
    seq = sa.Column("seq", sa.Integer(), nullable=False)
    return seq, sa.Column("head", sa.String(64), nullable=False)


def _ref(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name)


def _table(name: str, *parts: sa.Column | sa.Constraint) -> None:
    op.create_table(name, _id(), *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _instances() -> None:
    _table(
        "comite",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("regles", sa.Text(), nullable=False),
        sa.Column("colleges", sa.Text(), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        *_chain(),
        _check("comite", "nature", "nature IN ('decision', 'avis', 'pilotage')"),
        _ref("comite", "organisme_id", "organisme"),
        _unique("comite", "organisme_id", "nom"),
    )
    _table(
        "membre",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("comite_id", BigId, nullable=False),
        sa.Column("personne_id", BigId, nullable=False),
        sa.Column("structure_id", BigId, nullable=True),
        sa.Column("structure", sa.String(200), nullable=False),
        sa.Column("college", sa.String(80), nullable=False),
        sa.Column("voix", sa.String(20), nullable=False),
        sa.Column("suppleant_de_id", BigId, nullable=True),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("rang_presidence", sa.Integer(), nullable=True),
        *_chain(),
        _check("membre", "voix", "voix IN ('deliberative', 'consultative')"),
        _check("membre", "mandat", "fin IS NULL OR fin >= debut"),
        _check("membre", "presidence", "rang_presidence IS NULL OR rang_presidence > 0"),
        _check("membre", "suppleant", "suppleant_de_id IS NULL OR suppleant_de_id <> id"),
        _ref("membre", "organisme_id", "organisme"),
        _ref("membre", "comite_id", "comite"),
        _ref("membre", "personne_id", "personne"),
        _ref("membre", "structure_id", "structure"),
        _ref("membre", "suppleant_de_id", "membre"),
    )
    op.create_index("ix_membre_comite", "membre", ["comite_id", "personne_id"])
    op.create_index("ix_membre_personne", "membre", ["personne_id"])


def _seances() -> None:
    """Each séance becomes a subject of the engine, and belongs to a comité of its organisme.

    Those held before stand as convened: they are opened and minuted as the others.
    """
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO comite (organisme_id, nom, nature, regles, colleges, actif, seq, head)"
            " SELECT DISTINCT organisme_id, comite, 'decision', '{}', :colleges, :oui, 0, :head"
            " FROM seance"
        ),
        {"colleges": _COLLEGES, "oui": True, "head": _GENESIS},
    )
    with op.batch_alter_table("seance") as table:
        for column in _new_of_seance():
            table.add_column(column)
    connection.execute(
        sa.text(
            "UPDATE seance SET pipeline = 'seance', pipeline_version = 1, lock_version = 1,"
            " minutes_par_dossier = 15, regles = '{}', stage_since = tenue_le,"
            " comite_id = (SELECT comite.id FROM comite WHERE comite.nom = seance.comite"
            " AND comite.organisme_id = seance.organisme_id)"
        )
    )
    now = datetime.now(UTC)
    at = now if connection.dialect.name == "postgresql" else now.replace(tzinfo=None).isoformat(" ")
    held = {"stage": "convoquee", "trail": "1:preparation>1:convoquee", "at": at}
    coming = {"stage": "preparation", "trail": "1:preparation", "at": at}
    for values, side in ((held, "<="), (coming, ">")):
        query = f"UPDATE seance SET stage = :stage, trail = :trail WHERE tenue_le {side} :at"  # noqa: S608
        connection.execute(sa.text(query), values)
    with op.batch_alter_table("seance") as table:
        for column in _new_of_seance():
            if column.name not in ("lien_visio", "preside_id", "organisateur_id"):
                table.alter_column(column.name, existing_type=column.type, nullable=False)
        for column, parent in (
            ("comite_id", "comite"),
            ("preside_id", "membre"),
            ("organisateur_id", "compte"),
        ):
            table.create_foreign_key(op.f(f"fk_seance_{column}_{parent}"), parent, [column], ["id"])
        table.create_check_constraint(op.f("ck_seance_minutes"), "minutes_par_dossier > 0")
    op.create_index("ix_seance_comite", "seance", ["comite_id", "tenue_le"])


def _new_of_seance() -> list[sa.Column]:
    return [
        sa.Column("pipeline", sa.String(40)),
        sa.Column("pipeline_version", sa.Integer()),
        sa.Column("stage", sa.String(40)),
        sa.Column("stage_since", _INSTANT),
        sa.Column("trail", sa.Text()),
        sa.Column("lock_version", sa.Integer()),
        sa.Column("comite_id", BigId),
        sa.Column("lien_visio", sa.String(300)),
        sa.Column("minutes_par_dossier", sa.Integer()),
        sa.Column("regles", sa.Text()),
        sa.Column("preside_id", BigId),
        sa.Column("organisateur_id", BigId),
    ]


def _agenda() -> None:
    _table(
        "passage",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("avis_charge", sa.Text(), nullable=False),
        sa.Column("vigilance", sa.Text(), nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("ouvert_le", _INSTANT, nullable=True),
        sa.Column("clos_le", _INSTANT, nullable=True),
        sa.Column("resultat", sa.Text(), nullable=True),
        _check("passage", "etat", "etat IN ('attendu', 'ouvert', 'clos', 'retire')"),
        _check("passage", "minutes", "minutes IS NULL OR minutes > 0"),
        _check("passage", "resultat", "(etat = 'clos') = (resultat IS NOT NULL)"),
        _ref("passage", "organisme_id", "organisme"),
        _ref("passage", "seance_id", "seance"),
        _ref("passage", "dossier_id", "dossier"),
        _unique("passage", "seance_id", "dossier_id"),
    )
    op.create_index("ix_passage_dossier", "passage", ["dossier_id"])
    states = "'present', 'represente', 'excuse', 'absent'"
    _table(
        "presence_seance",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("membre_id", BigId, nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("arrivee", _INSTANT, nullable=True),
        sa.Column("depart", _INSTANT, nullable=True),
        sa.Column("a_distance", sa.Boolean(), nullable=False),
        sa.Column("pouvoir_a_id", BigId, nullable=True),
        _check("presence_seance", "etat", f"etat IN ({states})"),
        _check("presence_seance", "pouvoir", "(etat = 'represente') = (pouvoir_a_id IS NOT NULL)"),
        _check("presence_seance", "arrivee", "(etat = 'present') = (arrivee IS NOT NULL)"),
        _check("presence_seance", "depart", "depart IS NULL OR depart >= arrivee"),
        _ref("presence_seance", "organisme_id", "organisme"),
        _ref("presence_seance", "seance_id", "seance"),
        _ref("presence_seance", "membre_id", "membre"),
        _ref("presence_seance", "pouvoir_a_id", "membre"),
        _unique("presence_seance", "seance_id", "membre_id"),
    )
    _table(
        "deport",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("membre_id", BigId, nullable=False),
        sa.Column("motif", sa.String(300), nullable=False),
        sa.Column("declare_le", _INSTANT, nullable=False),
        sa.Column("declare_par", sa.String(120), nullable=False),
        _ref("deport", "organisme_id", "organisme"),
        _ref("deport", "seance_id", "seance"),
        _ref("deport", "dossier_id", "dossier"),
        _ref("deport", "membre_id", "membre"),
        _unique("deport", "seance_id", "dossier_id", "membre_id"),
    )
    op.create_index("ix_deport_membre", "deport", ["membre_id"])


def _votes() -> None:
    _table(
        "emargement",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("passage_id", BigId, nullable=False),
        sa.Column("membre_id", BigId, nullable=False),
        sa.Column("par_id", BigId, nullable=False),
        sa.Column("saisi_par", sa.String(120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("le", _INSTANT, nullable=False),
        _ref("emargement", "organisme_id", "organisme"),
        _ref("emargement", "passage_id", "passage"),
        _ref("emargement", "membre_id", "membre"),
        _ref("emargement", "par_id", "membre"),
        _unique("emargement", "passage_id", "membre_id"),
    )
    _table(
        "bulletin",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("passage_id", BigId, nullable=False),
        sa.Column("emargement_id", BigId, nullable=True),
        sa.Column("choix", sa.String(24), nullable=False),
        sa.Column("montant", BigId, nullable=True),
        sa.Column("reserves", sa.Text(), nullable=False),
        sa.Column("commentaire", sa.Text(), nullable=False),
        sa.Column("sel", sa.String(64), nullable=True),
        sa.Column("ordre", sa.Integer(), nullable=True),
        _check("bulletin", "choix", f"choix IN ({_VOTES})"),
        _check("bulletin", "montant", "montant IS NULL OR montant > 0"),
        _ref("bulletin", "organisme_id", "organisme"),
        _ref("bulletin", "passage_id", "passage"),
        _ref("bulletin", "emargement_id", "emargement"),
        _unique("bulletin", "emargement_id"),
    )
    op.create_index("ix_bulletin_passage", "bulletin", ["passage_id"])


def _decisions() -> None:
    issues = "('retenu', 'refuse', 'ajourne')"
    _table(
        "decision",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("proposee", sa.String(12), nullable=False),
        sa.Column("retenue", sa.String(12), nullable=False),
        sa.Column("montant_propose", BigId, nullable=True),
        sa.Column("montant", BigId, nullable=True),
        sa.Column("motif", sa.Text(), nullable=False),
        sa.Column("confirmee_par", sa.String(120), nullable=False),
        sa.Column("confirmee_le", _INSTANT, nullable=False),
        sa.Column("appliquee_le", _INSTANT, nullable=True),
        _check("decision", "proposee", f"proposee IN {issues}"),
        _check("decision", "retenue", f"retenue IN {issues}"),
        _check("decision", "montant", "(retenue = 'retenu') = (montant IS NOT NULL)"),
        _check("decision", "montant_positif", "montant IS NULL OR montant > 0"),
        _ref("decision", "organisme_id", "organisme"),
        _ref("decision", "seance_id", "seance"),
        _ref("decision", "dossier_id", "dossier"),
        _unique("decision", "seance_id", "dossier_id"),
    )
    op.create_index("ix_decision_dossier", "decision", ["dossier_id"])
    _table(
        "reserve",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("decision_id", BigId, nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("levee_le", _INSTANT, nullable=True),
        sa.Column("levee_par", sa.String(120), nullable=True),
        sa.Column("levee_motif", sa.String(300), nullable=False),
        _check("reserve", "levee", "(levee_le IS NULL) = (levee_par IS NULL)"),
        _ref("reserve", "organisme_id", "organisme"),
        _ref("reserve", "decision_id", "decision"),
        _unique("reserve", "decision_id", "rang"),
    )
    op.create_table(
        "proces_verbal",
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("remarques", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("donnees", sa.Text(), nullable=True),
        sa.Column("empreinte", sa.String(64), nullable=True),
        sa.Column("ancre", sa.String(64), nullable=True),
        sa.Column("valide_par", sa.String(120), nullable=True),
        sa.Column("valide_le", _INSTANT, nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("empreinte_pdf", sa.String(64), nullable=True),
        _ref("proces_verbal", "organisme_id", "organisme"),
        _ref("proces_verbal", "seance_id", "seance"),
        sa.PrimaryKeyConstraint("seance_id", name=op.f("pk_proces_verbal")),
    )


def _around() -> None:
    _table(
        "note_privee",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("seance_id", BigId, nullable=False),
        sa.Column("dossier_id", BigId, nullable=False),
        sa.Column("membre_id", BigId, nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("modifiee_le", _INSTANT, nullable=False),
        _ref("note_privee", "organisme_id", "organisme"),
        _ref("note_privee", "seance_id", "seance"),
        _ref("note_privee", "dossier_id", "dossier"),
        _ref("note_privee", "membre_id", "membre"),
        _unique("note_privee", "seance_id", "dossier_id", "membre_id"),
    )
    _table(
        "enveloppe",
        sa.Column("organisme_id", BigId, nullable=False),
        sa.Column("dispositif", sa.String(40), nullable=False),
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("financeur", sa.String(200), nullable=False),
        sa.Column("montant", BigId, nullable=False),
        *_chain(),
        _check("enveloppe", "montant", "montant >= 0"),
        _check("enveloppe", "annee", "annee BETWEEN 1900 AND 2200"),
        _ref("enveloppe", "organisme_id", "organisme"),
        _unique("enveloppe", "organisme_id", "dispositif", "annee", "financeur"),
    )


def _keep_what_stands() -> None:
    """The dossiers that wait for their séance come on its agenda, in the order of their numbers."""
    op.execute(
        "INSERT INTO passage (organisme_id, seance_id, dossier_id, rang, note, avis_charge,"
        " vigilance, etat) SELECT organisme_id, seance_id, id,"
        " ROW_NUMBER() OVER (PARTITION BY seance_id ORDER BY id), '', '', '', 'attendu'"
        " FROM dossier WHERE seance_id IS NOT NULL AND stage IN ('cts', 'comite_appui')"
    )
