"""The sweep of reminders written out in SQL on the bare drivers: claim, letter in the outbox, done.

The same statements as the house, in the same order and the same batches, the same hashes and JSON;
nothing general: the rule and its condition are `if`s. What no reminder of these databases needs
(another letter that day, a suspended address) is asked too, and not looked at further.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from benchmarks.orders import ORGANISME
from benchmarks.peers.bare_drivers import ByHandOnPostgresql, ByHandOnSqlite
from benchmarks.peers.by_hand import (
    AROUND_COLUMNS,
    AROUND_NAMES,
    DOSSIER,
    JOURNAL,
    NAMES,
    PAYLOAD,
    ByHand,
    insert_into,
)
from benchmarks.peers.told import dossier_told, people_told
from workflow.calendar import next_opening
from workflow.canonical import canonical
from workflow.dates import to_paris
from workflow.journal import salted_digest
from workflow.many import SetBased

BATCH, FEW = 500, 250
RULE, LETTER, TITLE = "contact_sans_rendez_vous", "relance_contact", "Proposition de rendez-vous"
LABEL, CAUSE, MOST = "Proposer un rendez-vous d’accueil", "aucun rendez-vous n’est fixé", 2
STAGE = "Votre prise de contact est enregistrée"
_CHAINED = json.JSONEncoder(ensure_ascii=False, check_circular=False)
_ANY = "SELECT 1 FROM echeance WHERE state = 'prevue' AND due_at <= ? LIMIT 1"
_DUE = (
    "SELECT e.id, d.porteur_id FROM echeance e JOIN dossier d ON d.id = e.subject_id"
    " WHERE e.state = 'prevue' AND coalesce(e.kind, '') = 'relance'"
    " AND coalesce(e.subject_kind, '') = 'dossier'"
    f" AND e.due_at <= ? ORDER BY e.due_at, e.id LIMIT {BATCH}"
)
_THEIRS = "SELECT id FROM dossier WHERE porteur_id {}"
_ECHEANCES = (
    "SELECT id, subject_id, occurrence, due_at, anchored_on FROM echeance"
    " WHERE subject_id {} AND state = 'prevue' AND kind = 'relance'"
    " AND subject_kind = 'dossier' AND due_at <= ? ORDER BY due_at, id"
)
_LOCKED = (
    f"SELECT d.id, {DOSSIER} FROM dossier d JOIN organisme o ON o.id = d.organisme_id"
    " LEFT JOIN structure s ON s.id = d.structure_id LEFT JOIN personne p ON p.id = d.porteur_id"
    " WHERE d.id {} ORDER BY d.id"
)
_PEOPLE = "SELECT id FROM personne WHERE id {} ORDER BY id"
_TODAY = (
    "SELECT recipient_id, state, due_at, sent_at FROM courrier WHERE reminder"
    " AND tenant_id = ? AND recipient_id {} AND channel = 'courriel'"
)
_SUSPENDED = "SELECT email FROM adresse_suspendue WHERE tenant_id = ? AND email {}"
_MET = "SELECT dossier_id, le FROM rendez_vous WHERE dossier_id {} ORDER BY id"
_AROUND = (
    f"SELECT d.id, {AROUND_COLUMNS} FROM dossier d JOIN organisme o ON o.id = d.organisme_id"
    " LEFT JOIN structure s ON s.id = d.structure_id LEFT JOIN adhesion a"
    " ON a.compte_id = d.referent_id AND a.organisme_id = o.id AND a.active"
    " LEFT JOIN compte c ON c.id = a.compte_id WHERE d.id {}"
)
_COURRIER = insert_into(
    "courrier",
    "tenant_id letter title release channel reminder subject_kind subject_id subject_seq"
    " recipient_id recipient_name recipient_email context state created_at due_at",
)
_RAPPEL = (
    "INSERT INTO courrier_rappel (tenant_id, courrier_id, echeance_id, due_at, subject_kind,"
    " subject_id, letter, label, context) VALUES (?, (SELECT id FROM courrier WHERE"
    " subject_kind = ? AND subject_id = ? AND subject_seq = ? AND letter = ?"
    " AND recipient_name = ?), ?, ?, ?, ?, ?, ?, ?)"
)
_CHAIN = "UPDATE dossier SET seq = ?, head = ? WHERE id = ? AND lock_version = ?"
_DONE = "UPDATE echeance SET state = 'faite', settled_at = ? WHERE id = ?"
#: What each statement is given, for the arrays of PostgreSQL: a letter for each value.
_TYPES = {
    JOURNAL: "btbimttbttittoittt",
    PAYLOAD: "tbitt",
    _CHAIN: "itbi",
    _COURRIER: "bttttotbibttttmm",
    _RAPPEL: "btbittbmtbttt",
    _DONE: "mb",
}
_KINDS = {"b": BigInteger(), "i": Integer(), "t": Text(), "o": Boolean(), "m": DateTime(True)}


class Sweep(ByHand):
    """One sweep over any driver; the two databases differ by what they are made with."""

    share = ""
    people_lock = ""

    @abstractmethod
    def among(self, values: Iterable[Any]) -> tuple[str, Any]:
        """« is one of these » in SQL, and the one value that says which."""

    @abstractmethod
    def write(self, cursor: Any, text: str, rows: Sequence[Any]) -> None:
        """The same statement for all these rows."""

    def sweep(self, now: datetime) -> int:
        """See to everything that is due; how many reminders were."""
        with self.reading() as cursor:
            if cursor.execute(self.sql(_ANY), (self.instant(now),)).fetchone() is None:
                return 0
        seen = 0
        while done := self._batch(now):
            seen += done
        return seen

    def see_to(self, cursor: Any, people: list[int], now: datetime) -> int:
        """Everything that is due to these people, in one transaction; how many reminders."""
        theirs = [row[0] for row in self._all(cursor, _THEIRS, people)]
        due = self._all(cursor, _ECHEANCES, theirs, after=(self.instant(now),))
        dossiers = list(dict.fromkeys(row[1] for row in due))
        if not dossiers:
            return 0
        locked = self._all(cursor, _LOCKED, dossiers, lock=self.lock + self.share)
        rows = {row[0]: dict(zip(NAMES, row[1:], strict=True)) for row in locked}
        if self.share:  # somebody may have seen to them meanwhile
            due = self._all(cursor, _ECHEANCES, theirs, after=(self.instant(now),))
        held = [row["porteur_id"] for row in rows.values()]
        free = {row[0] for row in self._all(cursor, _PEOPLE, held, lock=self.people_lock)}
        emails = [row["porteur_email"] for row in rows.values()]
        if not rows:
            return 0
        self._all(cursor, _SUSPENDED, emails, before=(ORGANISME,))
        self._all(cursor, _TODAY, people, before=(ORGANISME,))
        writing = _Writing(self, now)
        for echeance, row, around in self._owed(cursor, due, rows, free, now):
            writing.take(echeance, row, around)
        return writing.write(cursor)

    def _batch(self, now: datetime) -> int:
        with self.reading() as cursor:
            due = cursor.execute(self.sql(_DUE), (self.instant(now),)).fetchall()
        people = list(dict.fromkeys(porteur for _id, porteur in due))
        done = 0
        for start in range(0, len(people), FEW):
            with self.transaction() as cursor:
                done += self.see_to(cursor, people[start : start + FEW], now)
        return done

    def _owed(
        self, cursor: Any, due: list[Any], rows: dict[int, Any], free: set[int], now: datetime
    ) -> Iterable[tuple[Any, dict[str, Any], dict[str, Any]]]:
        """Those whose cause holds, with what their letter says."""
        met = {row[0] for row in self._all(cursor, _MET, list(rows))}
        found = self._all(cursor, _AROUND, list(rows))
        around = {row[0]: dict(zip(AROUND_NAMES, row[1:], strict=True)) for row in found}
        openings: dict[str, bool] = {}
        for echeance in due:
            row = rows.get(echeance[1])
            if row is None or row["porteur_id"] not in free or echeance[1] in met:
                continue
            territoire = row["territoire"]
            if territoire not in openings:
                openings[territoire] = next_opening(now, territoire) == now
            if openings[territoire]:
                yield echeance, row, around[echeance[1]]

    def _all(
        self,
        cursor: Any,
        text: str,
        values: Iterable[Any],
        before: tuple[Any, ...] = (),
        after: tuple[Any, ...] = (),
        lock: str = "",
    ) -> list[Any]:
        condition, given = self.among(values)
        sql = self.sql(text.format(condition) + lock)
        return cursor.execute(sql, (*before, given, *after)).fetchall()


class _Writing:
    """What is written for a few people, gathered, then sent in as few statements as possible."""

    def __init__(self, bare: Sweep, now: datetime) -> None:
        self._bare, self._now, self._at = bare, now, bare.instant(now)
        self._instant = now.astimezone(UTC).isoformat(timespec="microseconds")
        self._rows: dict[str, list[Any]] = {each: [] for each in _TYPES}

    def take(self, echeance: Any, row: dict[str, Any], around: dict[str, Any]) -> None:
        """One reminder, whose cause holds."""
        dossier, seq, at = echeance[1], row["seq"] + 1, self._at
        context = canonical(_context(self._bare, row, around, echeance))
        head = self._journal(row, dossier, seq)
        self._rows[_CHAIN].append((seq, head, dossier, row["lock_version"]))
        who = (row["porteur_id"], row["porteur_nom"], row["porteur_email"])
        letter = (ORGANISME, LETTER, TITLE, "automatique", "courriel", True)
        about = ("dossier", dossier, seq)
        self._rows[_COURRIER].append((*letter, *about, *who, context, "prepare", at, at))
        carried = (echeance[0], echeance[3], "dossier", dossier, LETTER, LABEL, context)
        self._rows[_RAPPEL].append((ORGANISME, *about, LETTER, row["porteur_nom"], *carried))
        self._rows[_DONE].append((at, echeance[0]))

    def write(self, cursor: Any) -> int:
        """Everything, in the order of the house; how many reminders."""
        for text, rows in self._rows.items():
            if rows:
                self._bare.write(cursor, text, rows)
        return len(self._rows[_DONE])

    def _journal(self, row: dict[str, Any], dossier: int, seq: int) -> str:
        said = f"{LABEL} (1 sur {MOST})\u00a0: e-mail à {row['porteur_nom']}."
        content = canonical({"texte": said, "acteur": "Microprojets"})
        salt = secrets.token_hex(16)
        before = (ORGANISME, "dossier", dossier, seq)
        nothing = (None, None, None, None, False, None)
        digest = salted_digest(salt, content)
        after = ("fait", "relance_preparee", None, "systeme", *nothing, digest)
        text = _CHAINED.encode([row["head"], self._instant, *before, *after, None])
        head = hashlib.sha256(text.encode()).hexdigest()
        self._rows[JOURNAL].append((*before, self._at, *after, head, None))
        self._rows[PAYLOAD].append(("dossier", dossier, seq, salt, content))
        return head


def _context(
    bare: Sweep, row: dict[str, Any], around: dict[str, Any], echeance: Any
) -> dict[str, Any]:
    since = to_paris(bare.read_instant(row["stage_since"])).date()
    return {
        **people_told(row, around),
        "dossier": dossier_told(row, bare.day, STAGE, since),
        "relance": {
            "numero": echeance[2],
            "sur": MOST,
            "cause": CAUSE,
            "depuis": bare.day(echeance[4]),
        },
    }


class SweepOnSqlite(Sweep, ByHandOnSqlite):
    """By hand, on SQLite."""

    def among(self, values: Iterable[Any]) -> tuple[str, Any]:
        """A list as JSON."""
        return "IN (SELECT value FROM json_each(?))", json.dumps(list(values))

    def write(self, cursor: Any, text: str, rows: Sequence[Any]) -> None:
        """Row after row, in the process."""
        cursor.executemany(text, rows)


class SweepOnPostgresql(Sweep, ByHandOnPostgresql):
    """By hand, on PostgreSQL; nobody waits for a row that somebody else holds."""

    share = " SKIP LOCKED"
    people_lock = " FOR NO KEY UPDATE SKIP LOCKED"

    def among(self, values: Iterable[Any]) -> tuple[str, Any]:
        """A list as an array."""
        return "= ANY (?)", list(values)

    def write(self, cursor: Any, text: str, rows: Sequence[Any]) -> None:
        """From arrays, or as it is where there is one row only."""
        if len(rows) == 1:
            cursor.execute(self.sql(text), rows[0])
        else:
            cursor.execute(*_from_arrays(self.sql(text), _TYPES[text]).given(rows))


@cache
def _from_arrays(sql: str, types: str) -> SetBased:
    return SetBased(sql, [_KINDS[each] for each in types], PGDialect_psycopg())
