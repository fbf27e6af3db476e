"""The people of an organisme: invited, given a role, taken their access away and given it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grants.organisation.accounts import Account, find_account, read_account
from grants.organisation.connexions import close_every_connexion
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact
from grants.organisation.links import create_link, void_links
from grants.organisation.roles import DIRECTION, ROLES
from grants.organisation.settings import ORGANISMES
from grants.organisation.tables import Adhesion, Compte
from workflow.database import LARGEST_ID, table_of
from workflow.errors import DomainError, Invalid, NotFound
from workflow.fields import FIELD_TYPES, FieldFault, Raw, parse_fields
from workflow.pipeline import Choice, Field

_A, _C = table_of(Adhesion), table_of(Compte)

ROLE_FIELD = Field(
    key="role",
    label="Rôle",
    type="choix",
    required=True,
    choices=tuple(Choice(key=role, label=label) for role, label in ROLES.items()),
)
EMAIL_FIELD = Field(key="email", label="E-mail", type="email", required=True)
INVITATION_FIELDS = (
    Field(key="nom", label="Prénom et nom", type="texte", required=True, longest=120),
    EMAIL_FIELD,
    ROLE_FIELD,
)
#: What letters say of a colleague who follows a dossier.
COORDINATES = (
    Field(
        key="fonction",
        label="Fonction",
        type="texte",
        longest=120,
        help="Écrite sous son nom dans les courriers : chargée de mission, assistant…",
    ),
    Field(
        key="telephone",
        label="Ligne directe",
        type="telephone",
        help="Sans elle, les courriers donnent le numéro de l’organisme.",
    ),
)


class LastDirection(DomainError):
    """C'est la dernière personne de la direction : donnez d'abord ce rôle à quelqu'un d'autre."""

    code = "derniere_direction"


class SharedAccount(DomainError):
    """Ce compte sert aussi dans un autre organisme : qui gère le serveur peut créer ce lien."""

    code = "compte_partage"


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who may now come in. Without `secret`, he has a password already: no link."""

    compte_id: int
    nom: str
    email: str
    secret: str | None


