"""What the organisation brings to pipeline files: people and colleagues to choose from."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, select

from grants.organisation.roles import WRITERS
from grants.organisation.tables import Adhesion, Compte, Personne
from workflow.database import table_of
from workflow.references import ReferenceKind
from workflow.statements import Read, Statement
from workflow.vocabulary import Register

ORGANISATION = Register()
_P, _A, _C = table_of(Personne), table_of(Adhesion), table_of(Compte)


def personne_choices(connection: Connection, organisme_id: int) -> list[tuple[int, str]]:
    """Every personne known to an organisme, by name."""
    query = select(_P.c.id, _P.c.nom).where(_P.c.organisme_id == organisme_id)
    return [(row.id, row.nom) for row in connection.execute(query.order_by(_P.c.nom_cle))]


def personne_label(connection: Connection, organisme_id: int, id: int) -> str | None:
    """The name of one personne of an organisme."""
    query = select(_P.c.nom).where(_P.c.organisme_id == organisme_id, _P.c.id == id)
    return connection.execute(query).scalar_one_or_none()


_COLLEAGUES = (
    select(_C.c.id, _C.c.nom)
    .join(_A, _A.c.compte_id == _C.c.id)
    .where(_A.c.active, or_(*(_A.c.role == role for role in sorted(WRITERS))))
)
_OF_AN_ORGANISME = Statement(
    _COLLEAGUES.where(_A.c.organisme_id == bindparam("organisme")).order_by(_C.c.nom)
)


def collegues_read(organisme_id: int) -> Read:
    """What `collegue_choices` reads."""
    return _OF_AN_ORGANISME, {"organisme": organisme_id}


def collegue_choices(connection: Connection, organisme_id: int) -> list[tuple[int, str]]:
    """The active colleagues who may be in charge of something, by name."""
    statement, values = collegues_read(organisme_id)
    return [(row["id"], row["nom"]) for row in statement.rows(connection, values)]


def collegue_label(connection: Connection, organisme_id: int, id: int) -> str | None:
    """The name of one active colleague of an organisme."""
    query = _COLLEAGUES.where(_A.c.organisme_id == organisme_id, _C.c.id == id)
    row = connection.execute(query).first()
    return None if row is None else row.nom


ORGANISATION.reference(ReferenceKind("personne", personne_choices, personne_label))
ORGANISATION.reference(ReferenceKind("collegue", collegue_choices, collegue_label))
