"""Putting an étiquette on a dossier and taking it off; a new one is made by using it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dossiers.chain import record_fact
from grants.dossiers.etiquettes.queries import Tag, read_tag
from grants.dossiers.etiquettes.tables import DossierEtiquette, Etiquette
from grants.dossiers.reading import read_subject
from grants.dossiers.writing import store_chain
from grants.organisation.identity import Identity
from workflow.database import table_of
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text, fold

LONGEST = 40
ADDED, REMOVED = "etiquette_ajoutee", "etiquette_retiree"
_E, _B = table_of(Etiquette), table_of(DossierEtiquette)


def find_or_create_tag(session: Session, identity: Identity, nom: str) -> Tag:
    """The étiquette of that name, however it is typed, or a new one. Raises Invalid, ReadOnly."""
    identity.require_writer()
    connection, cleaned = session.connection(), _name(nom)
    known = _named(connection, identity.organisme_id, cleaned)
    if known is not None:
        return known
    row = {"organisme_id": identity.organisme_id, "nom": cleaned, "nom_cle": fold(cleaned)}
    try:
        with connection.begin_nested():
            id = connection.execute(insert(_E).values(row).returning(_E.c.id)).scalar_one()
    except IntegrityError:
        # Somebody else has just made the same one.
        known = _named(connection, identity.organisme_id, cleaned)
        if known is None:
            raise
        return known
    return Tag(id, cleaned)


def tag_dossier(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    etiquette: Tag,
    now: datetime,
) -> bool:
    """Put an étiquette of the organisme on a dossier. False if it was there. Raises NotFound.

    Nobody's form becomes out of date: no rule hangs on an étiquette.
    """
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if _bears(connection, subject, etiquette.id):
        return False
    row = {
        "dossier_id": subject.id,
        "etiquette_id": etiquette.id,
        "organisme_id": subject.tenant_id,
    }
    connection.execute(insert(_B).values(row))
    change = {"avant": None, "apres": etiquette.nom}
    content = {"changements": {"etiquette": change}}
    record_fact(session, engine, subject, identity, ADDED, content, now)
    store_chain(connection, subject)
    return True


def untag_dossier(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    etiquette_id: int,
    now: datetime,
) -> bool:
    """Take an étiquette off a dossier. False if it was not there. Raises NotFound."""
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    known = read_tag(connection, identity.organisme_id, etiquette_id)
    if known is None:
        raise NotFound
    if not _bears(connection, subject, known.id):
        return False
    connection.execute(
        delete(_B).where(_B.c.dossier_id == subject.id, _B.c.etiquette_id == known.id)
    )
    change = {"avant": known.nom, "apres": None}
    content = {"changements": {"etiquette": change}}
    record_fact(session, engine, subject, identity, REMOVED, content, now)
    store_chain(connection, subject)
    return True


def _name(typed: str) -> str:
    try:
        cleaned = clean_text(typed, longest=LONGEST)
    except TextFault as fault:
        raise Invalid({"etiquette": str(fault)}) from None
    if not fold(cleaned):
        raise Invalid({"etiquette": "Écrivez un mot ou deux, par exemple « À rappeler »."})
    return cleaned


def _named(connection: Connection, organisme_id: int, nom: str) -> Tag | None:
    query = select(_E.c.id, _E.c.nom).where(
        _E.c.organisme_id == organisme_id, _E.c.nom_cle == fold(nom)
    )
    row = connection.execute(query).first()
    return None if row is None else Tag(row.id, row.nom)


def _bears(connection: Connection, subject: Subject, etiquette_id: int) -> bool:
    query = select(_B.c.dossier_id).where(
        _B.c.dossier_id == subject.id, _B.c.etiquette_id == etiquette_id
    )
    return connection.execute(query).first() is not None
