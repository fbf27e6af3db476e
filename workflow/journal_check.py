"""Verification of the journal: which entry was altered, removed, reordered or cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, select

from workflow.columns import GENESIS
from workflow.database import table_of
from workflow.journal import chain_hash, salted_digest
from workflow.journal_closed import closed_heads
from workflow.journal_tables import JournalEntry, JournalPayload
from workflow.texts import InputFault

_ENTRIES = table_of(JournalEntry)
_PAYLOADS = table_of(JournalPayload)

Owner = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry that is not what was written, in French."""

    kind: str
    id: int
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}, entrée {self.seq} : {self.what}"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: how many entries and chains were read, what is wrong, how many were erased."""

    entries: int
    chains: int
    erased: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether the journal is what was written."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain, as it was when it was exported."""

    kind: str
    id: int
    seq: int
    head: str

    def as_line(self) -> str:
        """What an exported file keeps of it: `read_anchor` reads it back."""
        return json.dumps([self.kind, self.id, self.seq, self.head])


class NotAnAnchor(InputFault):
    """Cette ligne n'est pas un ancrage du journal."""


_HEAD = re.compile("[0-9a-f]{64}")


def read_anchor(line: str) -> Anchor:
    """One line of an exported file. Raises NotAnAnchor."""
    try:
        parts = json.loads(line)
    except ValueError:
        raise NotAnAnchor from None
    match parts:
        case [str(kind), int(id), int(seq), str(head)] if _HEAD.fullmatch(head):
            return Anchor(kind, id, seq, head)
    raise NotAnAnchor


def verify(
    connection: Connection, owners: Mapping[str, Table], anchors: Iterable[Anchor] = ()
) -> Verification:
    """Read the whole journal. `owners` maps a kind of subject to the table that holds its head."""
    expected = {
        (kind, row.id): (row.seq, row.head)
        for kind, table in owners.items()
        for row in connection.execute(select(table.c.id, table.c.seq, table.c.head))
    }
    expected |= closed_heads(connection)
    findings: list[Finding] = []
    hashes: dict[tuple[str, int, int], str] = {}
    anchors = tuple(anchors)
    wanted = {(anchor.kind, anchor.id, anchor.seq) for anchor in anchors}
    entries = chains = erased = 0
    for owner, rows in groupby(_stream(connection), key=_owner):
        chain = _Chain(owner)
        for row in rows:
            entries += 1
            erased += row["erased_at"] is not None
            chain.read(row)
            if (*owner, row["seq"]) in wanted:
                hashes[(*owner, row["seq"])] = row["hash"]
        chains += 1
        findings += chain.close(expected.pop(owner, None))
    findings += [
        Finding(*owner, seq, "toute la suite du journal manque")
        for owner, (seq, _head) in expected.items()
        if seq
    ]
    findings += _against_anchors(anchors, hashes)
    return Verification(entries, chains, erased, tuple(findings))


def verify_chain(connection: Connection, owner: Owner, table: Table) -> tuple[Finding, ...]:
    """Read one chain. `table` holds its head."""
    _, id = owner
    row = connection.execute(select(table.c.seq, table.c.head).where(table.c.id == id)).first()
    chain = _Chain(owner)
    for each in _stream(connection, owner):
        chain.read(each)
    return tuple(chain.close(None if row is None else (row.seq, row.head)))


def seq_of(connection: Connection, owner: Owner, head: str) -> int | None:
    """Which entry of a chain was its head then; None where it never was."""
    kind, id = owner
    query = select(_ENTRIES.c.seq).where(
        _ENTRIES.c.subject_kind == kind, _ENTRIES.c.subject_id == id, _ENTRIES.c.hash == head
    )
    return connection.execute(query).scalar()


