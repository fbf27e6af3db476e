"""Notes, the referent, links: what colleagues do to a dossier without moving it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select
from sqlmodel import Session

from grants.dossiers.advance import settle
from grants.dossiers.chain import record_fact
from grants.dossiers.opening import link
from grants.dossiers.queries import dossier_by_reference, name_of
from grants.dossiers.reading import read_subject
from grants.dossiers.staleness import is_replay, stale
from grants.dossiers.tables import Dossier, LienDossier, Note
from grants.dossiers.writing import store, store_chain
from grants.organisation.identity import Identity
from grants.organisation.vocabulary import collegue_label
from workflow.database import LARGEST_ID, table_of
from workflow.engine import Engine
from workflow.errors import Invalid, NotFound
from workflow.subject import Subject
from workflow.texts import TextFault, clean_text

LONGEST_NOTE = 5000
LONGEST_REFERENCE = 20
_D, _L = table_of(Dossier), table_of(LienDossier)


def add_note(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    text: str,
    now: datetime,
    key: str | None = None,
) -> Subject:
    """Write a note down; nobody's form becomes out of date. Raises Invalid, NotFound."""
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    if is_replay(connection, subject, "note_ajoutee", key):
        return subject
    cleaned = _note_text(text)
    session.execute(
        insert(Note).values(
            organisme_id=subject.tenant_id,
            dossier_id=subject.id,
            auteur_id=identity.compte_id,
            auteur=identity.nom,
            le=now,
            texte=cleaned,
        )
    )
    record_fact(session, engine, subject, identity, "note_ajoutee", {"texte": cleaned}, now, key)
    store_chain(connection, subject)
    return subject


def give_to(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    compte_id: int | None,
    now: datetime,
    version: int | None = None,
) -> Subject:
    """Put a colleague in charge of a dossier, or nobody. Raises Invalid, NotFound, Stale."""
    identity.require_writer()
    connection = session.connection()
    subject = read_subject(connection, engine, identity.organisme_id, dossier_id, lock=True)
    before = subject.row["referent_id"]
    if before == compte_id:
        return subject
    if version not in (None, subject.lock_version):
        raise stale(connection, engine, subject)
    name = _colleague(connection, identity, compte_id)
    # Who was in charge may have left: the journal still names them.
    content = {"changements": {"referent": {"avant": name_of(connection, before), "apres": name}}}
    record_fact(session, engine, subject, identity, "referent_change", content, now)
    store(connection, engine, subject, {"referent_id": compte_id})
    subject.relative = {"referent": compte_id}
    settle(session, engine, subject, now)
    return subject


def referent_of(connection: Connection, organisme_id: int, dossier_id: int) -> int | None:
    """Who is in charge of a dossier of the organisme. Raises NotFound."""
    query = select(_D.c.referent_id).where(_D.c.organisme_id == organisme_id, _D.c.id == dossier_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound
    return row.referent_id


def tie(
    session: Session,
    engine: Engine,
    identity: Identity,
    dossier_id: int,
    other_reference: str,
    now: datetime,
) -> Subject:
    """Write that another dossier, named by its reference, belongs with this one."""
    identity.require_writer()
    connection, organisme_id = session.connection(), identity.organisme_id
    reference = _reference(other_reference)
    other_id = dossier_by_reference(connection, organisme_id, reference)
    # Both are locked, the older first: two colleagues may tie them from either side at once.
    locked = {
        id: read_subject(connection, engine, organisme_id, id, lock=True)
        for id in sorted({dossier_id, other_id or dossier_id})
    }
    subject = locked[dossier_id]
    if other_id is None:
        raise Invalid({"reference": "Aucun dossier ne porte cette référence. Vérifiez-la."})
    if other_id == subject.id:
        raise Invalid({"reference": "C'est ce dossier-ci. Indiquez-en un autre."})
    if _tied(connection, subject.id, other_id):
        raise Invalid({"reference": "Ces deux dossiers sont déjà liés."})
    link(session, subject.tenant_id, subject.id, other_id, "lie")
    content = {"changements": {"lien": {"avant": None, "apres": reference}}}
    record_fact(session, engine, subject, identity, "lien_ajoute", content, now)
    store_chain(connection, subject)
    return subject


def _note_text(text: str) -> str:
    try:
        cleaned = clean_text(text, longest=LONGEST_NOTE, multiline=True)
    except TextFault as fault:
        raise Invalid({"texte": str(fault)}) from None
    if not cleaned:
        raise Invalid({"texte": "Écrivez la note avant de l'ajouter."})
    return cleaned


def _colleague(connection: Connection, identity: Identity, id: int | None) -> str | None:
    """The name of whoever is put in charge. Raises Invalid for anybody who cannot be."""
    if id is None:
        return None
    known = 0 < id <= LARGEST_ID and collegue_label(connection, identity.organisme_id, id)
    if not known:
        raise Invalid({"referent": "Choisissez un collègue dans la liste."})
    return known


def _reference(typed: str) -> str:
    try:
        return clean_text(typed, longest=LONGEST_REFERENCE).upper()
    except TextFault as fault:
        raise Invalid({"reference": str(fault)}) from None


def _tied(connection: Connection, one: int, other: int) -> bool:
    same = (_L.c.origine_id == one) & (_L.c.suite_id == other)
    reverse = (_L.c.origine_id == other) & (_L.c.suite_id == one)
    found = connection.execute(select(_L.c.id).where(or_(same, reverse)))
    return found.first() is not None
