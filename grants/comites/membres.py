"""Who sits in a comité: personnes, in what capacity, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlmodel import Session

from grants.comites.instances import COMITES_LEDGER, colleges_of
from grants.comites.tables import Comite, Membre
from grants.organisation.identity import Identity
from grants.organisation.ledger import Fact, Ledger
from grants.organisation.people import PERSONNE_FIELDS, find_or_create_personne
from grants.organisation.tables import Personne
from grants.structures.tables import Structure
from workflow.database import table_of
from workflow.errors import Invalid, NotFound
from workflow.fields import FIELD_TYPES, Raw, parse_fields
from workflow.pipeline import Choice, Field

CREATED, CHANGED = "membre_nomme", "membre_modifie"
MEMBRES = Ledger("membre", table_of(Membre), {CREATED: "Membre nommé", CHANGED: "Mandat modifié"})
DELIBERATIVE, CONSULTATIVE = "deliberative", "consultative"
_M, _P, _C, _S = table_of(Membre), table_of(Personne), table_of(Comite), table_of(Structure)

MEMBRE_FIELDS = (
    Field(
        key="structure",
        label="Au nom de",
        type="texte",
        longest=200,
        help="La structure que la personne représente. Sert à voir les conflits d’intérêts.",
    ),
    Field(key="college", label="Collège", type="texte", longest=80, required=True),
    Field(
        key="voix",
        label="Voix",
        type="choix",
        required=True,
        choices=(
            Choice(key=DELIBERATIVE, label="Délibérative : elle vote"),
            Choice(key=CONSULTATIVE, label="Consultative : elle donne son avis"),
        ),
    ),
    Field(key="suppleant_de_id", label="Suppléant de", type="entier"),
    Field(key="debut", label="Début du mandat", type="date", required=True),
    Field(
        key="fin",
        label="Fin du mandat",
        type="date",
        help="Dernier jour inclus ; laissée vide tant qu’elle n’est pas connue.",
    ),
    Field(
        key="rang_presidence",
        label="Présidence",
        type="entier",
        minimum=1,
        maximum=20,
        help="1 préside, 2 remplace 1 quand il ne peut pas, et ainsi de suite. Vide : jamais.",
    ),
)


@dataclass(frozen=True, slots=True)
class MembreLine:
    """A member with his name, as rules and screens read him."""

    id: int
    personne_id: int
    nom: str
    email: str | None
    structure: str
    structure_id: int | None
    college: str
    voix: str
    suppleant_de_id: int | None
    debut: date
    fin: date | None
    rang_presidence: int | None
    version: int

    @property
    def votes(self) -> bool:
        """Whether his voice counts."""
        return self.voix == DELIBERATIVE

    def in_office(self, day: date) -> bool:
        """Whether his term covers a day."""
        return self.debut <= day and (self.fin is None or day <= self.fin)


def name_membre(
    session: Session,
    identity: Identity,
    comite_id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    key: str | None = None,
) -> int:
    """Name a personne (known by her e-mail, or new) to a comité; the member's id. Never commits.

    Raises Invalid with every fault, NotFound, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    done = MEMBRES.created_by(connection, identity.organisme_id, CREATED, key)
    if done is not None:
        return done
    comite = COMITES_LEDGER.read(connection, identity.organisme_id, comite_id)
    who, mandate = _parted(raw)
    person, faults = parse_fields(PERSONNE_FIELDS, who, FIELD_TYPES)
    values, more = _read(connection, identity.organisme_id, comite, mandate, None)
    if faults or more:
        raise Invalid(faults | more)
    found = find_or_create_personne(
        session,
        identity,
        person["nom"],
        person["email"],
        person["telephone"],
        now,
        person["civilite"],
    )
    if _sits_already(connection, comite_id, found.id, values, None):
        raise Invalid({"nom": "Cette personne siège déjà dans ce comité à ces dates."})
    row = {**values, "comite_id": comite_id, "personne_id": found.id}
    return MEMBRES.create(connection, identity, row, Fact(CREATED, now, key=key))