def export_anchors(connection: Connection, owners: Mapping[str, Table]) -> Iterator[Anchor]:
    """The head of every chain, to keep outside the database."""
    for kind, table in owners.items():
        query = select(table.c.id, table.c.seq, table.c.head).where(table.c.seq > 0)
        for row in connection.execute(query.order_by(table.c.id)):
            yield Anchor(kind, row.id, row.seq, row.head)


class _Chain:
    """One owner's entries, read in the order of their seq."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.seq = 0
        self.head = GENESIS
        self.findings: list[Finding] = []

    def read(self, row: Mapping[str, Any]) -> None:
        """The next entry: there, in its place, chained to the one before, its content too."""
        seq = row["seq"]
        if seq < 1:
            self._find(seq, "entrée ajoutée avant la première")
            return
        self._missing(self.seq + 1, seq - 1, "retirée")
        if seq == self.seq + 1 and chain_hash(self.head, row) != row["hash"]:
            self._find(seq, "entrée altérée ou déplacée")
        if not _content_holds(row):
            self._find(seq, "contenu altéré ou retiré")
        self.seq, self.head = seq, row["hash"]

    def close(self, expected: tuple[int, str] | None) -> list[Finding]:
        """Nothing more of it: what its owner says of its end. `expected` is None without one."""
        if expected is None:
            self._find(self.seq, "son dossier ou son registre n'existe plus")
            return self.findings
        seq, head = expected
        self._missing(self.seq + 1, seq, "coupée en fin de journal")
        if seq == self.seq and head != self.head:
            self._find(self.seq, "ce n'est pas l'entrée que la fiche donne pour dernière")
        if seq < self.seq:
            self._find(self.seq, f"entrée de trop : la fiche s'arrête à {seq}")
        return self.findings

    def _missing(self, first: int, last: int, how: str) -> None:
        if first == last:
            self._find(first, f"entrée {how}")
        elif first < last:
            self._find(first, f"entrées {first} à {last} {how.replace('ée', 'ées')}")

    def _find(self, seq: int, what: str) -> None:
        self.findings.append(Finding(*self.owner, seq, what))


def _stream(connection: Connection, only: Owner | None = None) -> Iterator[dict[str, Any]]:
    columns = [*_ENTRIES.c, _PAYLOADS.c.salt, _PAYLOADS.c.content, _PAYLOADS.c.erased_at]
    same = (
        (_PAYLOADS.c.subject_kind == _ENTRIES.c.subject_kind)
        & (_PAYLOADS.c.subject_id == _ENTRIES.c.subject_id)
        & (_PAYLOADS.c.seq == _ENTRIES.c.seq)
    )
    query = (
        select(*columns)
        .outerjoin(_PAYLOADS, same)
        .order_by(_ENTRIES.c.subject_kind, _ENTRIES.c.subject_id, _ENTRIES.c.seq)
        .execution_options(yield_per=1000)
    )
    if only is not None:
        kind, id = only
        query = query.where(_ENTRIES.c.subject_kind == kind, _ENTRIES.c.subject_id == id)
    for row in connection.execute(query).mappings():
        yield dict(row)


def _owner(row: Mapping[str, Any]) -> Owner:
    return row["subject_kind"], row["subject_id"]


def _content_holds(row: Mapping[str, Any]) -> bool:
    """Either all of what was written is there, or none of it since it was erased."""
    if row["content"] is None and row["salt"] is None:
        return row["erased_at"] is not None
    if row["content"] is None or row["salt"] is None:
        return False
    return salted_digest(row["salt"], row["content"]) == row["payload_digest"]


def _against_anchors(
    anchors: tuple[Anchor, ...], hashes: Mapping[tuple[str, int, int], str]
) -> Iterator[Finding]:
    for anchor in anchors:
        found = hashes.get((anchor.kind, anchor.id, anchor.seq))
        if found is None:
            yield Finding(anchor.kind, anchor.id, anchor.seq, "l'entrée ancrée a disparu")
        elif found != anchor.head:
            yield Finding(anchor.kind, anchor.id, anchor.seq, "différente de son ancrage")
