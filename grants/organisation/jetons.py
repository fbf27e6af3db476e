"""Personal tokens: made by somebody for a program, shown once, known afterwards by their digest."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlmodel import Session

from grants.organisation.connexions import SEEN_EVERY, digest_of
from grants.organisation.identity import Identity
from grants.organisation.jeton_tables import Jeton, Reponse
from grants.organisation.roles import DIRECTION
from grants.organisation.tables import Adhesion, Compte, Organisme
from workflow.database import LARGEST_ID, Database, table_of
from workflow.errors import DomainError, Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field
from workflow.statements import Statement

LECTURE, ECRITURE, REGLAGES = "lecture", "ecriture", "direction"
#: What each scope lets a token do: itself and those before it.
PORTEES: Mapping[str, str] = {
    LECTURE: "Lire",
    ECRITURE: "Lire et écrire",
    REGLAGES: "Lire, écrire et changer les réglages",
}
PREFIX = "mp_"
#: A token that nobody looks after any more must end by itself.
LONGEST_DAYS = 366
MOST_TOKENS = 20
#: How long the same demand under the same key is answered the same.
ANSWERS_KEPT = timedelta(days=1)
_SHOWN = 4
_J, _C = table_of(Jeton), table_of(Compte)
_A, _O = table_of(Adhesion), table_of(Organisme)
_R = table_of(Reponse)

JETON_FIELDS = (
    Field(
        key="nom",
        label="À quoi servira-t-il ?",
        type="texte",
        longest=80,
        required=True,
        help="Le nom du programme qui l’emploiera.",
    ),
    Field(
        key="portee",
        label="Ce qu’il permet",
        type="choix",
        required=True,
        choices=tuple(Choice(key=key, label=label) for key, label in PORTEES.items()),
        help="Jamais plus que votre rôle dans l’organisme.",
    ),
    Field(
        key="jours",
        label="Durée, en jours",
        type="entier",
        required=True,
        minimum=1,
        maximum=LONGEST_DAYS,
        help="Un an au plus : il faudra alors en créer un autre.",
    ),
)


class TokenRefused(DomainError):
    """Ce jeton n’est pas valable : il a expiré, a été révoqué, ou n’existe pas."""

    code = "jeton_refuse"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token acts for, in which organisme, and what the token itself allows."""

    id: int
    identity: Identity
    organisme_nom: str
    portee: str
    nom: str
    expires: datetime
    is_to_be_seen: bool

    def allows(self, portee: str) -> bool:
        """Whether the token's scope reaches as far as this one."""
        order = list(PORTEES)
        return order.index(portee) <= order.index(self.portee)


@dataclass(frozen=True, slots=True)
class JetonLine:
    """One token as its owner sees it. `fin` is the end of it, by which to tell it from others."""

    id: int
    nom: str
    portee: str
    fin: str
    cree_le: datetime
    expire_le: datetime
    vu_le: datetime | None
    revoque_le: datetime | None

    def is_alive(self, now: datetime) -> bool:
        """Whether it still lets anybody in."""
        return self.revoque_le is None and now < self.expire_le


_BEARER = Statement(
    select(
        _J.c.id,
        _J.c.nom.label("jeton_nom"),
        _J.c.portee,
        _J.c.expire_le,
        _J.c.vu_le,
        _J.c.revoque_le,
        _J.c.organisme_id,
        _O.c.nom.label("organisme_nom"),
        _C.c.id.label("compte_id"),
        _C.c.nom,
        _A.c.role,
    )
    .join(_C, _C.c.id == _J.c.compte_id)
    .join(_O, _O.c.id == _J.c.organisme_id)
    .join(_A, (_A.c.compte_id == _J.c.compte_id) & (_A.c.organisme_id == _J.c.organisme_id))
    .where(_J.c.digest == bindparam("digest_"), _A.c.active)
)


