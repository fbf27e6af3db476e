"""A plan → rows, in one transaction: ids taken at once, chains composed, tables filled in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, text, update

from grants.organisation.identity import Identity
from grants.organisation.tables import Personne
from grants.reprise.known import CONTACT, PERSONNE, STRUCTURE, Fiche
from grants.reprise.plans import NewContact, Plan
from grants.reprise.tables import RepriseLigne
from grants.structures.service import CREATED
from grants.structures.tables import Contact, Structure
from workflow import journal
from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.dates import plain
from workflow.journal_closed_table import ClosedChain
from workflow.statements import Statement

_S, _P, _C = table_of(Structure), table_of(Personne), table_of(Contact)
_L, _CLOSED = table_of(RepriseLigne), table_of(ClosedChain)
_HEAD = Statement(
    update(_S)
    .where(_S.c.id == bindparam("id_"))
    .values(seq=bindparam("seq_"), head=bindparam("head_"))
)
PERSON_CREATED = "personne_creee"
CONTACT_ADDED = "contact_ajoute"


@dataclass(slots=True)
class Chain:
    """The chain of a row about to be written."""

    seq: int = 0
    head: str = GENESIS


@dataclass(slots=True)
class Work:
    """One reprise being written: by whom, from which file, at what instant."""

    connection: Connection
    identity: Identity
    reprise_id: int
    source: str
    now: datetime

    def tell(self, chain: Chain, kind: str, id: int, entry: journal.Entry) -> journal.Composed:
        """One entry on a chain, its owner's columns moved on."""
        return journal.compose(
            chain, tenant_id=self.identity.organisme_id, kind=kind, id=id, entry=entry
        )

    def fact(self, event: str, content: Mapping[str, Any]) -> journal.Entry:
        """A fact of this reprise, which says where it comes from."""
        return journal.Entry(
            kind="fait",
            event=event,
            actor=self.identity.actor,
            role=self.identity.role,
            at=self.now,
            content={**content, "reprise": self.reprise_id, "fichier": self.source},
        )


def write_fiches(work: Work, plan: Plan) -> None:
    """The structures, the personnes, and who is a contact of which."""
    _write_chained(work, _S, STRUCTURE, CREATED, plan.structures, _contacts_told(plan))
    _write_chained(work, _P, PERSONNE, PERSON_CREATED, plan.personnes, {})
    _tell_known_structures(work, plan.contacts)
    _write_contacts(work, plan.contacts)


def take_ids(connection: Connection, table: Table, kind: str, number: int) -> list[int]:
    """As many new ids, none of which ever served."""
    if not number:
        return []
    if connection.dialect.name == "postgresql":
        sequence = text(
            "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :number)"
        )
        found = connection.execute(sequence, {"table": table.name, "number": number})
        return [id for (id,) in found]
    closed = select(func.max(_CLOSED.c.subject_id)).where(_CLOSED.c.subject_kind == kind)
    highest = connection.execute(select(func.max(table.c.id))).scalar_one() or 0
    last = max(highest, connection.execute(closed).scalar_one() or 0)
    return list(range(last + 1, last + 1 + number))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows of the same columns at once."""
    if rows:
        names = list(rows[0])
        values = {name: bindparam(name, type_=table.c[name].type) for name in names}
        Statement(insert(table).values(values)).run_many(connection, rows)


def insert_lines(work: Work, kind: str, lines: Iterable[tuple[int, int, Fiche]]) -> None:
    """Remember what was added: the (id, seq) of each fiche."""
    rows = [
        {
            "genre": kind,
            "fiche_id": id,
            "reprise_id": work.reprise_id,
            "organisme_id": work.identity.organisme_id,
            "seq": seq,
            "ligne": fiche.line,
            "externe": fiche.externe,
            "empreinte": fiche.empreinte,
        }
        for id, seq, fiche in lines
    ]
    insert_rows(work.connection, _L, rows)


def _contacts_told(plan: Plan) -> dict[Fiche, list[NewContact]]:
    """The contacts of each new structure: its chain tells them after its creation."""
    told: dict[Fiche, list[NewContact]] = {}
    for contact in plan.contacts:
        if contact.structure.is_new:
            told.setdefault(contact.structure, []).append(contact)
    return told


def _write_chained(
    work: Work,
    table: Table,
    kind: str,
    event: str,
    fiches: Sequence[Fiche],
    contacts: Mapping[Fiche, Sequence[NewContact]],
) -> None:
    ids = take_ids(work.connection, table, kind, len(fiches))
    rows, entries, lines = [], [], []
    for id, fiche in zip(ids, fiches, strict=True):
        fiche.id, chain = id, Chain()
        given = {key: (None, value) for key, value in fiche.values.items() if value is not None}
        entries.append(work.tell(chain, kind, id, work.fact(event, _champs(given))))
        entries += [
            work.tell(chain, kind, id, work.fact(CONTACT_ADDED, _contact_told(contact)))
            for contact in contacts.get(fiche, ())
        ]
        own = {"id": id, "organisme_id": work.identity.organisme_id}
        rows.append({**own, **fiche.values, "seq": chain.seq, "head": chain.head})
        lines.append((id, chain.seq, fiche))
    insert_rows(work.connection, table, rows)
    journal.append_all(work.connection, entries)
    insert_lines(work, kind, lines)


def _contact_told(contact: NewContact) -> dict[str, Any]:
    """What a structure's journal says of a contact, as when one is added by hand."""
    name = contact.personne.values["nom"]
    told = {"nom": (None, name), "fonction": (None, contact.fonction)}
    return {**_champs(told), **({"personne": contact.personne.id} if contact.personne.id else {})}


def _tell_known_structures(work: Work, contacts: Sequence[NewContact]) -> None:
    """The chains of the structures that were there already: read locked, moved on."""
    of_known = [contact for contact in contacts if not contact.structure.is_new]
    ids = sorted({contact.structure.id or 0 for contact in of_known})
    chains: dict[int, Chain] = {}
    for some in _by_parts(ids):
        query = select(_S.c.id, _S.c.seq, _S.c.head).where(_S.c.id.in_(some))
        for row in work.connection.execute(query.order_by(_S.c.id).with_for_update()):
            chains[row.id] = Chain(row.seq, row.head)
    entries = []
    for contact in of_known:
        id = contact.structure.id or 0
        entry = work.fact(CONTACT_ADDED, _contact_told(contact))
        entries.append(work.tell(chains[id], STRUCTURE, id, entry))
    journal.append_all(work.connection, entries)
    moved = [{"id_": id, "seq_": c.seq, "head_": c.head} for id, c in chains.items()]
    _HEAD.run_many(work.connection, moved)


def _write_contacts(work: Work, contacts: Sequence[NewContact]) -> None:
    ids = take_ids(work.connection, _C, CONTACT, len(contacts))
    own = {"organisme_id": work.identity.organisme_id}
    rows = [
        {
            **own,
            "id": id,
            "structure_id": contact.structure.id,
            "personne_id": contact.personne.id,
            "fonction": contact.fonction,
        }
        for id, contact in zip(ids, contacts, strict=True)
    ]
    insert_rows(work.connection, _C, rows)
    lines = [
        (id, 0, Fiche({}, line=contact.line)) for id, contact in zip(ids, contacts, strict=True)
    ]
    insert_lines(work, CONTACT, lines)


def _champs(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Before and after, as the ledgers tell them."""
    return {
        "champs": {
            key: {"avant": plain(before), "apres": plain(after)}
            for key, (before, after) in values.items()
            if not key.endswith("_cle")
        }
    }


def _by_parts(ids: Sequence[int], size: int = 5000) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
