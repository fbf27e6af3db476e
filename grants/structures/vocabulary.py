"""What structures bring to pipeline files: their types of fields, and the choice of one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from grants.structures.departements import DEPARTEMENT, DEPARTEMENTS_LIST
from grants.structures.iban import IBAN
from grants.structures.postcodes import CODE_POSTAL
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.references import ReferenceKind
from workflow.vocabulary import Register

STRUCTURES = Register()
_S = table_of(Structure)


def structure_choices(connection: Connection, organisme_id: int) -> list[tuple[int, str]]:
    """Every structure of an organisme, by name."""
    query = select(_S.c.id, _S.c.nom).where(
        _S.c.organisme_id == organisme_id, _S.c.absorbee_par_id.is_(None)
    )
    return [(row.id, row.nom) for row in connection.execute(query.order_by(_S.c.nom_cle))]


def structure_label(connection: Connection, organisme_id: int, id: int) -> str | None:
    """The name of one structure of an organisme."""
    query = select(_S.c.nom).where(
        _S.c.organisme_id == organisme_id, _S.c.id == id, _S.c.absorbee_par_id.is_(None)
    )
    return connection.execute(query).scalar_one_or_none()


STRUCTURES.field_type(DEPARTEMENT)
STRUCTURES.field_type(DEPARTEMENTS_LIST)
STRUCTURES.field_type(CODE_POSTAL)
STRUCTURES.field_type(IBAN)
STRUCTURES.reference(ReferenceKind("structure", structure_choices, structure_label))