def invite(session: Session, identity: Identity, raw: Mapping[str, Raw], now: datetime) -> Invited:
    """Give somebody an access, with a link to choose a password if he has none. Never commits.

    Raises Invalid with every fault, DirectionOnly.
    """
    identity.require_direction()
    values, faults = parse_fields(INVITATION_FIELDS, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    connection = session.connection()
    organisme = ORGANISMES.lock(connection, identity.organisme_id, identity.organisme_id)
    account = find_account(connection, values["email"])
    secret = None
    if account is None:
        account = create_compte(session, values["nom"], values["email"], None, now)
        secret = create_link(session, account.id, now)
    else:
        _refuse_unfit(connection, identity.organisme_id, account)
        # A link that another organisme still holds must not open this one.
        void_links(session, account.id)
    join(session, identity.organisme_id, account.id, values["role"])
    told = {"nom": account.nom, "email": account.email, "role": values["role"]}
    fact = Fact("compte_invite", now, {"compte": account.id, "champs": told})
    ORGANISMES.note(connection, identity, organisme, fact)
    return Invited(account.id, account.nom, account.email, secret)


def change_role(
    session: Session, identity: Identity, compte_id: int, role: Raw, now: datetime
) -> bool:
    """Give a colleague another role. True if it did change. Never commits.

    Raises Invalid, NotFound, LastDirection, DirectionOnly.
    """
    identity.require_direction()
    values, faults = parse_fields((ROLE_FIELD,), {"role": role}, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return _change(session, identity, compte_id, {"role": values["role"]}, Fact("role_change", now))


def change_coordinates(
    session: Session, identity: Identity, compte_id: int, raw: Mapping[str, Raw], now: datetime
) -> bool:
    """Change what letters say of a colleague. True if anything did change. Never commits.

    Raises Invalid with every fault, NotFound, DirectionOnly.
    """
    identity.require_direction()
    values, faults = parse_fields(COORDINATES, raw, FIELD_TYPES)
    if faults:
        raise Invalid(faults)
    return _change(session, identity, compte_id, values, Fact("coordonnees_changees", now))


def take_access(session: Session, identity: Identity, compte_id: int, now: datetime) -> bool:
    """Take a colleague's access away, at once in every browser. True if he had it. Never commits.

    Raises NotFound, LastDirection, DirectionOnly.
    """
    identity.require_direction()
    changed = _change(session, identity, compte_id, {"active": False}, Fact("acces_retire", now))
    close_every_connexion(session, compte_id, organisme_id=identity.organisme_id)
    return changed


def give_access_back(session: Session, identity: Identity, compte_id: int, now: datetime) -> bool:
    """Let a former colleague in again, under the role that he had. Raises NotFound, DirectionOnly.

    True if he had no access. Never commits.
    """
    identity.require_direction()
    return _change(session, identity, compte_id, {"active": True}, Fact("acces_rendu", now))


def reset_link(session: Session, identity: Identity, compte_id: int, now: datetime) -> str:
    """The secret of a link by which a colleague chooses a new password. Never commits.

    A person of one organisme must not be able to enter another through a shared compte: only
    the software does it then. Raises NotFound, SharedAccount, DirectionOnly.
    """
    identity.require_direction()
    connection = session.connection()
    organisme = ORGANISMES.lock(connection, identity.organisme_id, identity.organisme_id)
    adhesion = _adhesion(connection, identity.organisme_id, compte_id)
    account = read_account(connection, compte_id)
    if account is None or not adhesion["active"]:
        raise NotFound
    if identity.compte_id is not None and account.organismes != (identity.organisme_id,):
        raise SharedAccount
    fact = Fact("lien_cree", now, {"compte": compte_id, "champs": {"nom": account.nom}})
    ORGANISMES.note(connection, identity, organisme, fact)
    return create_link(session, compte_id, now)


def create_compte(
    session: Session, nom: str, email: str, password_hash: str | None, now: datetime
) -> Account:
    """A new compte, without any access yet. Raises Invalid when the e-mail has one already."""
    row = {"email": email, "nom": nom, "mot_de_passe": password_hash, "cree_le": now}
    connection = session.connection()
    try:
        with connection.begin_nested():
            query = insert(_C).values(row).returning(_C.c.id)
            compte_id = connection.execute(query).scalar_one()
    except IntegrityError as error:
        raise Invalid({"email": "Cette adresse a déjà un compte."}) from error
    return Account(compte_id, email, nom, password_hash, ())


def join(session: Session, organisme_id: int, compte_id: int, role: str) -> None:
    """Give a compte a role in an organisme. Who left before comes back by `give_access_back`."""
    session.connection().execute(
        insert(_A).values(organisme_id=organisme_id, compte_id=compte_id, role=role, active=True)
    )


def normal_email(typed: str) -> str:
    """The e-mail as comptes keep it; what cannot be one is only made comparable."""
    try:
        return FIELD_TYPES["email"].parse(typed, EMAIL_FIELD)
    except FieldFault:
        return typed.strip().lower()


def _refuse_unfit(connection: Connection, organisme_id: int, account: Account) -> None:
    known = select(_A.c.active).where(
        _A.c.organisme_id == organisme_id, _A.c.compte_id == account.id
    )
    active = connection.execute(known).scalar_one_or_none()
    if active is not None:
        sentence = (
            f"{account.nom} a déjà accès à votre organisme avec cette adresse."
            if active
            else f"{account.nom} a eu un accès avec cette adresse : rendez-le-lui dans la liste."
        )
        raise Invalid({"email": sentence})
    if account.password is None:
        raise Invalid(
            {
                "email": "Un autre organisme vient d'inviter cette adresse, qui n'a pas encore"
                " choisi son mot de passe. Recommencez quand ce sera fait."
            }
        )


def _change(
    session: Session, identity: Identity, compte_id: int, values: Mapping[str, Any], fact: Fact
) -> bool:
    """Change an adhesion under the organisme's lock: two demotions at once see each other."""
    connection = session.connection()
    organisme = ORGANISMES.lock(connection, identity.organisme_id, identity.organisme_id)
    before = _adhesion(connection, identity.organisme_id, compte_id)
    changes = {key: value for key, value in values.items() if before[key] != value}
    if not changes:
        return False
    _keep_a_direction(connection, identity.organisme_id, before, changes)
    connection.execute(update(_A).where(_A.c.id == before["id"]).values(changes))
    champs = {key: {"avant": before[key], "apres": value} for key, value in changes.items()}
    content = {"compte": compte_id, "nom": before["nom"], "champs": champs}
    ORGANISMES.note(connection, identity, organisme, Fact(fact.event, fact.at, content))
    return True


def _keep_a_direction(
    connection: Connection,
    organisme_id: int,
    before: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> None:
    after = {**before, **changes}
    leaves = before["active"] and before["role"] == DIRECTION
    if not leaves or (after["active"] and after["role"] == DIRECTION):
        return
    others = select(func.count()).where(
        _A.c.organisme_id == organisme_id,
        _A.c.role == DIRECTION,
        _A.c.active,
        _A.c.id != before["id"],
    )
    if connection.execute(others).scalar_one() == 0:
        raise LastDirection


def _adhesion(connection: Connection, organisme_id: int, compte_id: int) -> dict[str, Any]:
    if not 0 < compte_id <= LARGEST_ID:
        raise NotFound
    query = (
        select(_A.c.id, _A.c.role, _A.c.active, _A.c.fonction, _A.c.telephone, _C.c.nom)
        .join(_C, _C.c.id == _A.c.compte_id)
        .where(_A.c.organisme_id == organisme_id, _A.c.compte_id == compte_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)
