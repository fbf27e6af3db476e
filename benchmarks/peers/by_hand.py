"""The same move written out in SQL on the bare driver: the floor that the engine is held to.

The same reads, writes, locks and durability, the same hashes, JSON and calendar; nothing general:
the pipeline's rules are `if`s, and every statement is a constant.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from benchmarks.orders import (
    ACTION,
    AWAITED,
    COMPTE,
    COMPTE_NOM,
    FROM,
    LETTER,
    LETTER_TITLE,
    NEXT,
    NOW,
    ORGANISME,
    PIPELINE,
    REMINDERS,
    ROLE,
    STAGE,
    TO,
    Order,
)
from benchmarks.peers.told import dossier_told, people_told
from workflow.calendar import Delay, sending_moment
from workflow.canonical import canonical
from workflow.dates import to_paris
from workflow.journal import salted_digest
from workflow.money import parse_amount

DOSSIER = (
    "d.stage, d.stage_since, d.trail, d.seq, d.head, d.lock_version, d.pipeline,"
    " d.pipeline_version, d.referent_id, d.porteur_id, d.structure_id, d.seance_id, d.reference,"
    " d.titre, d.objet, d.lieu, d.commune, d.departement, d.public_vise, d.secteur,"
    " d.emplois_crees, d.date_debut, d.date_fin, d.cout_total, d.montant_demande,"
    " d.montant_accorde, d.plafond, d.donnees, o.nom AS organisme_nom, o.parametres, o.territoire,"
    " s.nom AS structure_nom, s.siret AS structure_siret, p.nom AS porteur_nom,"
    " p.email AS porteur_email, p.telephone AS porteur_telephone, p.civilite AS porteur_civilite"
)
NAMES = tuple(column.split(" AS ")[-1].split(".")[-1] for column in DOSSIER.split(", "))
_READ = (
    f"SELECT {DOSSIER} FROM dossier d JOIN organisme o ON o.id = d.organisme_id"
    " LEFT JOIN structure s ON s.id = d.structure_id LEFT JOIN personne p ON p.id = d.porteur_id"
    " WHERE d.id = ? AND d.organisme_id = ?"
)
_PIECES = (
    "SELECT cle, etat FROM piece WHERE organisme_id = ? AND (dossier_id = ? OR structure_id = ?)"
)
_SEANCE = (
    "SELECT id, organisme_id, comite, tenue_le, lieu, cloture_inscriptions FROM seance"
    " WHERE organisme_id = ? AND id = ?"
)
_DECIDED = (
    "SELECT p.etat, p.resultat, d.retenue, d.montant, d.motif FROM passage p"
    " LEFT JOIN decision d ON d.seance_id = p.seance_id AND d.dossier_id = p.dossier_id"
    " WHERE p.seance_id = ? AND p.dossier_id = ?"
)
_APPLIED = "UPDATE decision SET appliquee_le = ? WHERE dossier_id = ? AND seance_id = ?"
_CONDITIONS = (
    "SELECT r.texte FROM reserve r JOIN decision d ON d.id = r.decision_id"
    " WHERE d.seance_id = ? AND d.dossier_id = ? AND r.levee_le IS NULL ORDER BY r.rang"
)
AROUND_COLUMNS = (
    "o.nom, o.sigle, o.adresse, o.ville, o.email, o.telephone, o.site, o.departements,"
    " o.signataire, o.signataire_qualite, s.adresse AS structure_adresse,"
    " s.code_postal AS structure_code_postal, s.commune AS structure_commune,"
    " c.nom AS referent_nom, c.email AS referent_email,"
    " a.fonction AS referent_fonction, a.telephone AS referent_telephone"
)
AROUND_NAMES = tuple(each.split(" AS ")[-1].split(".")[-1] for each in AROUND_COLUMNS.split(", "))
_AROUND = (
    f"SELECT {AROUND_COLUMNS} FROM organisme o LEFT JOIN structure s ON s.id = ?"
    " LEFT JOIN adhesion a ON a.compte_id = ? AND a.organisme_id = o.id AND a.active"
    " LEFT JOIN compte c ON c.id = a.compte_id WHERE o.id = ?"
)


def insert_into(table: str, columns: str) -> str:
    """An INSERT of one row."""
    names = columns.split()
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"


JOURNAL = insert_into(
    "journal",
    "tenant_id subject_kind subject_id seq at kind event actor_id role pipeline"
    " pipeline_version from_stage to_stage first_entry corrects payload_digest hash"
    " idempotency_key",
)
PAYLOAD = insert_into("journal_payload", "subject_kind subject_id seq salt content")
_MOVE = (
    "UPDATE dossier SET stage = ?, stage_since = ?, trail = ?, montant_accorde = ?, seq = ?,"
    " head = ?, pret_pour = ?, pret_depuis = NULL, lock_version = lock_version + 1"
    " WHERE id = ? AND lock_version = ?"
)
_CANCEL = (
    "UPDATE echeance SET state = 'annulee', settled_at = ?"
    " WHERE subject_kind = ? AND subject_id = ? AND (state = 'prevue' OR state = 'suspendue')"
)
_ECHEANCE = insert_into(
    "echeance",
    "tenant_id subject_kind subject_id kind rule occurrence due_at anchored_on state"
    " moved_by_hand planned_seq",
)
_COURRIER = insert_into(
    "courrier",
    "tenant_id letter title release channel subject_kind subject_id subject_seq recipient_id"
    " recipient_name recipient_email context state created_at due_at",
)
_ANNOUNCE = (
    "INSERT INTO annonce (tenant_id, abonnement_id, event_id, event, body, state, attempts,"
    " created_at, due_at) SELECT tenant_id, id, ?, ?, ?, 'a_envoyer', 0, ?, ? FROM abonnement"
    " WHERE tenant_id = ? AND active"
)
_REMINDERS = tuple(
    (rule, occurrence, Delay(days, working=True)) for rule, occurrence, days in REMINDERS
)


_CHAINED = json.JSONEncoder(ensure_ascii=False, check_circular=False)


class RefusedByHand(Exception):
    """A rule of the move does not hold."""


class ByHand(ABC):
    """One fixed move over any driver; the two databases differ by the members below."""

    name = "SQL écrit à la main"
    lock = ""

    def move(self, order: Order) -> None:
        """Carry it out in one transaction."""
        with self.transaction() as cursor:
            self._move(cursor, order)

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Any]:
        """A context manager giving a cursor, committed at the end."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Any]:
        """A cursor for what only reads."""

    @abstractmethod
    def instant(self, moment: datetime) -> Any:
        """An instant as the driver takes it."""

    @abstractmethod
    def read_instant(self, kept: Any) -> datetime:
        """An instant as the driver gives it."""

    @abstractmethod
    def day(self, kept: Any) -> str | None:
        """A day as JSON keeps it."""

    @abstractmethod
    def close(self) -> None:
        """Give the connections back."""

    def _move(self, cursor: Any, order: Order) -> None:
        found = cursor.execute(self.sql(_READ + self.lock), (order.dossier_id, ORGANISME))
        row: dict[str, Any] = dict(zip(NAMES, found.fetchone(), strict=True))
        if row["lock_version"] != order.version or row["stage"] != FROM:
            raise RefusedByHand
        granted = parse_amount(order.amount)
        seance = self._check(cursor, row, granted)
        self._check_decision(cursor, (row["seance_id"], order.dossier_id), granted)
        asked = (row["structure_id"], row["referent_id"], ORGANISME)
        found = cursor.execute(self.sql(_AROUND), asked)
        around: dict[str, Any] = dict(zip(AROUND_NAMES, found.fetchone(), strict=True))
        seq, now = row["seq"] + 1, self.instant(NOW)
        head = self._journal(cursor, order, row, seq, granted)
        trail = f"{row['trail']}>{seq}:{TO}"
        asked = (ORGANISME, order.dossier_id, row["structure_id"])
        pieces = dict(cursor.execute(self.sql(_PIECES), asked).fetchall())
        asked = (row["seance_id"], order.dossier_id)
        awaited = cursor.execute(self.sql(_CONDITIONS), asked).fetchall()
        ready = None if awaited else _ready_for(row, pieces)
        moved = cursor.execute(
            self.sql(_MOVE),
            (TO, now, trail, granted, seq, head, ready, order.dossier_id, order.version),
        )
        if moved.rowcount != 1:
            raise RefusedByHand
        cursor.execute(self.sql(_APPLIED), (now, order.dossier_id, row["seance_id"]))
        cursor.execute(self.sql(_CANCEL), (now, "dossier", order.dossier_id))
        self._plan(cursor, order, row["territoire"], seq)
        context = self._context(row, around, seance, granted)
        self._enqueue(cursor, order, row, seq, context)
        self._announce(cursor, order, row, seq)

    def _check(self, cursor: Any, row: dict[str, Any], granted: int) -> Any:
        if ROLE not in ("charge_de_mission", "direction") or row["seance_id"] is None:
            raise RefusedByHand
        seance = cursor.execute(self.sql(_SEANCE), (ORGANISME, row["seance_id"])).fetchone()
        if self.read_instant(seance[3]) > NOW:
            raise RefusedByHand
        asked, cap = row["montant_demande"], row["plafond"]
        if asked is None or granted <= 0 or granted > asked or (cap is not None and granted > cap):
            raise RefusedByHand
        return seance

    def _check_decision(self, cursor: Any, place: tuple[int, int], granted: int) -> None:
        passage = cursor.execute(self.sql(_DECIDED), place).fetchone()
        if passage is None or passage[1] is None:
            raise RefusedByHand
        quorum = json.loads(passage[1])["quorum_atteint"]
        if not quorum or passage[2] != "retenu" or passage[3] != granted:
            raise RefusedByHand

    def _journal(
        self, cursor: Any, order: Order, row: dict[str, Any], seq: int, granted: int
    ) -> str:
        content = canonical(
            {
                "acteur": COMPTE_NOM,
                "champs": {"montant_accorde": granted},
                "avant": {"montant_accorde": row["montant_accorde"]},
            }
        )
        salt = secrets.token_hex(16)
        first = f":{TO}>" not in f"{row['trail']}>"
        before = (ORGANISME, "dossier", order.dossier_id, seq)
        after = (
            "mouvement",
            ACTION,
            COMPTE,
            ROLE,
            PIPELINE,
            row["pipeline_version"],
            FROM,
            TO,
            first,
            None,
            salted_digest(salt, content),
        )
        instant = NOW.astimezone(UTC).isoformat(timespec="microseconds")
        text = _CHAINED.encode([row["head"], instant, *before, *after, order.key])
        head = hashlib.sha256(text.encode()).hexdigest()
        values = (*before, self.instant(NOW), *after, head, order.key)
        cursor.execute(self.sql(JOURNAL), values)
        payload = ("dossier", order.dossier_id, seq, salt, content)
        cursor.execute(self.sql(PAYLOAD), payload)
        return head

    def _plan(self, cursor: Any, order: Order, territoire: str, seq: int) -> None:
        day = to_paris(NOW).date()
        rows = [
            (
                ORGANISME,
                "dossier",
                order.dossier_id,
                "relance",
                rule,
                occurrence,
                self.instant(
                    sending_moment(delay.from_day(day, territoire), territoire=territoire)
                ),
                day.isoformat(),
                "prevue",
                False,
                seq,
            )
            for rule, occurrence, delay in _REMINDERS
        ]
        cursor.executemany(self.sql(_ECHEANCE), rows)

    def _enqueue(
        self, cursor: Any, order: Order, row: dict[str, Any], seq: int, context: dict[str, Any]
    ) -> None:
        now = self.instant(NOW)
        values = (
            ORGANISME,
            LETTER,
            LETTER_TITLE,
            "a_valider",
            "courriel" if row["porteur_email"] else "papier",
            "dossier",
            order.dossier_id,
            seq,
            row["porteur_id"],
            row["porteur_nom"],
            row["porteur_email"],
            canonical(context),
            "prepare",
            now,
            now,
        )
        cursor.execute(self.sql(_COURRIER), values)

    def _announce(self, cursor: Any, order: Order, row: dict[str, Any], seq: int) -> None:
        event_id = f"dossier-{order.dossier_id}-{seq}"
        body = canonical(
            {
                "id": event_id,
                "evenement": "mouvement",
                "le": NOW.isoformat(),
                "dossier": {"id": order.dossier_id, "reference": row["reference"]},
                "dispositif": PIPELINE,
                "action": ACTION,
                "de": FROM,
                "vers": TO,
                "numero": seq,
                "corrige": None,
            }
        )
        now = self.instant(NOW)
        cursor.execute(self.sql(_ANNOUNCE), (event_id, "mouvement", body, now, now, ORGANISME))

    def _context(
        self, row: dict[str, Any], around: dict[str, Any], seance: Any, granted: int
    ) -> dict[str, Any]:
        held = self.read_instant(seance[3]).astimezone(UTC)
        told = dossier_told(row, self.day, STAGE, to_paris(NOW).date())
        return {
            **people_told(row, around),
            "dossier": {**told, "montant_accorde": granted},
            "seance": {
                "cle": str(seance[0]),
                "comite": seance[2],
                "tenue_le": held.isoformat().replace("+00:00", "Z"),
                "lieu": seance[4] or None,
                "cloture": self.day(seance[5]),
            },
            "action": {"libelle": "Retenir le projet", "motif": None, "par": COMPTE_NOM},
        }

    def sql(self, text: str) -> str:
        """A statement with this driver's marks."""
        return text


def _ready_for(row: dict[str, Any], pieces: dict[str, str]) -> str | None:
    """The action that only its form is missing for, once the project is chosen."""
    if row["structure_id"] is None or pieces.get(AWAITED) != "validee":
        return None
    start, end = row["date_debut"], row["date_fin"]
    if start is not None and end is not None and start > end:
        return None
    return NEXT