def modify_membre(
    session: Session,
    identity: Identity,
    id: int,
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change a member's mandate (its end, his collège…). True if anything changed.

    Never commits. Raises Invalid with every fault, NotFound, Stale, ReadOnly.
    """
    identity.require_writer()
    connection = session.connection()
    row = MEMBRES.lock(connection, identity.organisme_id, id, version)
    comite = COMITES_LEDGER.read(connection, identity.organisme_id, row["comite_id"])
    values, faults = _read(connection, identity.organisme_id, comite, raw, id)
    if not faults and _sits_already(connection, comite["id"], row["personne_id"], values, id):
        faults["debut"] = "Cette personne siège déjà dans ce comité à ces dates."
    if faults:
        raise Invalid(faults)
    return bool(MEMBRES.change(connection, identity, row, values, Fact(CHANGED, now)))


def modify_membre_of(
    session: Session,
    identity: Identity,
    place: tuple[int, int],
    raw: Mapping[str, Raw],
    now: datetime,
    version: int | None = None,
) -> bool:
    """The same, of the member of that comité (`place`: comité, member). Raises like it."""
    comite_id, id = place
    row = MEMBRES.read(session.connection(), identity.organisme_id, id)
    if row["comite_id"] != comite_id:
        raise NotFound
    return modify_membre(session, identity, id, raw, now, version)


def membres_of(
    connection: Connection, organisme_id: int, comite_id: int, day: date | None = None
) -> list[MembreLine]:
    """The members of a comité, in office on a day or ever; presidents first, then by name."""
    query = _LINES.where(_M.c.organisme_id == organisme_id, _M.c.comite_id == comite_id)
    if day is not None:
        query = query.where(_M.c.debut <= day, or_(_M.c.fin.is_(None), _M.c.fin >= day))
    lines = [MembreLine(*row) for row in connection.execute(query)]
    return sorted(lines, key=lambda each: (each.rang_presidence or 99, each.nom))


def read_membre(connection: Connection, organisme_id: int, id: int) -> MembreLine:
    """One member. Raises NotFound."""
    MEMBRES.read(connection, organisme_id, id)
    row = connection.execute(_LINES.where(_M.c.id == id)).first()
    if row is None:
        raise NotFound
    return MembreLine(*row)


_LINES = select(
    _M.c.id,
    _M.c.personne_id,
    _P.c.nom,
    _P.c.email,
    _M.c.structure,
    _M.c.structure_id,
    _M.c.college,
    _M.c.voix,
    _M.c.suppleant_de_id,
    _M.c.debut,
    _M.c.fin,
    _M.c.rang_presidence,
    _M.c.seq,
).join(_P, _P.c.id == _M.c.personne_id)


def _parted(raw: Mapping[str, Raw]) -> tuple[dict[str, Raw], dict[str, Raw]]:
    """What is said of the personne, and what is said of her mandate."""
    own = {field.key for field in PERSONNE_FIELDS}
    who = {key: value for key, value in raw.items() if key in own}
    return who, {key: value for key, value in raw.items() if key not in own}


def _read(
    connection: Connection,
    organisme_id: int,
    comite: Mapping[str, Any],
    raw: Mapping[str, Raw],
    id: int | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    values, faults = parse_fields(MEMBRE_FIELDS, raw, FIELD_TYPES)
    colleges = colleges_of(comite)
    if "college" not in faults and colleges and values["college"] not in colleges:
        faults["college"] = f"Choisissez un collège de ce comité : {', '.join(colleges)}."
    debut, fin = values.get("debut"), values.get("fin")
    if debut and fin and fin < debut:
        faults["fin"] = "Le mandat finirait avant de commencer. Corrigez l’une des deux dates."
    faults |= _deputy_fault(connection, comite["id"], values, id)
    if not faults:
        faults |= _rank_fault(connection, comite["id"], values, id)
    values["structure"] = values.get("structure") or ""
    values["structure_id"] = _structure_named(connection, organisme_id, values["structure"])
    return values, faults


def _deputy_fault(
    connection: Connection, comite_id: int, values: Mapping[str, Any], id: int | None
) -> dict[str, str]:
    """A deputy stands in for another member of the same comité, who is nobody's deputy."""
    titular = values.get("suppleant_de_id")
    if titular is None:
        return {}
    query = select(_M.c.suppleant_de_id).where(_M.c.id == titular, _M.c.comite_id == comite_id)
    row = connection.execute(query).first()
    if row is None or titular == id or row.suppleant_de_id is not None:
        return {"suppleant_de_id": "Choisissez un membre titulaire de ce comité."}
    return {}


def _rank_fault(
    connection: Connection, comite_id: int, values: Mapping[str, Any], id: int | None
) -> dict[str, str]:
    """Two members never preside at once: each rank is of one of them, on any day."""
    rank = values.get("rang_presidence")
    if rank is None:
        return {}
    query = (
        select(_M.c.id, _M.c.debut, _M.c.fin, _P.c.nom)
        .join(_P, _P.c.id == _M.c.personne_id)
        .where(_M.c.comite_id == comite_id, _M.c.rang_presidence == rank)
    )
    start, end = values["debut"], values.get("fin") or date.max
    for row in connection.execute(query):
        if row.id != id and row.debut <= end and start <= (row.fin or date.max):
            sentence = f"{row.nom} a déjà ce rang à ces dates : donnez-en un autre, ou aucun."
            return {"rang_presidence": sentence}
    return {}


def _structure_named(connection: Connection, organisme_id: int, nom: str) -> int | None:
    """The structure of the organisme that has exactly this name, if one does."""
    if not nom:
        return None
    query = select(_S.c.id).where(_S.c.organisme_id == organisme_id, _S.c.nom == nom)
    found = connection.execute(query.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def _sits_already(
    connection: Connection,
    comite_id: int,
    personne_id: int,
    values: Mapping[str, Any],
    id: int | None,
) -> bool:
    query = select(_M.c.id, _M.c.debut, _M.c.fin).where(
        _M.c.comite_id == comite_id, _M.c.personne_id == personne_id
    )
    start, end = values["debut"], values["fin"] or date.max
    return any(
        row.id != id and row.debut <= end and start <= (row.fin or date.max)
        for row in connection.execute(query)
    )