def find_bearer(connection: Connection, secret: str, now: datetime) -> Bearer:
    """Who comes with this token. Raises TokenRefused."""
    row = _BEARER.first(connection, {"digest_": digest_of(secret)})
    if row is None or row["revoque_le"] is not None or now >= row["expire_le"]:
        raise TokenRefused
    return Bearer(
        id=row["id"],
        identity=Identity(row["organisme_id"], row["compte_id"], row["nom"], row["role"]),
        organisme_nom=row["organisme_nom"],
        portee=row["portee"],
        nom=row["jeton_nom"],
        expires=row["expire_le"],
        is_to_be_seen=row["vu_le"] is None or now - row["vu_le"] >= SEEN_EVERY,
    )


def mark_used(session: Session, jeton_id: int, now: datetime) -> None:
    """Write that the token served."""
    session.connection().execute(update(_J).where(_J.c.id == jeton_id).values(vu_le=now))


def tokens_of(connection: Connection, identity: Identity) -> list[JetonLine]:
    """One's own tokens in this organisme, newest first."""
    query = (
        select(
            _J.c.id,
            _J.c.nom,
            _J.c.portee,
            _J.c.fin,
            _J.c.cree_le,
            _J.c.expire_le,
            _J.c.vu_le,
            _J.c.revoque_le,
        )
        .where(_J.c.organisme_id == identity.organisme_id, _J.c.compte_id == identity.compte_id)
        .order_by(_J.c.id.desc())
    )
    return [JetonLine(*row) for row in connection.execute(query)]


def make_token(session: Session, identity: Identity, raw: Mapping[str, Raw], now: datetime) -> str:
    """A new token; gives it this once. Never commits. Raises Invalid with every fault."""
    connection = session.connection()
    values, faults = parse_fields(JETON_FIELDS, raw, FIELD_TYPES)
    portee = values.get("portee")
    if "portee" not in faults:
        faults |= _beyond_role(identity, portee)
    if not faults and _alive(connection, identity, now) >= MOST_TOKENS:
        faults["nom"] = f"Vous avez déjà {MOST_TOKENS} jetons : révoquez-en un d’abord."
    if faults:
        raise Invalid(faults)
    secret = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(_J).values(
            organisme_id=identity.organisme_id,
            compte_id=identity.compte_id,
            digest=digest_of(secret),
            fin=secret[-_SHOWN:],
            nom=values["nom"],
            portee=portee,
            cree_le=now,
            expire_le=now + timedelta(days=values["jours"]),
        )
    )
    return secret


def revoke_token(session: Session, identity: Identity, jeton_id: int, now: datetime) -> bool:
    """End one of one's own tokens. True if it was not ended already. Raises NotFound."""
    if not 0 < jeton_id <= LARGEST_ID:
        raise NotFound
    own: tuple[Any, ...] = (
        _J.c.id == jeton_id,
        _J.c.organisme_id == identity.organisme_id,
        _J.c.compte_id == identity.compte_id,
    )
    connection = session.connection()
    revoked = connection.execute(select(_J.c.revoque_le).where(*own).with_for_update()).first()
    if revoked is None:
        raise NotFound
    if revoked.revoque_le is not None:
        return False
    connection.execute(update(_J).where(*own).values(revoque_le=now))
    return True


def forget_old_answers(database: Database, now: datetime) -> int:
    """Throw away the answers that nobody will ask for again; how many. In its own transaction."""
    query = delete(_R).where(_R.c.le < now - ANSWERS_KEPT)
    with database.unit_of_work() as session:
        return session.connection().execute(query).rowcount


def _beyond_role(identity: Identity, portee: str | None) -> dict[str, str]:
    """A token that could do more than its owner would promise what it cannot."""
    if portee == REGLAGES and identity.role != DIRECTION:
        return {"portee": "Seule la direction change les réglages."}
    if portee != LECTURE and not identity.may_write:
        return {"portee": "Votre accès permet de lire : créez un jeton de lecture."}
    return {}


def _alive(connection: Connection, identity: Identity, now: datetime) -> int:
    query = select(func.count()).where(
        _J.c.organisme_id == identity.organisme_id,
        _J.c.compte_id == identity.compte_id,
        _J.c.revoque_le.is_(None),
        _J.c.expire_le > now,
    )
    return connection.execute(query).scalar_one()
