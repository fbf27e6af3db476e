"""The sweep of reminders written out in SQL on the bare drivers: claim, letter in the outbox, done.

The same statements as the house, in the same order and the same batches, the same hashes and JSON;
nothing general: the rule and its condition are `if`s. What no reminder of these databases needs
(another letter that day, a suspended address) is asked too, and not looked at further.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.orders import DISPOSITIF, ORGANISME, SECTORS
from benchmarks.peers.bare_drivers import ByHandOnPostgresql, ByHandOnSqlite
from benchmarks.peers.by_hand import (
    _AROUND,
    _AROUND_NAMES,
    _DOSSIER,
    _JOURNAL,
    _KEPT,
    _NAMES,
    _OF_THE_ORGANISME,
    _PAYLOAD,
    _insert,
)
from grants.dossiers.lettres.context import told_number
from grants.structures.departements import DEPARTEMENTS, departement_name
from workflow.calendar import next_opening
from workflow.canonical import canonical
from workflow.dates import to_paris
from workflow.journal import salted_digest

BATCH, FEW = 500, 100
RULE, LETTER, TITLE = "contact_sans_rendez_vous", "relance_contact", "Proposition de rendez-vous"
LABEL, CAUSE, MOST = "Proposer un rendez-vous d’accueil", "aucun rendez-vous n’est fixé", 2
STAGE = "Votre prise de contact est enregistrée"
_CHAINED = json.JSONEncoder(ensure_ascii=False)
_ANY = "SELECT 1 FROM echeance WHERE state = 'prevue' AND due_at <= ? LIMIT 1"
_DUE = (
    "SELECT e.id, d.porteur_id FROM echeance e JOIN dossier d ON d.id = e.subject_id"
    " WHERE e.state = 'prevue' AND coalesce(e.kind, '') = 'relance'"
    " AND coalesce(e.subject_kind, '') = 'dossier'"
    f" AND e.due_at <= ? ORDER BY e.due_at, e.id LIMIT {BATCH}"
)
_THEIRS = "SELECT id FROM dossier WHERE porteur_id IN ({})"
_ECHEANCES = (
    "SELECT id, subject_id, occurrence, due_at, anchored_on FROM echeance"
    " WHERE subject_id IN ({}) AND state = 'prevue' AND kind = 'relance'"
    " AND subject_kind = 'dossier' AND due_at <= ? ORDER BY due_at, id"
)
_LOCKED = (
    f"SELECT d.id, {_DOSSIER} FROM dossier d JOIN organisme o ON o.id = d.organisme_id"
    " LEFT JOIN structure s ON s.id = d.structure_id LEFT JOIN personne p ON p.id = d.porteur_id"
    " WHERE d.id IN ({}) ORDER BY d.id"
)
_PEOPLE = "SELECT id FROM personne WHERE id IN ({}) ORDER BY id"
_TODAY = (
    "SELECT recipient_id, state, due_at, sent_at FROM courrier WHERE reminder"
    " AND tenant_id = ? AND recipient_id IN ({}) AND channel = 'courriel'"
)
_SUSPENDED = "SELECT email FROM adresse_suspendue WHERE tenant_id = ? AND email IN ({})"
_MET = "SELECT le FROM rendez_vous WHERE dossier_id = ? ORDER BY id DESC LIMIT 1"
_COURRIER = _insert(
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


class _Sweep:
    """One sweep over any driver; the two databases differ by what they are made with."""

    share = ""

    def sweep(self, now: datetime) -> int:
        """See to everything that is due; how many reminders were."""
        bare: Any = self
        with bare.transaction() as cursor:
            if cursor.execute(bare.sql(_ANY), (bare.instant(now),)).fetchone() is None:
                return 0
        seen = 0
        while True:
            with bare.transaction() as cursor:
                due = cursor.execute(bare.sql(_DUE), (bare.instant(now),)).fetchall()
            people = list(dict.fromkeys(porteur for _id, porteur in due))
            done = 0
            for start in range(0, len(people), FEW):
                with bare.transaction() as cursor:
                    done += self._see_to(cursor, people[start : start + FEW], now)
            if not done:
                return seen
            seen += done

    def _see_to(self, cursor: Any, people: list[int], now: datetime) -> int:
        bare: Any = self
        theirs = [row[0] for row in self._all(cursor, _THEIRS, people)]
        due = self._all(cursor, _ECHEANCES, theirs, after=(bare.instant(now),))
        dossiers = list(dict.fromkeys(row[1] for row in due))
        if not dossiers:
            return 0
        rows: dict[int, dict[str, Any]] = {
            row[0]: dict(zip(_NAMES, row[1:], strict=True))
            for row in self._all(cursor, _LOCKED, dossiers, lock=bare.lock + self.share)
        }
        if self.share:  # somebody may have seen to them meanwhile
            due = self._all(cursor, _ECHEANCES, theirs, after=(bare.instant(now),))
        lock = " FOR NO KEY UPDATE SKIP LOCKED" if self.share else ""
        free = {row[0] for row in self._all(cursor, _PEOPLE, people, lock=lock)}
        emails = [row["porteur_email"] for row in rows.values()]
        if not rows:
            return 0
        self._all(cursor, _SUSPENDED, emails, before=(ORGANISME,))
        self._all(cursor, _TODAY, people, before=(ORGANISME,))
        writing = _Writing(bare, cursor, now)
        for echeance in due:
            row = rows.get(echeance[1])
            if row is None or row["porteur_id"] not in free:
                continue
            if next_opening(now, row["territoire"]) != now:
                continue
            if cursor.execute(bare.sql(_MET), (echeance[1],)).fetchone() is not None:
                continue
            writing.take(echeance, row)
        return writing.write()

    def _all(
        self,
        cursor: Any,
        text: str,
        values: list[Any],
        before: tuple[Any, ...] = (),
        after: tuple[Any, ...] = (),
        lock: str = "",
    ) -> list[Any]:
        bare: Any = self
        if not values:
            return []
        marks = ", ".join("?" * len(values))
        sql = bare.sql(text.format(marks) + lock)
        return cursor.execute(sql, (*before, *values, *after)).fetchall()


class _Writing:
    """What is written for a few people, gathered, then sent in as few statements as possible."""

    def __init__(self, bare: Any, cursor: Any, now: datetime) -> None:
        self._bare, self._cursor, self._now = bare, cursor, now
        self._rows: dict[str, list[Any]] = {
            each: [] for each in (_JOURNAL, _PAYLOAD, _CHAIN, _COURRIER, _RAPPEL, _DONE)
        }

    def take(self, echeance: Any, row: dict[str, Any]) -> None:
        """One reminder, whose cause holds."""
        bare, now, dossier = self._bare, self._now, echeance[1]
        asked = (row["structure_id"], row["referent_id"], ORGANISME)
        found = self._cursor.execute(bare.sql(_AROUND), asked).fetchone()
        around: dict[str, Any] = dict(zip(_AROUND_NAMES, found, strict=True))
        seq, at = row["seq"] + 1, bare.instant(now)
        context = canonical(_context(bare, row, around, echeance))
        self._rows[_CHAIN].append(
            (seq, self._journal(row, dossier, seq), dossier, row["lock_version"])
        )
        who = (row["porteur_id"], row["porteur_nom"], row["porteur_email"])
        letter = (
            ORGANISME,
            LETTER,
            TITLE,
            "automatique",
            "courriel",
            True,
            "dossier",
            dossier,
            seq,
        )
        self._rows[_COURRIER].append((*letter, *who, context, "prepare", at, at))
        key = ("dossier", dossier, seq, LETTER, row["porteur_nom"])
        carried = (echeance[0], echeance[3], "dossier", dossier, LETTER, LABEL, context)
        self._rows[_RAPPEL].append((ORGANISME, *key, *carried))
        self._rows[_DONE].append((at, echeance[0]))

    def write(self) -> int:
        """Everything, in the order of the house; how many reminders."""
        for text, rows in self._rows.items():
            if rows:
                self._cursor.executemany(self._bare.sql(text), rows)
        return len(self._rows[_DONE])

    def _journal(self, row: dict[str, Any], dossier: int, seq: int) -> str:
        said = f"{LABEL} (1 sur {MOST})\u00a0: e-mail à {row['porteur_nom']}."
        content = canonical({"texte": said, "acteur": "Microprojets"})
        salt = secrets.token_hex(16)
        before = (ORGANISME, "dossier", dossier, seq)
        nothing = (None, None, None, None, False, None)
        after = (
            "fait",
            "relance_preparee",
            None,
            "systeme",
            *nothing,
            salted_digest(salt, content),
        )
        instant = self._now.astimezone(UTC).isoformat(timespec="microseconds")
        text = _CHAINED.encode([row["head"], instant, *before, *after, None])
        head = hashlib.sha256(text.encode()).hexdigest()
        at = self._bare.instant(self._now)
        self._rows[_JOURNAL].append((*before, at, *after, head, None))
        self._rows[_PAYLOAD].append(("dossier", dossier, seq, salt, content))
        return head


def _context(
    bare: Any, row: dict[str, Any], around: dict[str, Any], echeance: Any
) -> dict[str, Any]:
    answers = {key: row[key] for key in _KEPT if row[key] is not None}
    answers |= {key: bare.day(row[key]) for key in ("date_debut", "date_fin")}
    answers |= {
        "secteur": SECTORS[row["secteur"]],
        "departement": departement_name(row["departement"]),
    }
    others = json.loads(row["donnees"])
    others["effectif_etp"] = told_number(others["effectif_etp"])
    start, end = (date.fromisoformat(answers[key]) for key in ("date_debut", "date_fin"))
    codes = [code for code in around["departements"].split(",") if code]
    return {
        "organisme": {
            **{key: around[key] for key in _OF_THE_ORGANISME},
            "departements": [DEPARTEMENTS[code] for code in codes],
        },
        "dossier": {
            **answers,
            **others,
            "reference": row["reference"],
            "titre": row["titre"],
            "projet": f"votre projet « {row['titre']} »",
            "plafond": row["plafond"],
            "etape": STAGE,
            "dispositif": DISPOSITIF,
            "depuis": to_paris(bare.read_instant(row["stage_since"])).date().isoformat(),
            "mi_parcours": (start + (end - start) / 2).isoformat(),
        },
        "structure": {
            "nom": row["structure_nom"],
            "siret": row["structure_siret"],
            **{key: around[f"structure_{key}"] for key in ("adresse", "code_postal", "commune")},
        },
        "porteur": {
            "nom": row["porteur_nom"],
            "email": row["porteur_email"],
            "civilite": row["porteur_civilite"],
        },
        "referent": {
            "nom": around["referent_nom"],
            "fonction": around["referent_fonction"],
            "email": around["referent_email"],
            "telephone": around["referent_telephone"] or around["telephone"],
        },
        "relance": {
            "numero": echeance[2],
            "sur": MOST,
            "cause": CAUSE,
            "depuis": bare.day(echeance[4]),
        },
    }


class SweepOnSqlite(_Sweep, ByHandOnSqlite):
    """By hand, on SQLite."""


class SweepOnPostgresql(_Sweep, ByHandOnPostgresql):
    """By hand, on PostgreSQL; nobody waits for a row that somebody else holds."""

    share = " SKIP LOCKED"
