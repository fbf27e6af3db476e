"""Saved views: filters, order and columns under a name, of one's own or shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.dossiers.listes.preferences import keys_of
from grants.dossiers.listes.tables import Vue
from grants.organisation.identity import Identity
from grants.organisation.roles import DIRECTION
from grants.organisation.tables import Compte
from workflow.database import LARGEST_ID, table_of
from workflow.errors import DomainError, Invalid, NotFound
from workflow.statements import Read, Statement
from workflow.texts import TextFault, clean_text, fold

LONGEST_NAME = 60
#: The most views that a person keeps in an organisme.
MOST = 100
_V, _C = table_of(Vue), table_of(Compte)


class VueReserved(DomainError):
    """Cette vue est à {owner} : seules cette personne et la direction la modifient."""

    code = "vue_reservee"


class TooManyVues(DomainError):
    """Vous gardez déjà 100 vues. Supprimez-en une avant d'en enregistrer une autre."""

    code = "trop_de_vues"


@dataclass(frozen=True, slots=True)
class SavedVue:
    """A view: the address that it opens and its columns, as they were when it was kept."""

    id: int
    nom: str
    requete: str
    columns: tuple[str, ...]
    partagee: bool
    compte_id: int
    owner: str


def vues_read(identity: Identity) -> Read:
    """What `vues_of` reads."""
    return _SEEN, {"organisme": identity.organisme_id, "compte": identity.compte_id}


def vues_of(connection: Connection, identity: Identity) -> list[SavedVue]:
    """The views that a person may open, by name: her own, and those shared in the organisme."""
    statement, values = vues_read(identity)
    return [_vue(row) for row in statement.rows(connection, values)]


def read_vue(connection: Connection, identity: Identity, id: int) -> SavedVue:
    """A view that a person may open. Raises NotFound, also for a colleague's own."""
    row = None
    if 0 < id <= LARGEST_ID:
        query = _READ.where(*_seen_by(identity), _V.c.id == id)
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return _vue(row)


def may_change(identity: Identity, vue: SavedVue) -> bool:
    """Whether a person may rename a view, change it or take it away."""
    return identity.compte_id == vue.compte_id or identity.role == DIRECTION


def save_vue(
    session: Session,
    identity: Identity,
    nom: str,
    requete: str,
    columns: tuple[str, ...],
    *,
    partagee: bool,
) -> int:
    """Keep a view under a name. Raises Invalid, TooManyVues, ReadOnly (sharing it)."""
    if partagee:
        identity.require_writer()
    connection = session.connection()
    cleaned = _name(nom)
    mine = select(_V.c.id).where(
        _V.c.organisme_id == identity.organisme_id, _V.c.compte_id == identity.compte_id
    )
    if len(connection.execute(mine.limit(MOST)).all()) >= MOST:
        raise TooManyVues
    row = {
        "organisme_id": identity.organisme_id,
        "compte_id": identity.compte_id,
        "nom": cleaned,
        "nom_cle": fold(cleaned),
        "partagee": partagee,
        "requete": requete,
        "colonnes": ",".join(columns),
    }
    try:
        with connection.begin_nested():
            return connection.execute(insert(_V).values(row).returning(_V.c.id)).scalar_one()
    except IntegrityError as error:
        raise _taken() from error


def rename_vue(session: Session, identity: Identity, id: int, nom: str, *, partagee: bool) -> None:
    """Rename a view, share it or not. Raises Invalid, NotFound, VueReserved, ReadOnly."""
    vue = _mine(session, identity, id)
    if partagee and not vue.partagee:
        identity.require_writer()
    cleaned = _name(nom)
    values = {"nom": cleaned, "nom_cle": fold(cleaned), "partagee": partagee}
    try:
        with session.connection().begin_nested():
            session.connection().execute(update(_V).where(_V.c.id == vue.id).values(values))
    except IntegrityError as error:
        raise _taken() from error


def replace_vue(
    session: Session, identity: Identity, id: int, requete: str, columns: tuple[str, ...]
) -> SavedVue:
    """Give a view other filters, another order, other columns. Raises NotFound, VueReserved."""
    vue = _mine(session, identity, id)
    values = {"requete": requete, "colonnes": ",".join(columns)}
    session.connection().execute(update(_V).where(_V.c.id == vue.id).values(values))
    return vue


def delete_vue(session: Session, identity: Identity, id: int) -> SavedVue:
    """Take a view away; whoever opened it first opens the whole list again."""
    vue = _mine(session, identity, id)
    session.connection().execute(delete(_V).where(_V.c.id == vue.id))
    return vue


_READ = select(
    _V.c.id,
    _V.c.nom,
    _V.c.requete,
    _V.c.colonnes,
    _V.c.partagee,
    _V.c.compte_id,
    _C.c.nom.label("owner"),
).join(_C, _C.c.id == _V.c.compte_id)


_SEEN = Statement(
    _READ.where(
        _V.c.organisme_id == bindparam("organisme"),
        or_(_V.c.compte_id == bindparam("compte"), _V.c.partagee),
    ).order_by(_V.c.nom_cle, _V.c.id)
)


def _seen_by(identity: Identity) -> tuple[Any, ...]:
    seen = or_(_V.c.compte_id == identity.compte_id, _V.c.partagee)
    return _V.c.organisme_id == identity.organisme_id, seen


def _vue(row: Mapping[Any, Any]) -> SavedVue:
    return SavedVue(
        id=row["id"],
        nom=row["nom"],
        requete=row["requete"],
        columns=keys_of(row["colonnes"]),
        partagee=row["partagee"],
        compte_id=row["compte_id"],
        owner=row["owner"],
    )


def _mine(session: Session, identity: Identity, id: int) -> SavedVue:
    vue = read_vue(session.connection(), identity, id)
    if not may_change(identity, vue):
        raise VueReserved(owner=vue.owner)
    return vue


def _name(typed: str) -> str:
    try:
        cleaned = clean_text(typed, longest=LONGEST_NAME)
    except TextFault as fault:
        raise Invalid({"nom": str(fault)}) from None
    if not fold(cleaned):
        raise Invalid({"nom": "Donnez un nom à la vue, par exemple « Mes dossiers à relancer »."})
    return cleaned


def _taken() -> Invalid:
    return Invalid({"nom": "Une autre vue porte déjà ce nom. Choisissez-en un autre."})
